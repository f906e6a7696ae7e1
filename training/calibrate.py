"""Making the network's probabilities mean what they say, and finding where to abstain.

Everything is chosen on held-out photos.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.strand import EndState
from model.hair import EndProbabilities
from model.joint import EndReading, JointRule, Posterior, Readings, Thresholds, read_together
from model.network import RootNet
from model.odds import Odds
from model.runtime import softmax
from training.ends import Ends
from training.example import CLUB, NOT_HAIR, UNTRAINED, Example
from training.odds import fit_odds
from training.readings import logits_of, readings_of

RISK = 0.05
"""Of the hairs given a label, as many may be wrong, with both labels weighted equally; per label,
on held-out renders. Our choice."""
LEAST_SURE, MOST_SURE = 0.6, 0.97
"""Bounds of the abstention thresholds, whatever the data say."""
CLUB_RECALL = 0.9
"""Where so many clubs are seen, a missing club may be believed. Our choice."""
NO_BULB_KEPT = 0.9
"""Share of the real hairs without a bulb that are still said to have none where threads and
scratches, which have two bare ends as well, are to get no label. Our choice."""
REAL_HAIRS_KEPT = 0.99
"""Share of real hairs whose evidence passes for that of a hair."""

Array = NDArray[np.float64]

_EVEN_MIX = EndProbabilities(0.25, 0.25, 0.25, 0.25)
"""Temperature and fit weigh all classes the same."""
_START = JointRule(
    class_mix=_EVEN_MIX,
    prior_not_hair=Odds.always(0.2),
    false_end=Odds.always(0.02),
    thresholds=Thresholds(
        telogen=0.8,
        anagen=0.8,
        evidence=0.05,
        not_hair=0.5,
        shaft_px=3.0,
        contrast=12.0,
        edge_widths=0.8,
    ),
)
"""What holds where the held-out photos are too few to tell; our assumption."""
_ENOUGH = 30
"""Fewer hairs than this tell nothing about a threshold."""


@dataclass(frozen=True)
class Calibration:
    """The temperature of the logits and the joint rule that goes with it."""

    temperature: float
    rule: JointRule


def calibrate(net: RootNet, ends: Ends, examples: Sequence[Example]) -> Calibration:
    """From held-out ends and the held-out strands to which they belong."""
    temperature = best_temperature(logits_of(net, ends.crops), ends)
    readings = readings_of(net, examples, temperature)
    rule = replace(_START, prior_not_hair=_prior_not_hair(examples), false_end=_false_end(examples))
    return Calibration(temperature, replace(rule, thresholds=_thresholds(examples, readings, rule)))


def best_temperature(logits: Array, ends: Ends) -> float:
    """The temperature with the least negative log-likelihood, every class weighing the same."""
    candidates = np.geomspace(0.3, 5, 113)
    losses = [_loss(logits / temperature, ends) for temperature in candidates]
    return float(candidates[int(np.argmin(losses))])


def _loss(logits: Array, ends: Ends) -> float:
    chances = softmax(logits)[np.arange(len(logits)), ends.classes]
    return float(-(np.log(np.maximum(chances, 1e-12)) * ends.balancing_weights()).sum())


def _prior_not_hair(examples: Sequence[Example]) -> Odds:
    """How the share of the finder's strands with no true end goes by how sure the finder was."""
    rows = [
        (e.strand.best_end, e.strand.chance, kinds == {NOT_HAIR})
        for e in examples
        if e.found and (kinds := _kinds(e))
    ]
    return _fitted(rows, _START.prior_not_hair)


def _false_end(examples: Sequence[Example]) -> Odds:
    """The same for visible ends at which no hair ends, of strands with a true one."""
    rows = [
        (end.seen, kind == NOT_HAIR)
        for e in examples
        if e.found and _kinds(e) - {NOT_HAIR}
        for end, kind in zip(e.strand.ends, e.labelled.end_classes, strict=True)
        if end.state is EndState.VISIBLE and kind != UNTRAINED
    ]
    return _fitted(rows, _START.false_end)


def _kinds(example: Example) -> set[int]:
    """What its visible ends are, as far as anybody can name them."""
    ends = zip(example.crops, example.labelled.end_classes, strict=True)
    return {kind for crop, kind in ends if crop is not None and kind != UNTRAINED}


def _fitted(rows: Sequence[tuple[float, ...]], start: Odds) -> Odds:
    """Odds fitted to rows of what the finder saw and whether it was nothing, if they suffice."""
    table = np.array(rows, np.float64).reshape(len(rows), -1)
    if len(rows) < _ENOUGH or not 0 < table[:, -1].mean() < 1:
        return start
    return fit_odds(table[:, :-1], table[:, -1])


