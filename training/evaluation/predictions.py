"""A network's predictions for annotated strands: end by end, and hair by hair."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from data.arrays import Array
from data.strands.crop import RootCrop
from model.inference.root_classifier import softmax
from model.labelling.hair import Hair, Label
from model.labelling.joint_rule import HairScores, JointRule
from model.labelling.photo_rule import label_photo
from model.networks.root_net import EndNet
from training.calibration.calibrate import Calibration, calibrate
from training.datasets.examples import BARE, NOT_HAIR, UNTRAINED, Example
from training.datasets.splits import is_odd_photo, rows_by_photo
from training.fitting.apply import HairLogits, hair_scores, logits_of

ClassifyCrops = Callable[[Sequence[RootCrop]], Array]
"""From N crops to the calibrated probabilities (N, 4) of ``CLASSES``."""

SHOWN = 24
PER_PHOTO = 2
"""Limits the mistakes shown of one photo, because a difficult photo would fill the page."""


@dataclass(frozen=True)
class EndPrediction:
    """An end with a crop, its class ``truth``, and the predicted ``probabilities`` (4,)."""

    example: Example
    crop: RootCrop
    truth: int
    probabilities: Array

    @property
    def likeliest(self) -> int:
        """The predicted class."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability of the predicted class."""
        return float(self.probabilities.max())

    @property
    def is_right(self) -> bool:
        """Whether the predicted class is the true one."""
        return self.likeliest == self.truth

    @property
    def is_root(self) -> bool:
        """Whether this is the root's end of a hair, not its tip and not an end of no hair."""
        if self.truth == BARE:
            return self.example.annotated.truth == "bare"
        return self.truth != NOT_HAIR


@dataclass(frozen=True)
class HairPrediction:
    """A knowable hair and the listed ``hair`` with its label, None if it was not listed."""

    example: Example
    hair: Hair | None

    @property
    def truth(self) -> Label:
        """The true label."""
        is_telogen = self.example.annotated.truth == "telogen"
        return Label.TELOGEN if is_telogen else Label.ANAGEN

    @property
    def predicted(self) -> Label:
        """The predicted label; a hair that is not listed counts as unsure."""
        return self.hair.label if self.hair else Label.UNSURE


@dataclass(frozen=True)
class Predictions:
    """Predictions for all ends with a class and all knowable hairs; ``not_hair_listed``: for each
    strand that is no hair, whether it was listed as one."""

    ends: tuple[EndPrediction, ...]
    hairs: tuple[HairPrediction, ...]
    not_hair_listed: tuple[bool, ...]


def classifier_of(net: EndNet, calibration: Calibration) -> ClassifyCrops:
    """The calibrated classifier of crops."""
    return lambda crops: softmax(logits_of(net, crops) / calibration.temperature)


def predict(
    examples: Sequence[Example], logits: Sequence[HairLogits], calibration: Calibration
) -> Predictions:
    """Labels the hairs by the joint rule, given the ``logits`` of their ends."""
    scores = hair_scores(logits, calibration.temperature)
    return predictions_of(examples, scores, label_examples(examples, scores, calibration.rule))


def label_examples(
    examples: Sequence[Example], scores: Sequence[HairScores], rule: JointRule
) -> list[Hair | None]:
    """The hair that is listed for each example, if any, photo by photo."""
    hairs: dict[int, Hair | None] = {}
    for rows in rows_by_photo(examples):
        strands = [examples[i].strand for i in rows]
        labelled = label_photo(strands, [scores[i] for i in rows], rule)
        hairs |= zip(rows, labelled, strict=True)
    return [hairs[i] for i in range(len(examples))]


def predictions_of(
    examples: Sequence[Example], scores: Sequence[HairScores], hairs: Sequence[Hair | None]
) -> Predictions:
    """The predictions in the scores of each example's ends and the hair listed for it."""
    pairs = list(zip(examples, hairs, strict=True))
    negatives = [hair for example, hair in pairs if example.annotated.truth == "not_hair"]
    return Predictions(
        ends=tuple(_end_predictions(examples, scores)),
        hairs=tuple(HairPrediction(e, hair) for e, hair in pairs if e.annotated.is_knowable),
        not_hair_listed=tuple(hair is not None for hair in negatives),
    )


def _end_predictions(
    examples: Sequence[Example], scores: Sequence[HairScores]
) -> Iterator[EndPrediction]:
    for example, pair in zip(examples, scores, strict=True):
        ends = zip(example.crops, example.annotated.end_classes, pair, strict=True)
        for crop, truth, score in ends:
            if crop is not None and score is not None and truth != UNTRAINED:
                probabilities = np.array(list(vars(score.probabilities).values()))
                yield EndPrediction(example, crop, truth, probabilities)


LabelledExample = tuple[Example, HairScores, Hair | None]
"""An example, the scores of its ends, and the hair that is listed for it, if any."""


def cross_fitted_labels(
    examples: Sequence[Example], logits: Sequence[HairLogits]
) -> list[LabelledExample]:
    """The held-out ``examples`` with their labels, given the ``logits`` of their ends: each half of
    the photos with the calibration of the other half (two-fold cross-fitting).

    The shipped calibration uses all of them, so it is not exactly the one that is evaluated here.
    Evaluated on the photos it was chosen on, it would look better than it is.
    """
    of_half: tuple[list[int], list[int]] = ([], [])
    for i, example in enumerate(examples):
        of_half[is_odd_photo(example.photo)].append(i)
    labels: list[LabelledExample] = []
    for rows, others in (of_half, of_half[::-1]):
        calibration = calibrate([examples[i] for i in others], [logits[i] for i in others])
        these = [examples[i] for i in rows]
        scores = hair_scores([logits[i] for i in rows], calibration.temperature)
        hairs = label_examples(these, scores, calibration.rule)
        labels += zip(these, scores, hairs, strict=True)
    return labels


def cross_fitted_predictions(labels: Sequence[LabelledExample]) -> Predictions:
    """The predictions in ``cross_fitted_labels``."""
    examples, scores, hairs = zip(*labels, strict=True)
    return predictions_of(examples, scores, hairs)


def worst_end_mistakes(ends: Sequence[EndPrediction]) -> list[EndPrediction]:
    """At most ``SHOWN`` misclassified ends, the most confident first, at most ``PER_PHOTO`` of a
    photo."""
    of_photo: Counter[str] = Counter()
    shown: list[EndPrediction] = []
    for end in sorted(ends, key=lambda end: -end.confidence):
        if end.is_right or of_photo[end.example.photo] == PER_PHOTO or len(shown) == SHOWN:
            continue
        of_photo[end.example.photo] += 1
        shown.append(end)
    return shown
