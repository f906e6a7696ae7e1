"""Labels all strands of a photo: each by itself (joint_rule.py), then with a shared photo effect.

The share of strands that are no hair varies between photos far more than by chance: a towel without
a hair gives thirty strands, a card with twenty hairs none that is no hair. So all strands of a
photo share one unknown shift of the log odds of being no hair, normally distributed about 0, as in
a logistic regression with a random effect for each photo.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.arrays import Array
from data.strands.strand import Strand
from model.labelling.hair import Hair
from model.labelling.joint_rule import (
    HairScores,
    JointRule,
    Posterior,
    colour_of_strand,
    joint_posterior,
    label_hair,
)
from model.labelling.strand_inputs import strand_inputs, usual_of_others

_STEPS = np.linspace(-3.5, 3.5, 57)
"""Shifts of the photo effect that are summed over, in standard deviations: steps of an eighth."""


def label_photo(
    strands: Sequence[Strand],
    scores: Sequence[HairScores],
    rule: JointRule,
    roots_in_view: bool = False,
) -> list[Hair | None]:
    """The hair that each strand of one photo is, or None for a strand that is not listed.

    ``scores`` has None for an end that is not visible. ``roots_in_view``: the user stated that all
    root ends lie in the picture, so an end out of the photo is not the root.
    """
    posteriors = photo_posteriors(strands, scores, rule, roots_in_view)
    rows = zip(strands, scores, posteriors, strict=True)
    return [label_hair(strand, ends, posterior, rule) for strand, ends, posterior in rows]


def photo_posteriors(
    strands: Sequence[Strand],
    scores: Sequence[HairScores],
    rule: JointRule,
    roots_in_view: bool = False,
) -> list[Posterior]:
    """The posterior of each strand of one photo, given all of them."""
    pairs = zip(strands, scores, strict=True)
    alone = [joint_posterior(strand, ends, rule, roots_in_view) for strand, ends in pairs]
    colours = [colour_of_strand(ends) for ends in scores]
    inputs = map(strand_inputs, strands, colours, usual_of_others(strands, colours))
    not_hair = not_hair_posterior(
        np.array([rule.prior_not_hair.log_odds(each) for each in inputs]),
        not_hair=np.array([posterior.not_hair_evidence for posterior in alone]),
        hair=np.array([posterior.evidence for posterior in alone]),
        spread=rule.photo_spread,
    )
    return [
        replace(posterior, not_hair=float(probability))
        for posterior, probability in zip(alone, not_hair, strict=True)
    ]


def not_hair_posterior(prior_log_odds: Array, not_hair: Array, hair: Array, spread: float) -> Array:
    """The probability (N,) that each strand of one photo is no hair, given all N of them.

    ``prior_log_odds`` (N,) of no hair depend on the finder alone; ``not_hair`` and ``hair`` (N,)
    are the likelihoods of the scores at its ends if it is none, or one; ``spread`` is the standard
    deviation of the photo effect. Exact but for the sum over shifts instead of the integral.
    """
    shifts = spread * _STEPS
    prior = 1 / (1 + np.exp(-(prior_log_odds[:, None] + shifts)))
    as_not_hair, as_hair = prior * not_hair[:, None], (1 - prior) * hair[:, None]
    each = np.maximum(as_not_hair + as_hair, 1e-300)
    of_shift = -0.5 * _STEPS**2 + np.log(each).sum(axis=0)
    weights = np.exp(of_shift - of_shift.max())
    return np.asarray((as_not_hair / each) @ (weights / weights.sum()))
