"""How good a network is, on photos it was not fitted to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.confusion import Confusion
from model.hair import Hair, Label
from model.joint import label_hair
from model.network import RootNet
from model.runtime import softmax
from model.version import CLASSES
from training.calibrate import Calibration
from training.ends import Ends
from training.example import Example
from training.readings import logits_of, readings_of

TIERS = {
    "under4px": (0.0, 4.0),
    "4to8px": (4.0, 8.0),
    "over8px": (8.0, np.inf),
    "all": (0.0, np.inf),
}
"""Shaft widths; see docs/domain.md, sizes."""
WANTED = (Label.TELOGEN.value, Label.ANAGEN.value)
_BINS = 10

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """``metrics`` by name; ``ends`` (4, 4) counts of true by likeliest class; ``confusion`` of
    hairs by tier."""

    metrics: dict[str, float]
    ends: NDArray[np.int64]
    confusion: dict[str, Confusion]


def evaluate(
    net: RootNet, ends: Ends, examples: Sequence[Example], calibration: Calibration
) -> Evaluation:
    """Ends one by one, then hairs by the joint rule."""
    chances = softmax(logits_of(net, ends.crops) / calibration.temperature)
    hairs = _labelled(net, examples, calibration)
    metrics = {"ends": float(len(ends.crops))}
    for tier, (low, high) in TIERS.items():
        rows = (ends.shaft_px >= low) & (ends.shaft_px < high)
        metrics |= _end_metrics(chances[rows], ends.classes[rows], tier)
    metrics["ends_calibration_error"] = calibration_error(chances, ends)
    metrics |= _hair_metrics(examples, hairs)
    return Evaluation(metrics, _counts(chances, ends.classes), _confusions(examples, hairs))


def _labelled(
    net: RootNet, examples: Sequence[Example], calibration: Calibration
) -> list[Hair | None]:
    readings = readings_of(net, examples, calibration.temperature)
    pairs = zip(examples, readings, strict=True)
    return [label_hair(example.strand, ends, calibration.rule) for example, ends in pairs]


def _end_metrics(chances: Array, classes: NDArray[np.int64], tier: str) -> dict[str, float]:
    """Recall of each class that occurs, and their mean."""
    likeliest = chances.argmax(axis=1) if len(chances) else classes
    recalls = {
        f"recall_{name}_{tier}": float((likeliest[classes == k] == k).mean())
        for k, name in enumerate(CLASSES)
        if (classes == k).any()
    }
    if not recalls:
        return {}
    return recalls | {f"ends_balanced_{tier}": float(np.mean(list(recalls.values())))}


def calibration_error(chances: Array, ends: Ends) -> float:
    """Expected calibration error of the likeliest class in ten even bins (Guo et al. 2017),
    every class weighing the same."""
    sure, weights = chances.max(axis=1), ends.balancing_weights()
    right = chances.argmax(axis=1) == ends.classes
    place = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [abs((weights * (right - sure))[place == b].sum()) for b in range(_BINS)]
    return float(np.sum(gaps))


def _hair_metrics(examples: Sequence[Example], hairs: Sequence[Hair | None]) -> dict[str, float]:
    metrics: dict[str, float] = {}
    for tier, limits in TIERS.items():
        rows = {
            want: _label_counts(examples, hairs, want, limits) for want in ("telogen", "anagen")
        }
        metrics |= _recalls(rows, tier)
    nothings = [
        hair for e, hair in zip(examples, hairs, strict=True) if e.labelled.truth == "not_hair"
    ]
    if nothings:
        metrics["nothings_listed"] = float(np.mean([hair is not None for hair in nothings]))
    return metrics


def _recalls(rows: dict[str, Counter[str]], tier: str) -> dict[str, float]:
    """Recall of each label among the hairs given one, and coverage."""
    metrics = {}
    labelled = {want: row["telogen"] + row["anagen"] for want, row in rows.items()}
    for want, row in rows.items():
        if labelled[want]:
            metrics[f"hair_recall_{want}_{tier}"] = row[want] / labelled[want]
    if total := sum(row.total() for row in rows.values()):
        metrics[f"hair_coverage_{tier}"] = sum(labelled.values()) / total
    return metrics


def _label_counts(
    examples: Sequence[Example],
    hairs: Sequence[Hair | None],
    want: str,
    limits: tuple[float, float],
) -> Counter[str]:
    """The labels of hairs that are truly ``want``; one that is not listed counts as unsure."""
    return Counter(
        (hair.label if hair else Label.UNSURE).value
        for example, hair in zip(examples, hairs, strict=True)
        if example.labelled.is_knowable
        and (example.labelled.truth == "telogen") == (want == "telogen")
        and limits[0] <= example.strand.shaft_px < limits[1]
    )


def _confusions(examples: Sequence[Example], hairs: Sequence[Hair | None]) -> dict[str, Confusion]:
    return {
        tier: Confusion(
            _row(_label_counts(examples, hairs, "telogen", limits)),
            _row(_label_counts(examples, hairs, "anagen", limits)),
        )
        for tier, limits in TIERS.items()
    }


def _row(counts: Counter[str]) -> tuple[float, float, float]:
    """Shares of the labels, with one hair added to each, so that none is thought impossible."""
    total = counts.total() + len(Label)
    telogen, anagen, unsure = (
        round((counts[label.value] + 1) / total, 5)
        for label in (Label.TELOGEN, Label.ANAGEN, Label.UNSURE)
    )
    return telogen, anagen, unsure


def _counts(chances: Array, classes: NDArray[np.int64]) -> NDArray[np.int64]:
    table = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    np.add.at(table, (classes, chances.argmax(axis=1)), 1)
    return table
