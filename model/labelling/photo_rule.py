"""All strands of a photo read and labelled: each by itself (model/labelling/joint_rule.py), then
in company."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.strands.strand import Strand
from model.labelling.company import chances_of_nothing
from model.labelling.hair import Hair
from model.labelling.joint_rule import JointRule, Posterior, Readings, label_hair, read_together


def label_photo(
    strands: Sequence[Strand],
    readings: Sequence[Readings],
    rule: JointRule,
    roots_in_view: bool = False,
) -> list[Hair | None]:
    """The hair that each strand of one photo is, or None for what is not listed.

    ``readings`` has None for an end that is not visible. ``roots_in_view``: the user says that the
    root ends were laid in view, so an end out of the photo is no root.
    """
    posteriors = read_photo(strands, readings, rule, roots_in_view)
    rows = zip(strands, readings, posteriors, strict=True)
    return [label_hair(strand, ends, posterior, rule) for strand, ends, posterior in rows]


def read_photo(
    strands: Sequence[Strand],
    readings: Sequence[Readings],
    rule: JointRule,
    roots_in_view: bool = False,
) -> list[Posterior]:
    """What each strand of one photo can be, now that the others were seen."""
    pairs = zip(strands, readings, strict=True)
    alone = [read_together(strand, ends, rule, roots_in_view) for strand, ends in pairs]
    odds = [rule.prior_not_hair.log_odds((s.best_end, s.chance)) for s in strands]
    chances = chances_of_nothing(
        np.array(odds),
        nothing=np.array([posterior.nothing for posterior in alone]),
        hair=np.array([posterior.evidence for posterior in alone]),
        spread=rule.photo_spread,
    )
    return [
        replace(posterior, not_hair=float(chance))
        for posterior, chance in zip(alone, chances, strict=True)
    ]
