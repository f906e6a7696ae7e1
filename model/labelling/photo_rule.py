"""All strands of a photo read and labelled: each by itself (model/labelling/joint_rule.py), then
in company.

A strand is known by the company it keeps.

How many of a photo's strands are no hair differs from photo to photo far more than chance would
have it: a towel without a hair gives thirty, a card with twenty hairs none. So all strands of a
photo share one unknown shift of the log odds of being no hair, normally distributed about 0, as
in a logistic regression with a random effect for each photo.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.arrays import Array
from data.strands.strand import Strand
from model.labelling.hair import Hair
from model.labelling.joint_rule import HairScores, JointRule, Posterior, joint_posterior, label_hair

_STEPS = np.linspace(-3.5, 3.5, 57)
"""Shifts that are summed over, in spreads: an eighth of a spread apart."""


def not_hair_posterior(prior_log_odds: Array, nothing: Array, hair: Array, spread: float) -> Array:
    """The chance of each of N strands of one photo that it is no hair, all seen together.

    ``prior_log_odds`` (N,) of no hair by the finder alone; ``nothing`` and ``hair`` (N,) are the
    likelihoods of what was read at its ends if it is none, or one; ``spread`` is the standard
    deviation of the photo's shift. Exact but for the sum over shifts in place of the integral.
    """
    shifts = spread * _STEPS
    prior = 1 / (1 + np.exp(-(prior_log_odds[:, None] + shifts)))
    as_nothing, as_hair = prior * nothing[:, None], (1 - prior) * hair[:, None]
    each = np.maximum(as_nothing + as_hair, 1e-300)
    of_shift = -0.5 * _STEPS**2 + np.log(each).sum(axis=0)
    weights = np.exp(of_shift - of_shift.max())
    return np.asarray((as_nothing / each) @ (weights / weights.sum()))


def label_photo(
    strands: Sequence[Strand],
    readings: Sequence[HairScores],
    rule: JointRule,
    roots_in_view: bool = False,
) -> list[Hair | None]:
    """The hair that each strand of one photo is, or None for what is not listed.

    ``readings`` has None for an end that is not visible. ``roots_in_view``: the user says that the
    root ends were laid in view, so an end out of the photo is no root.
    """
    posteriors = photo_posteriors(strands, readings, rule, roots_in_view)
    rows = zip(strands, readings, posteriors, strict=True)
    return [label_hair(strand, ends, posterior, rule) for strand, ends, posterior in rows]


def photo_posteriors(
    strands: Sequence[Strand],
    readings: Sequence[HairScores],
    rule: JointRule,
    roots_in_view: bool = False,
) -> list[Posterior]:
    """What each strand of one photo can be, now that the others were seen."""
    pairs = zip(strands, readings, strict=True)
    alone = [joint_posterior(strand, ends, rule, roots_in_view) for strand, ends in pairs]
    odds = [rule.prior_not_hair.log_odds((s.best_end_confidence, s.confidence)) for s in strands]
    chances = not_hair_posterior(
        np.array(odds),
        nothing=np.array([posterior.nothing for posterior in alone]),
        hair=np.array([posterior.evidence for posterior in alone]),
        spread=rule.photo_spread,
    )
    return [
        replace(posterior, not_hair=float(chance))
        for posterior, chance in zip(alone, chances, strict=True)
    ]
