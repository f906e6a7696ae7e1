"""Where to give no label: thresholds chosen on held-out photos."""

from collections.abc import Mapping, Sequence

import numpy as np

from data.arrays import Array
from model.labelling.hair import WIDTH_BINS, same_in_every_bin
from model.labelling.joint_rule import EndScores, HairScores, JointRule, Thresholds
from training.calibration.labelled_hairs import (
    MIN_HAIRS,
    Flags,
    LabelledHairs,
    enough_of_each_label,
    even_weights,
    labelled_hairs,
)
from training.datasets.examples import CLUB, Example

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
START = Thresholds(
    telogen=same_in_every_bin(0.8),
    anagen=same_in_every_bin(0.8),
    evidence=0.05,
    not_hair=0.5,
    shaft_px=3.0,
    contrast=12.0,
    edge_widths=0.8,
)
"""What holds where the held-out photos are too few to tell; our assumption."""


def choose_thresholds(
    examples: Sequence[Example], readings: Sequence[HairScores], rule: JointRule
) -> Thresholds:
    """The thresholds for ``rule``, whose own do not matter; ``START`` if the hairs are too few."""
    hairs = labelled_hairs(examples, readings, rule)
    if not enough_of_each_label(hairs.is_telogen):
        return START
    evidence = np.quantile(
        [posterior.evidence for posterior in hairs.posteriors], 1 - REAL_HAIRS_KEPT
    )
    telogen = thresholds_by_tier(hairs.telogen, hairs.is_telogen, hairs.shaft_px)
    anagen = thresholds_by_tier(hairs.anagen, ~hairs.is_telogen, hairs.shaft_px)
    shaft_px, contrast, edge_widths = _where_clubs_show(examples, readings)
    return Thresholds(
        telogen=telogen,
        anagen=anagen,
        evidence=float(min(evidence, 0.1)),
        not_hair=_surely_hair(hairs, anagen),
        shaft_px=shaft_px,
        contrast=contrast,
        edge_widths=edge_widths,
    )


def _surely_hair(hairs: LabelledHairs, anagen: Mapping[str, float]) -> float:
    """The chance of no hair up to which ``NO_BULB_KEPT`` of the real hairs without a bulb, both
    ends in view, are said to have none."""
    bare = [
        p.not_hair
        for e, p in zip(hairs.examples, hairs.posteriors, strict=True)
        if None not in e.crops and p.anagen >= anagen[e.tier] and p.no_bulb >= p.anagen / 2
    ]
    if len(bare) < MIN_HAIRS:
        return START.not_hair
    return round(float(np.quantile(bare, NO_BULB_KEPT)), 4)


def thresholds_by_tier(sure: Array, right: Flags, shaft_px: Array) -> dict[str, float]:
    """``threshold_for_risk`` of a label in each tier of shaft width, right and wrong hairs
    weighing the same; that of all tiers where one has too few hairs of a kind."""
    everywhere = threshold_for_risk(sure, right, even_weights(right), RISK)
    found = same_in_every_bin(everywhere)
    for tier, (low, high) in WIDTH_BINS.items():
        rows = (shaft_px >= low) & (shaft_px < high)
        if enough_of_each_label(right[rows]):
            weights = even_weights(right[rows])
            found[tier] = threshold_for_risk(sure[rows], right[rows], weights, RISK)
    return found


def threshold_for_risk(sure: Array, right: Flags, weights: Array, risk: float) -> float:
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
    examples: Sequence[Example], readings: Sequence[HairScores]
) -> tuple[float, float, float]:
    """The least shaft width and contrast, and the widest edge, at which clubs are still seen."""
    rows = [
        (e.strand.shaft_px, abs(e.strand.contrast), _sharpness(reading), _sees_root(reading))
        for e, pair in zip(examples, readings, strict=True)
        for kind, reading in zip(e.labelled.end_classes, pair, strict=True)
        if kind == CLUB and reading is not None
    ]
    start = START
    table = np.array(rows).reshape(-1, 4)
    shaft_px = least_value_that_shows(table[:, 0], table[:, 3] > 0, start.shaft_px)
    contrast = least_value_that_shows(table[:, 1], table[:, 3] > 0, start.contrast)
    sharpness = least_value_that_shows(table[:, 2], table[:, 3] > 0, 1 / start.edge_widths)
    return shaft_px, contrast, round(1 / sharpness, 2)


def _sharpness(reading: EndScores) -> float:
    return 1 / max(0.1, reading.edge_widths)


def _sees_root(reading: EndScores) -> bool:
    """Whether a club is taken for a root of some kind, and not for a bare end."""
    read = reading.probabilities
    return max(read.club, read.misshapen) > read.bare


def least_value_that_shows(values: Array, seen: Flags, start: float) -> float:
    """The least value around which ``CLUB_RECALL`` of the clubs are seen.

    Looked for from half of ``start`` to its double; a window holds values up to 1.5 times its
    least. ``start`` itself when the clubs are too few, or so many are seen nowhere.
    """
    for value in np.geomspace(start / 2, start * 2, 25):
        window = (values >= value) & (values < 1.5 * value)
        if window.sum() >= MIN_HAIRS and seen[window].mean() >= CLUB_RECALL:
            return round(float(value), 2)
    return start
