"""Which version of the model is in force, and putting another one there as a training found."""

from data.errors import ShedlightError
from data.io.jsonl import Json
from model.registry.history import active_history
from model.registry.registry import Registry, RegistryError
from model.version import SHIPPED, load_version
from serve.jobs.training.manager import refused

_BETTER = "better"
"""The verdict with which training lets a challenger take the champion's place."""


def can_roll_back(registry: Registry) -> bool:
    """Whether a whole version was in force before this one."""
    whole = {entry.name for entry in registry.versions() if entry.manifest and not entry.in_force}
    shipped = load_version(SHIPPED).manifest.name.version
    return not whole.isdisjoint(active_history(registry.moves(), shipped))


def promote(registry: Registry, version: str, outcome: Json | None) -> None:
    """Promotes a training's challenger; raises TRAINING_CONFLICT with the reason if it may not.

    Twice is as good as once.
    """
    if outcome is None or outcome["challenger"] != version:
        raise refused(f"{version} is not what the last training made; nothing was changed.")
    if outcome["verdict"] != _BETTER:
        raise refused(f"It is not known to be better. {outcome['reason']}")
    champion = registry.champion().name
    if champion not in (version, outcome["champion"]):
        raise refused(
            f"It was compared with {outcome['champion']}, and {champion} is in force by now; "
            "teach again."
        )
    if champion != version:
        _done(registry, version, outcome["reason"])


def roll_back(registry: Registry) -> None:
    """Puts the version before this one in force; raises TRAINING_CONFLICT if there is none."""
    try:
        registry.rollback()
    except RegistryError as error:
        raise refused(str(error)) from error


def _done(registry: Registry, version: str, reason: str) -> None:
    try:
        registry.promote(version, reason)
    except (RegistryError, ShedlightError) as error:  # deleted since, or damaged
        raise refused(f"The version {version} is missing or damaged; teach again.") from error
