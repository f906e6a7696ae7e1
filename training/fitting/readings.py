"""What a network reads at the ends of examples."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from data.strands.crop import RootCrop, edge_widths
from model.inference.root_classifier import softmax
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import EndScores, HairScores
from model.networks.root_net import EndNet
from model.version import CLASSES
from training.datasets.examples import Example
from training.fitting.root_net import as_tensors

_BATCH = 256


def logits_of(net: EndNet, crops: Sequence[RootCrop]) -> NDArray[np.float64]:
    """Logits (N, 4) of crops that are not augmented."""
    net.eval()
    found = [np.empty((0, len(CLASSES)))]
    with torch.inference_mode():
        for start in range(0, len(crops), _BATCH):
            pixels, shaft_px = as_tensors(list(crops[start : start + _BATCH]))
            found.append(net(pixels.float(), shaft_px).double().numpy())
    return np.concatenate(found)


def readings_of(net: EndNet, examples: Sequence[Example], temperature: float) -> list[HairScores]:
    """The calibrated readings of every example's two ends."""
    crops = [crop for example in examples for crop in example.crops if crop is not None]
    rows = softmax(logits_of(net, crops) / temperature)
    reading = iter(
        EndScores(EndProbabilities(*map(float, row)), edge_widths(crop))
        for row, crop in zip(rows, crops, strict=True)
    )
    return [_pair(example, reading) for example in examples]


def _pair(example: Example, reading: Iterator[EndScores]) -> HairScores:
    one, other = (None if crop is None else next(reading) for crop in example.crops)
    return one, other
