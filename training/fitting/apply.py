"""Applies a network to crops and to the ends of examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from data.arrays import Array
from data.strands.crop import RootCrop, edge_widths
from data.strands.shaft_colour import ShaftColour, shaft_colour
from model.inference.root_classifier import softmax
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import EndScores, HairScores
from model.networks.root_net import EndNet
from model.version import CLASSES
from training.datasets.examples import UNTRAINED, CropPair, Example

_BATCH = 16


@dataclass(frozen=True, eq=False)
class EndLogits:
    """The ``logits`` (4,) of an end, the blur of its shaft's edge, and the shaft's colour."""

    logits: Array
    edge_widths: float
    colour: ShaftColour | None = None


HairLogits = tuple[EndLogits | None, EndLogits | None]
"""Of both ends of a strand, None for an end without a crop."""


def as_tensors(crops: Sequence[RootCrop]) -> tuple[Tensor, Tensor]:
    """The network's two inputs: pixels (N, 3, 144, 240) uint8 and shaft_px (N, 1) float."""
    pixels = np.stack([crop.pixels for crop in crops]).transpose(0, 3, 1, 2)
    shaft_px = np.array([[crop.shaft_px] for crop in crops], np.float32)
    return torch.from_numpy(np.ascontiguousarray(pixels)), torch.from_numpy(shaft_px)


def logits_of(net: EndNet, crops: Sequence[RootCrop]) -> Array:
    """Logits (N, 4) of crops that are not augmented."""
    net.eval()
    batches = [np.empty((0, len(CLASSES)))]
    with torch.inference_mode():
        for start in range(0, len(crops), _BATCH):
            pixels, shaft_px = as_tensors(crops[start : start + _BATCH])
            batches.append(net(pixels.float(), shaft_px).double().numpy())
    return np.concatenate(batches)


class HasCrops(Protocol):
    """A strand with the crops of its ends, None where one is not visible."""

    @property
    def crops(self) -> CropPair:
        """Of both ends."""


def hair_logits(net: EndNet, strands: Sequence[HasCrops]) -> list[HairLogits]:
    """The logits of both ends of every strand."""
    crops = [crop for strand in strands for crop in strand.crops if crop is not None]
    ends = iter(
        EndLogits(row, edge_widths(crop), shaft_colour(crop))
        for row, crop in zip(logits_of(net, crops), crops, strict=True)
    )
    pairs: list[HairLogits] = []
    for strand in strands:
        first, second = (None if crop is None else next(ends) for crop in strand.crops)
        pairs.append((first, second))
    return pairs


def hair_logits_by_maker(
    nets: Mapping[str, EndNet], default: EndNet, examples: Sequence[Example]
) -> list[HairLogits]:
    """The same, each example by the network in ``nets`` under its photo's maker, else by
    ``default``."""
    found: dict[int, HairLogits] = {}
    makers = [example.annotated.attributes.maker for example in examples]
    for maker in sorted(set(makers)):
        rows = [i for i, each in enumerate(makers) if each == maker]
        net = nets.get(maker, default)
        found |= zip(rows, hair_logits(net, [examples[i] for i in rows]), strict=True)
    return [found[i] for i in range(len(examples))]


def trained_logits(examples: Sequence[Example], logits: Sequence[HairLogits]) -> Array:
    """The logits (N, 4) of the ends in ``trained_ends(examples)``, in that order."""
    rows = [
        end.logits
        for example, pair in zip(examples, logits, strict=True)
        for end, kind in zip(pair, example.annotated.end_classes, strict=True)
        if end is not None and kind != UNTRAINED
    ]
    return np.array(rows).reshape(-1, len(CLASSES))


def hair_scores(logits: Sequence[HairLogits], temperature: float) -> list[HairScores]:
    """The calibrated scores of both ends of every strand."""

    def scores(end: EndLogits | None) -> EndScores | None:
        if end is None:
            return None
        row = softmax(end.logits[None] / temperature)[0]
        return EndScores(EndProbabilities(*map(float, row)), end.edge_widths, end.colour)

    return [(scores(first), scores(second)) for first, second in logits]
