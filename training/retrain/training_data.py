"""Strands to fit to, with their crops as other cameras would have given them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from model.networks.root_net import CLASS_COUNT, EndNet, normalised, scale_of
from training.datasets.augment import Augmenter
from training.datasets.examples import ClassPair, CropPair, Example
from training.fitting.root_net import as_tensors
from training.labels.labelled_strand import LabelledStrand

BATCH = 128

Batch = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]
"""Of one strand: what fits (5, 5), which ends have a crop (2,); and of its crops what is seen
(C, ...), their scale (C, 1), and log chances to keep to (C, 4)."""


@dataclass(frozen=True, eq=False)
class CachedFeatures:
    """Strands and their crops in several views.

    ``fits`` (N, 5, 5) are the pairs of classes of both ends that are right, the last column for an
    end of which nothing is said; none where nobody says anything. ``crops`` (N, 2) are the rows of
    each end's crop, -1 for none, in ``seen`` (C, V, ...), what the network looks at, ``scale``
    (C, V, 1), the shaft's, and ``kept`` (C, V, 4): log chances to keep to, NaN if there are none.

    Arrays, not tensors: on their way to another process those would go through shared memory,
    which is small where programs run in containers.
    """

    fits: NDArray[np.bool_]
    crops: NDArray[np.int64]
    seen: NDArray[np.float16]
    scale: NDArray[np.float32]
    kept: NDArray[np.float32]

    def drawn(self, strand: int, view: int) -> Batch:
        """A strand with both ends in one view."""
        rows = self.crops[strand]
        there = rows[rows >= 0]
        fits, here = torch.from_numpy(self.fits[strand]), torch.from_numpy(rows >= 0)
        of_crops = (each[there, view] for each in (self.seen, self.scale, self.kept))
        seen, scale, kept = map(torch.from_numpy, of_crops)
        return fits, here, seen, scale, kept

    @property
    def views(self) -> int:
        """How many views there are of each crop."""
        return int(self.seen.shape[1])


class SamplingDataset(Dataset[Batch]):
    """Strands of one lesson, drawn by their ``weights`` (N,), in any of their views."""

    def __init__(
        self, lesson: CachedFeatures, weights: NDArray[np.float64], count: int, seed: int
    ) -> None:
        rng = np.random.default_rng(seed)
        self._lesson = lesson
        self._strands = rng.choice(len(weights), count, p=weights / weights.sum())
        self._views = rng.integers(lesson.views, size=count)

    def __len__(self) -> int:
        return len(self._strands)

    def __getitem__(self, i: int) -> Batch:
        return self._lesson.drawn(int(self._strands[i]), int(self._views[i]))


def features_of_labels(
    hairs: Sequence[LabelledStrand], net: EndNet, views: int, seed: int
) -> CachedFeatures:
    """What people said of hairs, their crops augmented ``views`` times each and looked at by
    ``net``."""
    fits = np.stack([_table(hair.fits) for hair in hairs])
    pairs = [hair.crops for hair in hairs]
    seen, scale = _seen(pairs, net, views, seed)
    kept = np.full((*scale.shape[:2], CLASS_COUNT), np.nan, np.float32)
    return CachedFeatures(fits, _places(pairs), seen.numpy(), scale.numpy(), kept)


def features_of_renders(
    examples: Sequence[Example], net: EndNet, teacher: EndNet, views: int, seed: int
) -> CachedFeatures:
    """What ``teacher`` says of rendered strands, which ``net`` is to look at and to say as well."""
    fits = np.stack([_table(()) for _ in examples])
    pairs = [example.crops for example in examples]
    seen, scale = _seen(pairs, net, views, seed)
    looked = seen if teacher is net else _seen(pairs, teacher, views, seed)[0]
    said = _said(teacher, looked, scale)
    return CachedFeatures(fits, _places(pairs), seen.numpy(), scale.numpy(), said.numpy())


def _said(teacher: EndNet, seen: Tensor, scale: Tensor) -> Tensor:
    """Log chances (C, V, 4), read one way, as networks are fitted."""
    flat, widths = seen.flatten(0, 1), scale.flatten(0, 1)
    with torch.inference_mode():
        said = [
            torch.log_softmax(teacher.judge(flat[k : k + BATCH].float(), widths[k : k + BATCH]), 1)
            for k in range(0, len(flat), BATCH)
        ]
    return torch.cat(said).clone().reshape(*scale.shape[:2], CLASS_COUNT)


def _seen(pairs: Sequence[CropPair], net: EndNet, views: int, seed: int) -> tuple[Tensor, Tensor]:
    """What is seen (C, V, ...) in the crops' views, and their scales (C, V, 1)."""
    crops = [crop for pair in pairs for crop in pair if crop is not None]
    seeds = np.random.default_rng(seed).integers(2**31, size=len(crops) * views).tolist()
    augment = Augmenter()
    looked, widths = [], []
    for start in range(0, len(seeds), BATCH):
        some = range(start, min(start + BATCH, len(seeds)))
        pixels, shaft_px = as_tensors([augment(crops[k // views], seeds[k]) for k in some])
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            looked.append(net.look(normalised(pixels.float())).half())
        widths.append(shaft_px)
    seen, scale = torch.cat(looked).clone(), scale_of(torch.cat(widths))
    shape = len(crops), views
    return seen.reshape(*shape, *seen.shape[1:]), scale.reshape(*shape, 1)


def _table(fits: Sequence[ClassPair]) -> NDArray[np.bool_]:
    table = np.zeros((CLASS_COUNT + 1, CLASS_COUNT + 1), bool)  # UNTRAINED is -1
    for first, second in fits:
        table[first, second] = True
    return table


def _places(pairs: Sequence[CropPair]) -> NDArray[np.int64]:
    """The rows of the crops, in order."""
    has = np.array([[crop is not None for crop in pair] for pair in pairs])
    return np.where(has, has.ravel().cumsum().reshape(has.shape) - 1, -1)
