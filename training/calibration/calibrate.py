"""Calibrates a network on held-out photos: temperature, joint rule and thresholds.

The result is evaluated on other photos (training/evaluation/predictions.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.arrays import Array
from data.strands.shaft_colour import ShaftColour, mean_colour, shaft_colour
from data.strands.strand import EndState
from model.inference.root_classifier import softmax
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import HairScores, JointRule
from model.labelling.probability import (
    NO_BIAS,
    ClubBias,
    LogisticModel,
    bounded_log_odds,
)
from model.labelling.strand_inputs import strand_inputs, usual_of_others
from model.networks.root_net import EndNet
from training.calibration.labelled_hairs import (
    MIN_HAIRS,
    enough_of_each_label,
    labelled_hairs,
    posteriors_of,
)
from training.calibration.regression import (
    fit_club_bias,
    fit_logistic,
    fit_logistic_in_groups,
)
from training.calibration.thresholds import START, choose_thresholds
from training.datasets.examples import NOT_HAIR, UNTRAINED, Ends, Example, trained_ends
from training.datasets.splits import first_by_hash, rows_by_photo
from training.fitting.apply import HairLogits, hair_scores, logits_of, trained_logits

_EVEN_MIX = EndProbabilities(0.25, 0.25, 0.25, 0.25)
"""Fit and temperature weight all classes equally."""
_START = JointRule(
    class_mix=_EVEN_MIX,
    prior_not_hair=LogisticModel.constant(0.2),
    photo_spread=0.0,
    false_end=LogisticModel.constant(0.02),
    club_bias=NO_BIAS,
    thresholds=START,
)
"""Used where there are too few held-out examples; our assumption."""
_SPREADS = np.linspace(0, 2, 9)
"""Candidates. At 2, a photo's odds of no hair are often a seventh or seven times the usual."""
_THREAD_SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4)
"""Candidates."""
_MAX_PHOTOS = 200
"""Some 7,000 strands, on which a candidate takes seconds."""
_MAX_ENDS = 1_500
"""On which the temperatures of networks are compared: about a minute."""
_TEMPERATURES = np.geomspace(0.3, 5, 113)
_PHOTO_SPREAD = 1.25
"""The spread of photos while the prior of no hair is fitted: that of run 9."""


@dataclass(frozen=True)
class Calibration:
    """The temperature of the logits and the joint rule that belongs to it."""

    temperature: float
    rule: JointRule


def calibrate(examples: Sequence[Example], logits: Sequence[HairLogits]) -> Calibration:
    """The calibration for held-out strands, given a network's ``logits`` of their ends."""
    temperature = best_temperature(trained_logits(examples, logits), trained_ends(examples))
    scores = hair_scores(logits, temperature)
    return Calibration(temperature, fit_joint_rule(examples, scores))


def fit_joint_rule(examples: Sequence[Example], scores: Sequence[HairScores]) -> JointRule:
    """The joint rule for held-out strands and the calibrated scores of their ends."""
    prior = fit_prior_not_hair(examples)
    rule = replace(
        _START,
        prior_not_hair=prior,
        false_end=fit_false_end(examples),
        photo_spread=_PHOTO_SPREAD,
    )
    threads = [replace(rule, thread_share=share) for share in _THREAD_SHARES]
    rule = _best_for_no_hair(examples, scores, threads)
    spreads = [replace(rule, photo_spread=float(spread)) for spread in _SPREADS]
    rule = _best_for_no_hair(examples, scores, spreads)
    rule = replace(rule, club_bias=_club_bias(examples, scores, rule))
    return replace(rule, thresholds=choose_thresholds(examples, scores, rule))


def best_temperature(logits: Array, ends: Ends) -> float:
    """The temperature with the lowest negative log-likelihood, every class weighing the same; 1
    without any ends."""
    if not len(logits):
        return 1.0
    weights, losses = ends.balancing_weights(), []
    for temperature in _TEMPERATURES:
        of_truth = softmax(logits / temperature)[np.arange(len(logits)), ends.classes]
        losses.append(float(-(np.log(np.maximum(of_truth, 1e-12)) * weights).sum()))
    return float(_TEMPERATURES[int(np.argmin(losses))])


def temperature_ratio(net: EndNet, without: Mapping[str, EndNet], ends: Ends) -> float:
    """How many times as high the best temperature of ``net`` is as those of the networks
    ``without`` a maker, on held-out ``ends`` of the makers that both were fitted to; 1 without any.

    The temperature that is shipped comes from those networks, on makers they never saw. One that
    was fitted for longer is surer of itself everywhere.
    """
    rows = np.random.default_rng(0).permutation(len(ends.crops))[:_MAX_ENDS]
    makers, ratios = np.array(ends.makers)[rows], []
    crops, classes = [ends.crops[i] for i in rows], ends.classes[rows]
    logits = logits_of(net, crops)
    for maker, other in without.items():
        seen = np.flatnonzero(makers != maker)
        if len(seen):
            both = Ends([crops[i] for i in seen], classes[seen], ends.found[rows][seen])
            of_other = logits_of(other, both.crops)
            ratios.append(best_temperature(logits[seen], both) / best_temperature(of_other, both))
    return float(np.exp(np.mean(np.log(ratios)))) if ratios else 1.0


