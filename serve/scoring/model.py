"""The scorer of the version of the model that is in force."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from model.registry.registry import Champion, Registry
from model.scorer import Scorer
from model.version import SHIPPED, VERSION_FILES

_log = logging.getLogger(__name__)


def load_active_scorer(models: Path) -> Callable[[], Scorer]:
    """Loads the scorer of the version that is in force now, in this process or in others.

    It stays that version when another comes into force. Where the one that should be in force is
    damaged, a warning is logged.
    """
    return scorer_of(_in_force(models))


def portable_scorer_loader(models: Path) -> Callable[[], Scorer]:
    """As ``load_active_scorer``, for machines that do not have the version's files: it holds
    them."""
    folder = _in_force(models).folder
    return partial(_load_sent, {name: (folder / name).read_bytes() for name in VERSION_FILES})


def scorer_of(champion: Champion) -> Callable[[], Scorer]:
    """Loads the scorer of a version; raises ShedlightError (MODEL_REFUSED)."""
    return partial(_load, champion.folder)


def _in_force(models: Path) -> Champion:
    champion = Registry(models).champion()
    if champion.trouble:
        _log.warning(champion.trouble)
    return champion


def _load(folder: Path) -> Scorer:
    return Scorer.shipped() if folder == SHIPPED else Scorer.load(folder)


def _load_sent(files: Mapping[str, bytes]) -> Scorer:
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        return Scorer.load(Path(folder))
