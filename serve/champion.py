"""The scorer of the version of the model that is in force."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from model.registry import Champion, Registry
from model.scorer import Scorer
from model.version import SHIPPED

_log = logging.getLogger(__name__)


def scorer_in_force(models: Path) -> Callable[[], Scorer]:
    """Loads the scorer of the version that is in force now, in this process or in others.

    It stays that version when another comes into force. Where the one that should be in force is
    damaged, a warning is logged.
    """
    champion = Registry(models).champion()
    if champion.trouble:
        _log.warning(champion.trouble)
    return scorer_of(champion)


def scorer_of(champion: Champion) -> Callable[[], Scorer]:
    """Loads the scorer of a version; raises ShedlightError (MODEL_REFUSED)."""
    return partial(_load, champion.folder)


def _load(folder: Path) -> Scorer:
    return Scorer.shipped() if folder == SHIPPED else Scorer.load(folder)
