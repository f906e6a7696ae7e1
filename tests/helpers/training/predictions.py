"""Made-up judgements: what a network might have said of made-up examples."""

from dataclasses import replace

import numpy as np

from model.labelling.hair import Hair, Label
from tests.helpers.training.examples import example
from training.datasets.annotations import Attributes
from training.datasets.examples import Example
from training.evaluation.predictions import EndPrediction, HairPrediction, Predictions


def known(
    truth: int,
    facts: Attributes | None = None,
    photo: str = "one.jpg",
    shaft_px: float = 8.0,
) -> Example:
    """An example of ``truth`` of which ``facts`` are known."""
    given = example(truth, shaft_px=shaft_px)
    return replace(
        given, photo=photo, labelled=replace(given.labelled, facts=facts or Attributes())
    )


def end(
    truth: int, read: int, sure: float, of: Example | None = None, side: int = 0
) -> EndPrediction:
    """An end read as ``read`` with the chance ``sure``; the others share the rest."""
    given = of or known(truth)
    chances = np.full(4, (1 - sure) / 3)
    chances[read] = sure
    crop = given.crops[side]
    assert crop is not None
    return EndPrediction(given, crop, truth, chances)


def hair(
    truth: int, said: Label, p_telogen: float = 0.5, of: Example | None = None
) -> HairPrediction:
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
    return HairPrediction(given, read)


def judged(
    ends: list[EndPrediction] | None = None,
    hairs: list[HairPrediction] | None = None,
    nothings: tuple[bool, ...] = (),
) -> Predictions:
    return Predictions(tuple(ends or ()), tuple(hairs or ()), nothings)
