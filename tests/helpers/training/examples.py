"""Handmade training examples: a blob, a hook, a bare shaft, and an empty background."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from data.strands.strand import End, EndState, Strand
from training.datasets.collect import cache_file
from training.datasets.example_files import save_examples
from training.datasets.examples import BARE, NOT_HAIR, TRUTHS, AnnotatedStrand, Example

V = EndState.VISIBLE


def crop(kind: int, rng: np.random.Generator, shaft_px: float = 8.0) -> RootCrop:
    """A crop of class ``kind`` with a little noise."""
    pixels = np.full((CROP_HEIGHT, CROP_WIDTH, 3), 170.0)
    if kind != NOT_HAIR:
        pixels[66:78, :120] = 60
    if kind == 0:
        cv2.ellipse(pixels, (135, 72), (21, 13), 0, 0, 360, (60, 60, 60), -1)
    if kind == 1:
        cv2.line(pixels, (120, 72), (150, 105), (60, 60, 60), 12)
    noisy = np.clip(pixels + rng.normal(0, 5, pixels.shape), 0, 255)
    return RootCrop(noisy.astype(np.uint8), shaft_px)


def example(truth: int, seed: int = 0, found: bool = True, shaft_px: float = 8.0) -> Example:
    """A strand whose first end is its root, or none for ``NOT_HAIR``; the other one is bare."""
    rng = np.random.default_rng([seed, truth])
    classes = (truth, NOT_HAIR if truth == NOT_HAIR else BARE)
    path = np.array([[10.0, 50.0], [300.0, 50.0]])
    strand = Strand(path, shaft_px, (End(10, 50, np.pi, V), End(300, 50, 0.0, V)), -100.0)
    crops = (crop(classes[0], rng, shaft_px), crop(classes[1], rng, shaft_px))
    return Example(
        AnnotatedStrand(strand, TRUTHS[truth], classes), f"photo_{seed}.jpg", found, crops
    )


def examples(count: int) -> list[Example]:
    """``count`` examples of each truth: telogen, misshapen, bare, no hair."""
    return [example(truth, seed) for seed in range(count) for truth in range(4)]


def cache_examples(
    folder: Path, examples: Sequence[Example], seed: int = 0, name: str = "rendered"
) -> Path:
    """An empty folder of renders in ``folder``, of which ``folder`` itself caches ``examples``."""
    rendered = folder / name
    (rendered / "photos").mkdir(parents=True)
    (rendered / "truth.jsonl").write_text(f"no photo of {name}", "utf-8")
    save_examples(cache_file(rendered, folder, seed=seed), examples)
    return rendered