def fit_prior_not_hair(examples: Sequence[Example]) -> LogisticModel:
    """The probability that a strand of the finder has no true end, given its ``strand_inputs``."""
    found = [example for example in examples if example.found]
    rows: list[tuple[float, ...]] = []
    photos: list[str] = []
    for photo in rows_by_photo(found):
        strands = [found[i].strand for i in photo]
        colours = [_colour(found[i]) for i in photo]
        usual = usual_of_others(strands, colours)
        inputs = map(strand_inputs, strands, colours, usual)
        for i, of_strand in zip(photo, inputs, strict=True):
            if (no_hair := _is_no_hair(found[i])) is not None:
                rows.append((*of_strand, no_hair))
                photos.append(found[i].photo)
    if (table := _enough(rows)) is None:
        return _START.prior_not_hair
    return fit_logistic_in_groups(table[:, :-1], table[:, -1], photos, _PHOTO_SPREAD)


def _colour(example: Example) -> ShaftColour | None:
    """The mean colour of its crops, as ``joint_rule.colour_of_strand``."""
    return mean_colour([shaft_colour(crop) for crop in example.crops if crop is not None])


def fit_false_end(examples: Sequence[Example]) -> LogisticModel:
    """The probability that no hair ends at a visible end of a strand with a true end, given the
    finder's confidence in the end."""
    rows = [
        (bounded_log_odds(end.confidence), kind == NOT_HAIR)
        for e in examples
        if e.found and _end_kinds(e) - {NOT_HAIR}
        for end, kind in zip(e.strand.ends, e.annotated.end_classes, strict=True)
        if end.state is EndState.VISIBLE and kind != UNTRAINED
    ]
    if (table := _enough(rows)) is None:
        return _START.false_end
    return fit_logistic(table[:, :-1], table[:, -1])


def _best_for_no_hair(
    examples: Sequence[Example], scores: Sequence[HairScores], rules: Sequence[JointRule]
) -> JointRule:
    """The rule with the lowest log loss of no hair, given the scores of the ends, on at most
    ``_MAX_PHOTOS`` photos; the first one where there are too few.

    Not the spread of the photos' shares of negatives: the errors of the scores within a photo are
    correlated, so together they are weaker evidence.
    """
    photos = first_by_hash({example.photo for example in examples if example.found}, _MAX_PHOTOS)
    chosen = [i for i, example in enumerate(examples) if example.photo in photos]
    examples, scores = [examples[i] for i in chosen], [scores[i] for i in chosen]
    rows = [i for i, e in enumerate(examples) if e.found and _is_no_hair(e) is not None]
    if len(rows_by_photo([examples[i] for i in rows])) < MIN_HAIRS:
        return rules[0]
    is_negative = np.array([_is_no_hair(examples[i]) for i in rows])
    losses = []
    for rule in rules:
        posteriors = posteriors_of(examples, scores, rule)
        not_hair = np.array([posteriors[i].not_hair for i in rows])
        of_truth = np.clip(np.where(is_negative, not_hair, 1 - not_hair), 1e-4, 1)
        losses.append(-np.log(of_truth).mean())
    return rules[int(np.argmin(losses))]


def _club_bias(
    examples: Sequence[Example], scores: Sequence[HairScores], rule: JointRule
) -> ClubBias:
    """Fitted to the odds of a club given that the root is in view."""
    hairs = labelled_hairs(examples, scores, rule)
    if not enough_of_each_label(hairs.is_telogen):
        return NO_BIAS
    odds = np.maximum(hairs.telogen, 1e-6) / np.maximum(hairs.anagen, 1e-6)
    return fit_club_bias(np.log(odds), hairs.shaft_px, hairs.is_telogen)


def _is_no_hair(example: Example) -> bool | None:
    """Whether a strand lies on no hair, or shows no end of the one that it lies on; None if that is
    not known.

    A thread in a colour of hair is none, though its ends are not trained as such.
    """
    if example.annotated.truth == "not_hair":
        return True
    kinds = _end_kinds(example)
    return kinds == {NOT_HAIR} if kinds else None


def _end_kinds(example: Example) -> set[int]:
    """The classes of its visible ends that have one."""
    return {kind for _, kind in example.trained_crops}


def _enough(rows: Sequence[tuple[float, ...]]) -> Array | None:
    """Rows of inputs and whether the finder was wrong, None if they are too few to fit to."""
    if len(rows) < MIN_HAIRS:
        return None
    table = np.array(rows, np.float64)
    return table if 0 < table[:, -1].mean() < 1 else None
