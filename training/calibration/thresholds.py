"""Chooses the thresholds below which no label is given, on held-out photos."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from data.arrays import Array, Mask
from model.labelling.hair import WIDTH_BINS, same_in_every_bin
from model.labelling.joint_rule import HairScores, JointRule, Thresholds
from training.calibration.labelled_hairs import (
    MIN_HAIRS,
    LabelledHairs,
    balancing_weights,
    enough_of_each_label,
    labelled_hairs,
)
from training.datasets.examples import CLUB, Example

RISK = 0.05
"""Maximum share of wrong labels among the hairs given the label, with both labels weighted
equally, in the worst maker left out: the risk that is stated, and that thresholds are chosen for.
Our choice. Chosen on three makers, they gave a telogen label a risk of 0.011 to 0.081 on the
fourth, 0.035 on average (run 11 in docs/research/experiments.md). A person's photos are such
another maker."""
MIN_THRESHOLD, MAX_THRESHOLD = 0.6, 0.99
"""Bounds of the thresholds of a label."""
CLUB_RECALL = 0.9
"""Recall of clubs from which a missing club is evidence of a bare root. Our choice."""
NO_BULB_SHARE = 0.9
"""Share of the real hairs without a bulb that keep that label. The rest is lost so that threads and
scratches, which have two bare ends as well, get no label. Our choice."""
REAL_HAIR_SHARE = 0.99
"""Share of real hairs whose evidence is accepted as that of a hair."""
MAX_EVIDENCE = 0.1
START = Thresholds(
    telogen=same_in_every_bin(0.8),
    anagen=same_in_every_bin(0.8),
    evidence=0.05,
    not_hair=0.5,
    shaft_px=3.0,
    contrast=12.0,
    edge_widths=0.8,
)
"""Used where there are too few held-out hairs; our assumption."""


def choose_thresholds(
    examples: Sequence[Example], scores: Sequence[HairScores], rule: JointRule
) -> Thresholds:
    """The thresholds for ``rule``, whose present ones do not matter; ``START`` if there are too few
    hairs."""
    hairs = labelled_hairs(examples, scores, rule)
    if not enough_of_each_label(hairs.is_telogen):
        return START
    evidence = [posterior.evidence for posterior in hairs.posteriors]
    makers = hairs.makers
    is_telogen, shaft_px = hairs.is_telogen, hairs.shaft_px
    telogen = thresholds_by_width(hairs.telogen, is_telogen, shaft_px, makers)
    anagen = thresholds_by_width(hairs.anagen, ~is_telogen, shaft_px, makers)
    min_shaft_px, contrast, edge_widths = _club_visibility(examples, scores)
    return Thresholds(
        telogen=telogen,
        anagen=anagen,
        evidence=float(min(np.quantile(evidence, 1 - REAL_HAIR_SHARE), MAX_EVIDENCE)),
        not_hair=_max_not_hair(hairs, anagen),
        shaft_px=min_shaft_px,
        contrast=contrast,
        edge_widths=edge_widths,
    )


def _max_not_hair(hairs: LabelledHairs, anagen: Mapping[str, float]) -> float:
    """The probability of no hair below which ``NO_BULB_SHARE`` of the real hairs without a bulb,
    both ends in view, lie."""
    bare = [
        p.not_hair
        for e, p in zip(hairs.examples, hairs.posteriors, strict=True)
        if None not in e.crops and p.anagen >= anagen[e.width_bin] and p.no_bulb >= p.anagen / 2
    ]
    if len(bare) < MIN_HAIRS:
        return START.not_hair
    return round(float(np.quantile(bare, NO_BULB_SHARE)), 4)


def thresholds_by_width(
    probability: Array,
    right: Mask,
    shaft_px: Array,
    makers: NDArray[np.str_] | None = None,
    risk: float = RISK,
) -> dict[str, float]:
    """``threshold_for_risk`` of a label in each bin of shaft width, right and wrong hairs weighing
    the same; that of all widths where a bin has too few hairs of a label.

    ``makers`` (N,) of the photos: the threshold is that of the worst maker with enough hairs.
    """
    everything = np.ones(len(right), bool)
    found = same_in_every_bin(_threshold_of_worst(probability, right, everything, makers, risk))
    for width, (low, high) in WIDTH_BINS.items():
        rows = (shaft_px >= low) & (shaft_px < high)
        if enough_of_each_label(right[rows]):
            found[width] = _threshold_of_worst(probability, right, rows, makers, risk)
    return found


def _threshold_of_worst(
    probability: Array, right: Mask, rows: Mask, makers: NDArray[np.str_] | None, risk: float
) -> float:
    """The highest threshold of all ``rows`` (N,) and of those of each maker with enough hairs."""
    groups = [rows]
    if makers is not None:
        of_makers = [rows & (makers == maker) for maker in np.unique(makers)]
        groups += [group for group in of_makers if enough_of_each_label(right[group])]
    return max(
        threshold_for_risk(probability[each], right[each], balancing_weights(right[each]), risk)
        for each in groups
    )


def threshold_for_risk(probability: Array, right: Mask, weights: Array, risk: float) -> float:
    """The lowest threshold at which at most ``risk`` of the labelled hairs are wrong.

    ``probability`` (N,) is that of the label, ``right`` whether it is the true one. The result is
    a point of the risk-coverage curve, within ``MIN_THRESHOLD`` and ``MAX_THRESHOLD``.
    """
    for percent in range(round(100 * MIN_THRESHOLD), round(100 * MAX_THRESHOLD)):
        labelled = probability >= percent / 100
        wrong = weights[labelled & ~right].sum()
        if wrong <= risk * weights[labelled].sum():
            return percent / 100
    return MAX_THRESHOLD


def _club_visibility(
    examples: Sequence[Example], scores: Sequence[HairScores]
) -> tuple[float, float, float]:
    """The minimum shaft width and contrast, and the widest edge, at which clubs are recognised."""
    rows = []
    for example, pair in zip(examples, scores, strict=True):
        for kind, score in zip(example.annotated.end_classes, pair, strict=True):
            if kind == CLUB and score is not None:
                strand, read = example.strand, score.probabilities
                sharpness = 1 / max(0.1, score.edge_widths)
                is_root = max(read.club, read.misshapen) > read.bare
                rows.append((strand.shaft_px, abs(strand.contrast), sharpness, is_root))
    table = np.array(rows, np.float64).reshape(-1, 4)
    recognised = table[:, 3] > 0
    shaft_px = min_visible_value(table[:, 0], recognised, START.shaft_px)
    contrast = min_visible_value(table[:, 1], recognised, START.contrast)
    sharpness = min_visible_value(table[:, 2], recognised, 1 / START.edge_widths)
    return shaft_px, contrast, round(1 / sharpness, 2)


def min_visible_value(values: Array, recognised: Mask, start: float) -> float:
    """The lowest value around which ``CLUB_RECALL`` of the clubs are ``recognised`` (N,).

    Searched from half of ``start`` to twice ``start``. A window holds ``values`` (N,) up to 1.5
    times its lowest. Returns ``start`` when there are too few clubs, or no window has that recall.
    """
    for value in np.geomspace(start / 2, start * 2, 25):
        window = (values >= value) & (values < 1.5 * value)
        if window.sum() >= MIN_HAIRS and recognised[window].mean() >= CLUB_RECALL:
            return round(float(value), 2)
    return start
