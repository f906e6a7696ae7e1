"""Breakdown of a model's results by shaft width, colour, background and kind of root."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from model.labelling.hair import Label
from model.version import CLASSES
from training.datasets.annotations import PHOTOGRAPH
from training.datasets.examples import Example
from training.evaluation.predictions import EndPrediction, HairPrediction, Predictions

MIN_GROUP_SIZE = 20
"""Shares of fewer cases are not reported. Our choice."""
BACKGROUNDS = ("paper", "card", "cloth", "towel", "wood", "tile", "steel", "skin")
"""Groups of procedural backgrounds, by a word in their names; photographs are one more group."""
ALL, MAKER, WIDTH, SHADE = "everything", "maker of the photo", "shaft width", "colour"
BACKGROUND, ROOT = "background", "root"
WIDTH_NAMES = {"under4px": "under 4 px", "4to8px": "4 to 8 px", "over8px": "over 8 px"}
"""The width bins in words, from thin to wide."""
COVERAGE = "hairs given a label"
RIGHT = {Label.TELOGEN: "telogen labelled right", Label.ANAGEN: "anagen labelled right"}


@dataclass(frozen=True)
class Share:
    """``right`` out of ``of``."""

    right: int
    of: int

    @property
    def is_enough(self) -> bool:
        """Whether there are enough cases to report it."""
        return self.of >= MIN_GROUP_SIZE

    @property
    def value(self) -> float:
        """0 to 1. Raises ZeroDivisionError when there are no cases."""
        return self.right / self.of

    def __str__(self) -> str:
        return f"{self.value:.2f} of {self.of}" if self.is_enough else f"too few ({self.of})"


@dataclass(frozen=True)
class Group:
    """Results of one group of ends and hairs: ``by`` is the attribute, ``name`` its value.

    ``shares`` has the recall of each class of ``CLASSES``, ``COVERAGE``, and of the labelled hairs
    of each label the share of right ones (``RIGHT``).
    """

    by: str
    name: str
    shares: dict[str, Share]


def breakdown(predictions: Predictions) -> tuple[Group, ...]:
    """Everything as one group, then all groups with any cases: widths from thin to wide, the
    others by name."""
    examples = [end.example for end in predictions.ends]
    examples += [hair.example for hair in predictions.hairs]
    widths = list(WIDTH_NAMES.values())
    groups = []
    for by, name_of in _NAMES.items():
        names = {name_of(example) for example in examples} - {""}
        order = {name: (widths.index(name) if name in widths else 0, name) for name in names}
        for name in sorted(names, key=order.__getitem__):
            ends = [end for end in predictions.ends if name_of(end.example) == name]
            hairs = [hair for hair in predictions.hairs if name_of(hair.example) == name]
            if by == ROOT:
                ends = [end for end in ends if end.is_root]
            if shares := dict(_end_shares(ends)) | dict(_hair_shares(hairs)):
                groups.append(Group(by, name, shares))
    return tuple(groups)


def worst(groups: Sequence[Group], by: str, figures: Sequence[str]) -> tuple[Group, str] | None:
    """The group and figure, among ``figures``, with the lowest share; None where all have too few
    cases."""
    found = [
        (group, figure)
        for group in groups
        for figure in figures
        if group.by == by and figure in group.shares and group.shares[figure].is_enough
    ]
    return min(found, key=lambda row: row[0].shares[row[1]].value, default=None)


def save_breakdown(path: Path, groups: Sequence[Group]) -> None:
    """Writes every group with its counts as JSON."""
    rows = [
        {"by": group.by, "name": group.name}
        | {"figures": {figure: vars(share) for figure, share in group.shares.items()}}
        for group in groups
    ]
    path.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


def width_name(example: Example) -> str:
    """The bin of its shaft width, in words."""
    return WIDTH_NAMES[example.width_bin]


def _end_shares(ends: Sequence[EndPrediction]) -> Iterator[tuple[str, Share]]:
    for kind, name in enumerate(CLASSES):
        rows = [end for end in ends if end.truth == kind]
        if rows:
            yield name, Share(sum(end.is_right for end in rows), len(rows))


def _hair_shares(hairs: Sequence[HairPrediction]) -> Iterator[tuple[str, Share]]:
    labelled = [hair for hair in hairs if hair.predicted is not Label.UNSURE]
    if hairs:
        yield COVERAGE, Share(len(labelled), len(hairs))
    for label, figure in RIGHT.items():
        rows = [hair for hair in labelled if hair.truth is label]
        if rows:
            yield figure, Share(sum(hair.predicted is label for hair in rows), len(rows))


def _background_group(example: Example) -> str:
    name = example.annotated.attributes.background
    if name.startswith(PHOTOGRAPH):
        return "photograph"
    return next((group for group in BACKGROUNDS if group in name), name)


_NAMES: dict[str, Callable[[Example], str]] = {
    ALL: lambda _: "all",
    MAKER: lambda example: example.annotated.attributes.maker,
    WIDTH: width_name,
    SHADE: lambda example: example.annotated.attributes.shade,
    BACKGROUND: _background_group,
    ROOT: lambda example: example.annotated.attributes.kind.replace("_", " "),
}
