"""Strands to fit to, with their crops in several views, as other cameras would take them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from data.arrays import Array, Floats, Mask
from model.networks.root_net import CLASS_COUNT, EndNet, normalised, scale_of
from training.datasets.augment import Augmenter
from training.datasets.examples import ClassPair, CropPair, Example
from training.fitting.apply import as_tensors
from training.labels.labelled_strand import LabelledStrand
from training.onnx_export import in_onnx_runtime

BATCH = 128
"""Crops that go through a network at a time."""

Batch = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]
"""Of one strand: the pairs of classes that fit (5, 5), which ends have a crop (2,); and of its
crops the features (C, ...), the scale (C, 1), and the target log probabilities (C, 4)."""


@dataclass(frozen=True, eq=False)
class CachedFeatures:
    """Strands, and the features of their crops in V views.

    ``fits`` (N, 5, 5) are the pairs of classes of both ends that are right, the last column for an
    end that is left open; none for a strand without a label. ``crops`` (N, 2) are the rows of each
    end's crop, -1 for none, in ``features`` (C, V, ...), the part of the network that is not
    fitted, ``scale`` (C, V, 1), that of the shaft, and ``targets`` (C, V, 4), the log probabilities
    to reproduce, NaN if there are none.

    Arrays, not tensors: tensors would go to another process through shared memory, which is small
    where programs run in containers.
    """

    fits: Mask
    crops: NDArray[np.int64]
    features: NDArray[np.float16]
    scale: Floats
    targets: Floats

    def sample(self, strand: int, view: int) -> Batch:
        """A strand with both ends in one view."""
        rows = self.crops[strand]
        present = rows[rows >= 0]
        fits, has_crop = torch.from_numpy(self.fits[strand]), torch.from_numpy(rows >= 0)
        of_crops = (each[present, view] for each in (self.features, self.scale, self.targets))
        features, scale, targets = map(torch.from_numpy, of_crops)
        return fits, has_crop, features, scale, targets

    @property
    def views(self) -> int:
        """The number of views of each crop."""
        return int(self.features.shape[1])


class SamplingDataset(Dataset[Batch]):
    """``count`` strands sampled by ``weights`` (N,), each in a random view."""

    def __init__(self, cached: CachedFeatures, weights: Array, count: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._cached = cached
        self._strands = rng.choice(len(weights), count, p=weights / weights.sum())
        self._views = rng.integers(cached.views, size=count)

    def __len__(self) -> int:
        return len(self._strands)

    def __getitem__(self, i: int) -> Batch:
        return self._cached.sample(int(self._strands[i]), int(self._views[i]))


def features_of_labels(
    hairs: Sequence[LabelledStrand], net: EndNet, views: int, seed: int
) -> CachedFeatures:
    """Labelled strands with the features of ``net``, ``views`` augmented views of each crop."""
    fits = np.stack([_fits_table(hair.fits) for hair in hairs])
    pairs = [hair.crops for hair in hairs]
    features, scale = _features(pairs, net, views, seed)
    targets = np.full((*scale.shape[:2], CLASS_COUNT), np.nan, np.float32)
    return CachedFeatures(fits, _crop_rows(pairs), features.numpy(), scale.numpy(), targets)


def features_of_renders(
    examples: Sequence[Example], net: EndNet, shipped: EndNet, views: int, seed: int
) -> CachedFeatures:
    """Rendered strands with the features of ``net``; the targets are the predictions of
    ``shipped``."""
    fits = np.stack([_fits_table(()) for _ in examples])
    pairs = [example.crops for example in examples]
    features, scale = _features(pairs, net, views, seed)
    of_shipped = features if shipped is net else _features(pairs, shipped, views, seed)[0]
    targets = _log_probabilities(shipped, of_shipped, scale)
    rows = _crop_rows(pairs)
    return CachedFeatures(fits, rows, features.numpy(), scale.numpy(), targets.numpy())


def _log_probabilities(net: EndNet, features: Tensor, scale: Tensor) -> Tensor:
    """Log probabilities (C, V, 4), in one orientation, as networks are fitted."""
    flat, widths = features.flatten(0, 1), scale.flatten(0, 1)
    with torch.inference_mode():
        parts = [
            torch.log_softmax(net.classify(flat[k : k + BATCH].float(), widths[k : k + BATCH]), 1)
            for k in range(0, len(flat), BATCH)
        ]
    return torch.cat(parts).clone().reshape(*scale.shape[:2], CLASS_COUNT)


def _features(
    pairs: Sequence[CropPair], net: EndNet, views: int, seed: int
) -> tuple[Tensor, Tensor]:
    """The features (C, V, ...) of the crops' views, and their scales (C, V, 1)."""
    crops = [crop for pair in pairs for crop in pair if crop is not None]
    seeds = np.random.default_rng(seed).integers(2**31, size=len(crops) * views).tolist()
    augment = Augmenter()
    has_frozen_part = type(net).embed is not EndNet.embed
    embed = in_onnx_runtime(net, net.embed) if has_frozen_part else Tensor.numpy
    parts, widths = [], []
    for start in range(0, len(seeds), BATCH):
        batch = range(start, min(start + BATCH, len(seeds)))
        pixels, shaft_px = as_tensors([augment(crops[k // views], seeds[k]) for k in batch])
        parts.append(torch.from_numpy(embed(normalised(pixels.float())).astype(np.float16)))
        widths.append(shaft_px)
    features, scale = torch.cat(parts).clone(), scale_of(torch.cat(widths))
    shape = len(crops), views
    return features.reshape(*shape, *features.shape[1:]), scale.reshape(*shape, 1)


def _fits_table(fits: Sequence[ClassPair]) -> Mask:
    table = np.zeros((CLASS_COUNT + 1, CLASS_COUNT + 1), bool)  # UNTRAINED is -1
    for first, second in fits:
        table[first, second] = True
    return table


def _crop_rows(pairs: Sequence[CropPair]) -> NDArray[np.int64]:
    """The rows of the crops, in order."""
    has = np.array([[crop is not None for crop in pair] for pair in pairs])
    return np.where(has, has.ravel().cumsum().reshape(has.shape) - 1, -1)
