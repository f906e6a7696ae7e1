"""Strands whose truth is known, with the crops of their ends.

The trained ends of examples, as a table.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.arrays import Pixels
from data.strands.crop import RootCrop
from data.strands.strand import End, EndState, Strand
from model.labelling.hair import width_bin
from model.version import CLASSES
from training.datasets.annotations import NO_ATTRIBUTES, Attributes

CLUB, MISSHAPEN, BARE, NOT_HAIR = range(len(CLASSES))
UNTRAINED = -1
"""The class of an end that nobody could name."""

TRUTHS = ("telogen", "misshapen", "bare", "not_hair", "fragment", "rootless")
"""What a strand can be. ``fragment``: it lies on a hair without reaching its root, which is in
the photo; ``rootless``: the root of its hair is outside the photo."""

_FACTS = tuple(field.name for field in fields(Attributes))

ClassPair = tuple[int, int]
Columns = Mapping[str, NDArray[Any]]
CropPair = tuple[RootCrop | None, RootCrop | None]


@dataclass(frozen=True)
class Labelled:
    """A strand, what it truly is (one of ``TRUTHS``), what its ends are: indices into
    ``CLASSES``, or ``UNTRAINED``; and what else is known of it."""

    strand: Strand
    truth: str
    end_classes: ClassPair
    facts: Attributes = NO_ATTRIBUTES

    @property
    def is_hair(self) -> bool:
        """Whether it ends at a root of a known kind."""
        return self.truth in TRUTHS[:3]

    @property
    def is_knowable(self) -> bool:
        """Whether its ends tell what it is: a bare root needs its other end in view."""
        seen = all(end.state is EndState.VISIBLE for end in self.strand.ends)
        return self.truth in TRUTHS[:2] or (self.truth == "bare" and seen)


@dataclass(frozen=True)
class Example:
    """A labelled strand of a photo with the crops of its ends, None where one is not visible.

    ``found``: the finder proposed it; else it was drawn from the truth.
    """

    labelled: Labelled
    photo: str
    found: bool
    crops: CropPair

    @property
    def strand(self) -> Strand:
        """The strand itself."""
        return self.labelled.strand

    @property
    def tier(self) -> str:
        """The tier of its shaft's width (``model.labelling.hair.WIDTH_BINS``)."""
        return width_bin(self.strand.shaft_px)


def save_examples(path: Path, examples: Sequence[Example]) -> None:
    """Writes them to an .npz file; of a strand's path only the ends are kept."""
    crops = crops_of(examples)
    pixels = np.stack([crop.pixels for crop in crops]) if crops else np.empty((0, 96, 160, 3))
    np.savez(path, allow_pickle=False, pixels=pixels.astype(np.uint8), **columns_of(examples))


def load_examples(path: Path) -> list[Example]:
    """Reads what ``save_examples`` wrote."""
    with np.load(path, allow_pickle=False) as file:
        columns = {name: file[name] for name in file.files}
    return examples_of(columns, columns["pixels"])


def crops_of(examples: Sequence[Example]) -> list[RootCrop]:
    """All crops that there are, in order."""
    return [crop for example in examples for crop in example.crops if crop is not None]


def columns_of(examples: Sequence[Example]) -> dict[str, NDArray[Any]]:
    """All but the crops' pixels, a column of plain values for each thing that is known."""
    return {
        "photo": np.array([example.photo for example in examples], np.str_),
        "truth": np.array([example.labelled.truth for example in examples], np.str_),
        **{name: _facts(name, examples) for name in _FACTS},
        "found": np.array([example.found for example in examples], bool),
        "end_classes": np.array([example.labelled.end_classes for example in examples]).reshape(
            -1, 2
        ),
        "has_crop": np.array([[c is not None for c in e.crops] for e in examples], bool),
        "ends": np.array([[_end_row(end) for end in e.strand.ends] for e in examples]),
        "chance": np.array([example.strand.confidence for example in examples]),
        "states": np.array([[end.state for end in e.strand.ends] for e in examples], np.str_),
        "shaft_px": np.array([example.strand.shaft_px for example in examples]),
        "contrast": np.array([example.strand.contrast for example in examples]),
        "tangled": np.array([example.strand.tangled for example in examples], bool),
    }


def examples_of(columns: Columns, pixels: Iterable[Pixels]) -> list[Example]:
    """The examples from their columns and the ``pixels`` (96, 160, 3) of each crop in turn."""
    crops = iter(pixels)
    return [_example(columns, i, crops) for i in range(len(columns["truth"]))]


def _facts(name: str, examples: Sequence[Example]) -> NDArray[np.str_]:
    return np.array([getattr(example.labelled.facts, name) for example in examples], np.str_)


def _end_row(end: End) -> tuple[float, float, float, float]:
    return end.x, end.y, end.direction, end.confidence


def _example(columns: Columns, i: int, crops: Iterator[Pixels]) -> Example:
    strand = _strand(columns, i)
    one, other = (
        RootCrop(next(crops), strand.shaft_px) if has_crop else None
        for has_crop in columns["has_crop"][i]
    )
    classes = (int(columns["end_classes"][i][0]), int(columns["end_classes"][i][1]))
    facts = Attributes(**{name: str(columns[name][i]) for name in _FACTS})
    return Example(
        labelled=Labelled(strand, str(columns["truth"][i]), classes, facts),
        photo=str(columns["photo"][i]),
        found=bool(columns["found"][i]),
        crops=(one, other),
    )


def _strand(columns: Columns, i: int) -> Strand:
    rows, states = columns["ends"][i], columns["states"][i]
    first, second = (
        End(float(x), float(y), float(direction), EndState(state), float(seen))
        for (x, y, direction, seen), state in zip(rows, states, strict=True)
    )
    return Strand(
        path=np.array([[first.x, first.y], [second.x, second.y]]),
        shaft_px=float(columns["shaft_px"][i]),
        ends=(first, second),
        contrast=float(columns["contrast"][i]),
        tangled=bool(columns["tangled"][i]),
        confidence=float(columns["chance"][i]),
    )


FOUND_OFTENER = 2.0
"""Ends as the finder proposes them are all that a photo ever shows the network. Our choice."""


@dataclass(frozen=True)
class Ends:
    """Crops with their classes: ``classes`` and ``found`` are (N,), ``found`` as in Example."""

    crops: Sequence[RootCrop]
    classes: NDArray[np.int64]
    found: NDArray[np.bool_]

    @property
    def shaft_px(self) -> NDArray[np.float64]:
        """Widths (N,) of the shafts in the photo."""
        return np.array([crop.shaft_px for crop in self.crops])

    def balancing_weights(self) -> NDArray[np.float64]:
        """Weights (N,) under which every class that occurs counts the same, and within a class
        an end as the finder proposed it ``FOUND_OFTENER`` times as much; they sum to 1."""
        weights = np.where(self.found, FOUND_OFTENER, 1.0)
        per_class = np.bincount(self.classes, weights, minlength=len(CLASSES))
        weights = weights / per_class[self.classes]
        return np.asarray(weights / weights.sum())


def trained_ends(examples: Sequence[Example]) -> Ends:
    """The ends that have a crop and a class."""
    rows = [
        (crop, kind, example.found)
        for example in examples
        for crop, kind in zip(example.crops, example.labelled.end_classes, strict=True)
        if crop is not None and kind != UNTRAINED
    ]
    return Ends(
        [crop for crop, _, _ in rows],
        np.array([kind for _, kind, _ in rows], np.int64),
        np.array([found for _, _, found in rows], bool),
    )
