"""What a network said of strands whose truth is known: end by end, and hair by hair."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.strands.crop import RootCrop
from model.inference.root_classifier import softmax
from model.labelling.hair import Hair, Label
from model.labelling.joint_rule import JointRule, Readings
from model.labelling.photo_rule import label_photo
from model.networks.root_net import RootNet
from training.calibration.calibrate import Calibration
from training.datasets.examples import BARE, NOT_HAIR, UNTRAINED, Example
from training.datasets.split import by_photo
from training.fitting.readings import logits_of, readings_of

Chances = NDArray[np.float64]
Read = Callable[[Sequence[RootCrop]], Chances]
"""From N crops to the calibrated chances (N, 4) of ``CLASSES``."""


@dataclass(frozen=True)
class JudgedEnd:
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
class JudgedHair:
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
class Judged:
    """Ends that somebody can name, knowable hairs, and ``nothings``: whether each strand that is
    no hair was listed all the same."""

    ends: tuple[JudgedEnd, ...]
    hairs: tuple[JudgedHair, ...]
    nothings: tuple[bool, ...]


def reader(net: RootNet, calibration: Calibration) -> Read:
    """How ``net`` reads crops once it is calibrated."""
    return lambda crops: softmax(logits_of(net, crops) / calibration.temperature)


def judge(net: RootNet, examples: Sequence[Example], calibration: Calibration) -> Judged:
    """Reads the ends of ``examples`` and labels them by the joint rule."""
    readings = readings_of(net, examples, calibration.temperature)
    return judged_of(examples, readings, label_examples(examples, readings, calibration.rule))


def label_examples(
    examples: Sequence[Example], readings: Sequence[Readings], rule: JointRule
) -> list[Hair | None]:
    """The hair that is listed for each example, if any, photo by photo."""
    hairs: dict[int, Hair | None] = {}
    for rows in by_photo(examples):
        strands = [examples[i].strand for i in rows]
        labelled = label_photo(strands, [readings[i] for i in rows], rule)
        hairs |= zip(rows, labelled, strict=True)
    return [hairs[i] for i in range(len(examples))]


def judged_of(
    examples: Sequence[Example], readings: Sequence[Readings], hairs: Sequence[Hair | None]
) -> Judged:
    """From what was read at the ends of each example and what was made of it."""
    pairs = list(zip(examples, hairs, strict=True))
    return Judged(
        ends=tuple(_ends(examples, readings)),
        hairs=tuple(JudgedHair(e, hair) for e, hair in pairs if e.labelled.is_knowable),
        nothings=tuple(hair is not None for e, hair in pairs if e.labelled.truth == "not_hair"),
    )


def _ends(examples: Sequence[Example], readings: Sequence[Readings]) -> Iterator[JudgedEnd]:
    for example, pair in zip(examples, readings, strict=True):
        parts = zip(example.crops, example.labelled.end_classes, pair, strict=True)
        for crop, truth, read in parts:
            if crop is not None and read is not None and truth != UNTRAINED:
                chances = np.array(list(vars(read.probabilities).values()))
                yield JudgedEnd(example, crop, truth, chances)
