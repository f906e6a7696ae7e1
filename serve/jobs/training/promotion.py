"""Promotes the model of a training, and rolls back to the version before."""

from data.errors import ShedlightError
from data.io.jsonl import Json
from model.registry.history import active_history
from model.registry.registry import Registry, RegistryError
from model.version import SHIPPED, load_version
from serve.jobs.training.manager import training_conflict

_BETTER = "better"
"""The verdict of a training whose model may be promoted."""


def can_roll_back(registry: Registry) -> bool:
    """Whether an undamaged version was active before the active one."""
    usable = {entry.name for entry in registry.versions() if entry.manifest and not entry.active}
    shipped = load_version(SHIPPED).manifest.name.version
    return not usable.isdisjoint(active_history(registry.events(), shipped))


def promote(registry: Registry, version: str, outcome: Json | None) -> None:
    """Promotes a training's model; idempotent. Raises TRAINING_CONFLICT with the reason."""
    if outcome is None or outcome["challenger"] != version:
        raise training_conflict(f"Not promoted: {version} is not the model of the last training.")
    if outcome["verdict"] != _BETTER:
        raise training_conflict(
            f"Not promoted: the new model is not significantly better. {outcome['reason']}"
        )
    champion = registry.champion().name
    if champion == version:
        return
    if champion != outcome["champion"]:
        raise training_conflict(
            f"Not promoted: the new model was compared with {outcome['champion']}, but {champion} "
            "is active now. Train again."
        )
    try:
        registry.promote(version, outcome["reason"])
    except (RegistryError, ShedlightError) as error:  # deleted since, or damaged
        message = f"Not promoted: the version {version} is missing or damaged. Train again."
        raise training_conflict(message) from error


def roll_back(registry: Registry) -> None:
    """Activates the version before the active one; raises TRAINING_CONFLICT if there is none."""
    try:
        registry.rollback()
    except RegistryError as error:
        raise training_conflict(str(error)) from error
