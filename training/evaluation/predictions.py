"""What a network said of strands whose truth is known: end by end, and hair by hair.

What a network is worth on photos that its calibration never saw.

The worst mistakes: ends of which the network was surest, and wrong.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from data.strands.crop import RootCrop
from model.inference.root_classifier import softmax
from model.labelling.hair import Hair, Label
from model.labelling.joint_rule import HairScores, JointRule
from model.labelling.photo_rule import label_photo
from model.networks.root_net import RootNet
from training.calibration.calibrate import Calibration, calibrate
from training.datasets.examples import BARE, NOT_HAIR, UNTRAINED, Example, trained_ends
from training.datasets.splits import by_photo, halves
from training.fitting.readings import logits_of, readings_of

Chances = NDArray[np.float64]
Read = Callable[[Sequence[RootCrop]], Chances]
"""From N crops to the calibrated chances (N, 4) of ``CLASSES``."""


@dataclass(frozen=True)
class EndPrediction:
    """An end with a crop and a class (``truth``), and the ``chances`` (4,) that were read."""

    example: Example
    crop: RootCrop
    truth: int
    chances: Chances

    @property
    def likeliest(self) -> int:
        """The class that was read."""
        return int(self.chances.argmax())

    @property
    def sure(self) -> float:
        """The chance of the likeliest class."""
        return float(self.chances.max())

    @property
    def is_right(self) -> bool:
        """Whether the likeliest class is the true one."""
        return self.likeliest == self.truth

    @property
    def is_root(self) -> bool:
        """Whether a root is here, or should be: not so at the far tip of a hair."""
        if self.truth == BARE:
            return self.example.labelled.truth == "bare"
        return self.truth != NOT_HAIR


@dataclass(frozen=True)
class HairPrediction:
    """A hair whose ends tell what it is, and what was said of it: None if it was not listed."""

    example: Example
    hair: Hair | None

    @property
    def truth(self) -> Label:
        """The label that it should get."""
        is_telogen = self.example.labelled.truth == "telogen"
        return Label.TELOGEN if is_telogen else Label.ANAGEN

    @property
    def said(self) -> Label:
        """The label that it got; a hair that is not listed counts as unsure."""
        return self.hair.label if self.hair else Label.UNSURE


@dataclass(frozen=True)
class Predictions:
    """Ends that somebody can name, knowable hairs, and ``nothings``: whether each strand that is
    no hair was listed all the same."""

    ends: tuple[EndPrediction, ...]
    hairs: tuple[HairPrediction, ...]
    nothings: tuple[bool, ...]


def reader(net: RootNet, calibration: Calibration) -> Read:
    """How ``net`` reads crops once it is calibrated."""
    return lambda crops: softmax(logits_of(net, crops) / calibration.temperature)


def predict(net: RootNet, examples: Sequence[Example], calibration: Calibration) -> Predictions:
    """Reads the ends of ``examples`` and labels them by the joint rule."""
    readings = readings_of(net, examples, calibration.temperature)
    return predictions_of(examples, readings, label_examples(examples, readings, calibration.rule))


def label_examples(
    examples: Sequence[Example], readings: Sequence[HairScores], rule: JointRule
) -> list[Hair | None]:
    """The hair that is listed for each example, if any, photo by photo."""
    hairs: dict[int, Hair | None] = {}
    for rows in by_photo(examples):
        strands = [examples[i].strand for i in rows]
        labelled = label_photo(strands, [readings[i] for i in rows], rule)
        hairs |= zip(rows, labelled, strict=True)
    return [hairs[i] for i in range(len(examples))]


def predictions_of(
    examples: Sequence[Example], readings: Sequence[HairScores], hairs: Sequence[Hair | None]
) -> Predictions:
    """From what was read at the ends of each example and what was made of it."""
    pairs = list(zip(examples, hairs, strict=True))
    return Predictions(
        ends=tuple(_ends(examples, readings)),
        hairs=tuple(HairPrediction(e, hair) for e, hair in pairs if e.labelled.is_knowable),
        nothings=tuple(hair is not None for e, hair in pairs if e.labelled.truth == "not_hair"),
    )


def _ends(examples: Sequence[Example], readings: Sequence[HairScores]) -> Iterator[EndPrediction]:
    for example, pair in zip(examples, readings, strict=True):
        parts = zip(example.crops, example.labelled.end_classes, pair, strict=True)
        for crop, truth, read in parts:
            if crop is not None and read is not None and truth != UNTRAINED:
                chances = np.array(list(vars(read.probabilities).values()))
                yield EndPrediction(example, crop, truth, chances)


def cross_fitted_predictions(net: RootNet, examples: Sequence[Example]) -> Predictions:
    """All of the held-out ``examples``, each half of the photos judged under what was calibrated
    on the other half (two-fold cross-fitting).

    What is shipped is calibrated on all of them, so it is not quite what is measured here, but
    measured on those same photos it would look better than it is.
    """
    one, other = halves(examples)
    parts = [_judged(net, one, other), _judged(net, other, one)]
    return Predictions(
        ends=tuple(chain.from_iterable(part.ends for part in parts)),
        hairs=tuple(chain.from_iterable(part.hairs for part in parts)),
        nothings=tuple(chain.from_iterable(part.nothings for part in parts)),
    )


def _judged(net: RootNet, examples: Sequence[Example], others: Sequence[Example]) -> Predictions:
    return predict(net, examples, calibrate(net, trained_ends(others), others))


SHOWN = 24
PER_PHOTO = 2
"""A photo that is hard all over would fill the sheet."""


def worst_mistakes(ends: Sequence[EndPrediction]) -> list[EndPrediction]:
    """At most ``SHOWN`` misread ends, the surest first, at most ``PER_PHOTO`` of a photo."""
    taken: Counter[str] = Counter()
    shown: list[EndPrediction] = []
    for end in sorted(ends, key=lambda end: -end.sure):
        if end.is_right or taken[end.example.photo] == PER_PHOTO or len(shown) == SHOWN:
            continue
        taken[end.example.photo] += 1
        shown.append(end)
    return shown
