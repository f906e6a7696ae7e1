"""Made-up predictions for made-up examples, and a network that reads marks."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from data.strands.crop import RootCrop
from model.labelling.hair import Hair, Label
from model.networks.root_net import EndNet
from tests.helpers.training.examples import example
from training.calibration.calibrate import Calibration
from training.datasets.annotations import Attributes
from training.datasets.examples import Example
from training.evaluation.predictions import EndPrediction, HairPrediction, Predictions, predict
from training.fitting.apply import hair_logits


def known(
    truth: int,
    attributes: Attributes | None = None,
    photo: str = "one.jpg",
    shaft_px: float = 8.0,
) -> Example:
    """An example of ``truth`` with ``attributes``."""
    given = example(truth, shaft_px=shaft_px)
    return replace(
        given,
        photo=photo,
        annotated=replace(given.annotated, attributes=attributes or Attributes()),
    )


def end(
    truth: int, predicted: int, confidence: float, of: Example | None = None, side: int = 0
) -> EndPrediction:
    """An end predicted with ``confidence``; the other classes share the rest."""
    given = of or known(truth)
    probabilities = np.full(4, (1 - confidence) / 3)
    probabilities[predicted] = confidence
    crop = given.crops[side]
    assert crop is not None
    return EndPrediction(given, crop, truth, probabilities)


def hair(
    truth: int, predicted: Label, p_telogen: float = 0.5, of: Example | None = None
) -> HairPrediction:
    """A hair with two visible ends, labelled ``predicted``."""
    given = of or known(truth)
    listed = Hair(
        strand=given.strand,
        ends=(None, None),
        label=predicted,
        reason=None,
        p_telogen=p_telogen,
        p_anagen=1 - p_telogen,
        root_type=None,
        root_end=None,
    )
    return HairPrediction(given, listed)


def predictions(
    ends: list[EndPrediction] | None = None,
    hairs: list[HairPrediction] | None = None,
    not_hair_listed: tuple[bool, ...] = (),
) -> Predictions:
    """Predictions of these ends, hairs and negatives."""
    return Predictions(tuple(ends or ()), tuple(hairs or ()), not_hair_listed)


class MarkedNet(EndNet):
    """Predicts the class in the first pixel of a crop, with confidence e^8 / (e^8 + 3) = 0.999."""

    def forward(self, pixels: Tensor, shaft_px: Tensor) -> Tensor:
        """Logits (N, 4)."""
        return torch.eye(4)[pixels[:, 0, 0, 0].long()] * 8


def marked(given: Example, *classes: int) -> Example:
    """The example with crops that ``MarkedNet`` predicts as ``classes``."""

    def mark(crop: RootCrop | None, kind: int) -> RootCrop | None:
        if crop is None:
            return None
        pixels = crop.pixels.copy()
        pixels[0, 0] = kind
        return replace(crop, pixels=pixels)

    one, other = (mark(crop, kind) for crop, kind in zip(given.crops, classes, strict=True))
    return replace(given, crops=(one, other))


def predict_marked(given: Sequence[Example], calibration: Calibration) -> Predictions:
    """What ``MarkedNet`` predicts for these examples."""
    return predict(given, hair_logits(MarkedNet(), given), calibration)