def _thresholds(
    examples: Sequence[Example], readings: Sequence[Readings], rule: JointRule
) -> Thresholds:
    known = [i for i, example in enumerate(examples) if example.labelled.is_knowable]
    strands = [examples[i] for i in known]
    posteriors = [read_together(examples[i].strand, readings[i], rule) for i in known]
    if len(known) < _ENOUGH:
        return rule.thresholds
    evidence = np.quantile([posterior.evidence for posterior in posteriors], 1 - REAL_HAIRS_KEPT)
    telogen, anagen = _label_thresholds(strands, posteriors)
    shaft_px, contrast, edge_widths = _where_clubs_show(examples, readings)
    return Thresholds(
        telogen=telogen,
        anagen=anagen,
        evidence=float(min(evidence, 0.1)),
        not_hair=_surely_hair(strands, posteriors, anagen),
        shaft_px=shaft_px,
        contrast=contrast,
        edge_widths=edge_widths,
    )


def _surely_hair(
    examples: Sequence[Example], posteriors: Sequence[Posterior], anagen: float
) -> float:
    """The chance of no hair up to which ``NO_BULB_KEPT`` of the real hairs without a bulb, both
    ends in view, are said to have none."""
    bare = [
        p.not_hair
        for e, p in zip(examples, posteriors, strict=True)
        if None not in e.crops and p.anagen >= anagen and p.no_bulb >= p.anagen / 2
    ]
    if len(bare) < _ENOUGH:
        return _START.thresholds.not_hair
    return round(float(np.quantile(bare, NO_BULB_KEPT)), 4)


def _label_thresholds(
    examples: Sequence[Example], posteriors: Sequence[Posterior]
) -> tuple[float, float]:
    is_telogen = np.array([example.labelled.truth == "telogen" for example in examples])
    counts = np.array([(~is_telogen).sum(), is_telogen.sum()])
    weights = 1 / np.maximum(counts, 1)[is_telogen.astype(int)]
    telogen = np.array([posterior.telogen for posterior in posteriors])
    anagen = np.array([posterior.anagen for posterior in posteriors])
    return (
        threshold_for_risk(telogen, is_telogen, weights, RISK),
        threshold_for_risk(anagen, ~is_telogen, weights, RISK),
    )


def threshold_for_risk(sure: Array, right: NDArray[np.bool_], weights: Array, risk: float) -> float:
    """The least threshold from which on at most ``risk`` of what is labelled is wrong.

    ``sure`` (N,) are the probabilities of the label, ``right`` whether it is the true one. The
    answer lies on the risk-coverage curve, within ``LEAST_SURE`` and ``MOST_SURE``.
    """
    for percent in range(round(100 * LEAST_SURE), round(100 * MOST_SURE)):
        labelled = sure >= percent / 100
        wrong = weights[labelled & ~right].sum()
        if wrong <= risk * weights[labelled].sum():
            return percent / 100
    return MOST_SURE


def _where_clubs_show(
    examples: Sequence[Example], readings: Sequence[Readings]
) -> tuple[float, float, float]:
    """The least shaft width and contrast, and the widest edge, at which clubs are still seen."""
    rows = [
        (e.strand.shaft_px, abs(e.strand.contrast), _sharpness(reading), _sees_root(reading))
        for e, pair in zip(examples, readings, strict=True)
        for kind, reading in zip(e.labelled.end_classes, pair, strict=True)
        if kind == CLUB and reading is not None
    ]
    start = _START.thresholds
    table = np.array(rows).reshape(-1, 4)
    shaft_px = least_value_that_shows(table[:, 0], table[:, 3] > 0, start.shaft_px)
    contrast = least_value_that_shows(table[:, 1], table[:, 3] > 0, start.contrast)
    sharpness = least_value_that_shows(table[:, 2], table[:, 3] > 0, 1 / start.edge_widths)
    return shaft_px, contrast, round(1 / sharpness, 2)


def _sharpness(reading: EndReading) -> float:
    return 1 / max(0.1, reading.edge_widths)


def _sees_root(reading: EndReading) -> bool:
    """Whether a club is taken for a root of some kind, and not for a bare end."""
    read = reading.probabilities
    return max(read.club, read.misshapen) > read.bare


def least_value_that_shows(values: Array, seen: NDArray[np.bool_], start: float) -> float:
    """The least value around which ``CLUB_RECALL`` of the clubs are seen.

    Looked for from half of ``start`` to its double; a window holds values up to 1.5 times its
    least. ``start`` itself when the clubs are too few, or so many are seen nowhere.
    """
    for value in np.geomspace(start / 2, start * 2, 25):
        window = (values >= value) & (values < 1.5 * value)
        if window.sum() >= _ENOUGH and seen[window].mean() >= CLUB_RECALL:
            return round(float(value), 2)
    return start
