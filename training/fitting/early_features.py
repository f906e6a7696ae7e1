"""The features of augmented crops from the stages of the root network that are never changed.

They are computed once and serve every fit: that of all makers' photos, and those that leave one
maker out.
"""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import Progress
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from data.arrays import Array
from data.io.files import replace_file
from model.labelling.hair import WIDTH_BINS
from model.networks.root_net import CLASS_COUNT, RootNet, normalised, scale_of, scale_px
from training.datasets.augment import Augmenter
from training.datasets.example_files import NO_PART, PARTS_SHAPE
from training.datasets.examples import Ends
from training.fitting.apply import as_tensors
from training.fitting.loop import use_one_thread
from training.onnx_export import in_onnx_runtime

FEATURE_SHAPE = (2, 40, 18, 30)
_BATCH = 64
_COLUMNS = {
    "features": (np.float16, FEATURE_SHAPE),
    "parts": (np.uint8, PARTS_SHAPE),
    "scale": (np.float32, (1,)),
    "classes": (np.int64, ()),
    "rows": (np.int64, ()),
}


@dataclass(frozen=True, eq=False)
class EarlyFeatures:
    """N augmented crops.

    ``features`` (N, 2, 40, 18, 30) are those of both views, ``parts`` (N, 36, 60) those of the wide
    one, with ``NO_PART`` where nothing is known. The others are ``scale`` (N, 1) of the shaft,
    ``classes`` (N,), ``makers`` (N,), and ``rows`` (N,): the number of the end that a crop shows.
    """

    features: NDArray[np.float16]
    parts: NDArray[np.uint8]
    scale: NDArray[np.float32]
    classes: NDArray[np.int64]
    makers: NDArray[np.str_]
    rows: NDArray[np.int64]

    def balancing_weights(self) -> Array:
        """Weights (N,) that sum to 1: every class as often as any other at each shaft width, or the
        network would learn that thin lines are no hair."""
        bins = np.digitize(scale_px(self.scale[:, 0]), [start for start, _ in WIDTH_BINS.values()])
        groups = bins * CLASS_COUNT + self.classes
        weights = np.bincount(bins)[bins] / np.bincount(groups)[groups]
        return np.asarray(weights / weights.sum())

    def rows_without(self, maker: str) -> NDArray[np.int64]:
        """The rows of all other makers."""
        return np.flatnonzero(self.makers != maker)


class _ViewDataset(Dataset[Any]):
    """Augmented crops by (row, seed)."""

    def __init__(self, ends: Ends, views: list[tuple[int, int]]) -> None:
        self._ends, self._views, self._augment = ends, views, Augmenter(looks=True)
        self._no_parts = np.full(PARTS_SHAPE, NO_PART, np.uint8)

    def __len__(self) -> int:
        return len(self._views)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        row, seed = self._views[i]
        known = self._ends.parts[row]
        parts = self._no_parts if known is None else known
        crop, parts = self._augment.with_parts(self._ends.crops[row], parts, seed)
        pixels, shaft_px = as_tensors([crop])
        kind = torch.tensor(int(self._ends.classes[row]))
        parts = np.ascontiguousarray(parts)
        return pixels[0], shaft_px[0], torch.from_numpy(parts), kind, torch.tensor(row)


def early_features(
    net: RootNet, ends: Ends, folder: Path, draws: int, seed: int, workers: int = 2
) -> EarlyFeatures:
    """``draws`` augmented crops, every class and maker equally often, with their features.

    They are stored in ``folder``; a stopped run continues where it was, and a complete one is
    loaded for any ``ends``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    rows = rng.choice(len(ends.crops), draws, p=ends.balancing_weights()).tolist()
    views = list(zip(rows, rng.integers(0, 2**31, draws).tolist(), strict=True))
    state = folder / "state.json"
    done = int(json.loads(state.read_text("utf-8"))["done"]) if state.exists() else 0
    mode: Literal["r+", "w+"] = "r+" if done else "w+"
    columns = {
        name: np.lib.format.open_memmap(
            folder / f"{name}.npy", mode, dtype=dtype, shape=(draws, *shape)
        )
        for name, (dtype, shape) in _COLUMNS.items()
    }
    run_early = in_onnx_runtime(net, net.early_views)
    batches = DataLoader(
        _ViewDataset(ends, views[done:]),
        _BATCH,
        num_workers=workers,
        worker_init_fn=use_one_thread,
    )
    with Progress() as progress:
        task = progress.add_task("Features of augmented crops", total=draws, completed=done)
        for pixels, shaft_px, parts, classes, numbers in batches:
            here = slice(done, done + len(pixels))
            columns["features"][here] = run_early(normalised(pixels.float()))
            columns["parts"][here], columns["scale"][here] = parts.numpy(), scale_of(shaft_px)
            columns["classes"][here], columns["rows"][here] = classes.numpy(), numbers.numpy()
            done = here.stop
            progress.update(task, completed=done)
            if done % (32 * _BATCH) == 0 or done == draws:
                for column in columns.values():
                    column.flush()
                replace_file(state, json.dumps({"done": done}))
    if not (folder / "makers.npy").exists():
        np.save(folder / "makers.npy", np.array(ends.makers, np.str_)[columns["rows"]])
    return load_early_features(folder)


def load_early_features(folder: Path) -> EarlyFeatures:
    """What ``early_features`` stored; the large arrays stay on disk."""
    names = [field.name for field in fields(EarlyFeatures)]
    return EarlyFeatures(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in names))
