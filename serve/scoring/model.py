"""Loads the scorer of the active version of the model."""

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
    """Returns a loader for the version that is active now, for this process or others.

    The version stays the same when another becomes active. Logs a warning if the version that
    should be active is damaged.
    """
    return scorer_of(_active_version(models))


def portable_scorer_loader(models: Path) -> Callable[[], Scorer]:
    """``load_active_scorer`` for machines without the version's files: the loader holds them."""
    folder = _active_version(models).folder
    return partial(_load_files, {name: (folder / name).read_bytes() for name in VERSION_FILES})


def scorer_of(champion: Champion) -> Callable[[], Scorer]:
    """Returns a loader for a version; it raises ShedlightError (MODEL_REFUSED)."""
    if champion.folder == SHIPPED:
        return Scorer.shipped
    return partial(Scorer.load, champion.folder)


def _active_version(models: Path) -> Champion:
    champion = Registry(models).champion()
    if champion.problem:
        _log.warning(champion.problem)
    return champion


def _load_files(files: Mapping[str, bytes]) -> Scorer:
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        return Scorer.load(Path(folder))
