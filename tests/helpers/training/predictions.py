"""Made-up judgements: what a network might have said of made-up examples."""

from dataclasses import replace

import numpy as np

from model.labelling.hair import Hair, Label
from tests.helpers.training.examples import example
from training.datasets.annotations import Facts
from training.datasets.examples import Example
from training.evaluation.predictions import Judged, JudgedEnd, JudgedHair


def known(
    truth: int,
    facts: Facts | None = None,
    photo: str = "one.jpg",
    shaft_px: float = 8.0,
) -> Example:
    """An example of ``truth`` of which ``facts`` are known."""
    given = example(truth, shaft_px=shaft_px)
    return replace(given, photo=photo, labelled=replace(given.labelled, facts=facts or Facts()))


def end(truth: int, read: int, sure: float, of: Example | None = None, side: int = 0) -> JudgedEnd:
    """An end read as ``read`` with the chance ``sure``; the others share the rest."""
    given = of or known(truth)
    chances = np.full(4, (1 - sure) / 3)
    chances[read] = sure
    crop = given.crops[side]
    assert crop is not None
    return JudgedEnd(given, crop, truth, chances)


def hair(truth: int, said: Label, p_telogen: float = 0.5, of: Example | None = None) -> JudgedHair:
    """A hair with two visible ends, called ``said``."""
    given = of or known(truth)
    read = Hair(
        strand=given.strand,
        ends=(None, None),
        label=said,
        reason=None,
        p_telogen=p_telogen,
        p_anagen=1 - p_telogen,
        root_type=None,
        root_end=None,
    )
    return JudgedHair(given, read)


def judged(
    ends: list[JudgedEnd] | None = None,
    hairs: list[JudgedHair] | None = None,
    nothings: tuple[bool, ...] = (),
) -> Judged:
    return Judged(tuple(ends or ()), tuple(hairs or ()), nothings)
