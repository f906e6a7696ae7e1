"""Where a model fails: its figures by width, colour, ground and kind of root."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from model.labelling.hair import Label
from model.version import CLASSES
from training.datasets.examples import Example
from training.evaluation.predictions import EndPrediction, HairPrediction, Predictions

ENOUGH = 20
"""Fewer than this say nothing about a group. Our choice."""
GROUNDS = ("paper", "card", "cloth", "towel", "wood", "tile", "steel", "skin")
"""Groups of procedural grounds, by a word in their names; a photograph is a group of its own."""
ALL, TIER, SHADE, GROUND, ROOT = "everything", "shaft width", "colour", "ground", "root"
TIER_NAMES = {"under4px": "under 4 px", "4to8px": "4 to 8 px", "over8px": "over 8 px"}
"""In words, from thin to wide."""
COVERAGE = "hairs given a label"
RIGHT = {Label.TELOGEN: "telogen labelled right", Label.ANAGEN: "anagen labelled right"}


@dataclass(frozen=True)
class Share:
    """``right`` out of ``of``."""

    right: int
    of: int

    @property
    def is_enough(self) -> bool:
        """Whether it says anything."""
        return self.of >= ENOUGH

    @property
    def value(self) -> float:
        """0 to 1. Raises ZeroDivisionError when nothing was counted."""
        return self.right / self.of

    def __str__(self) -> str:
        return f"{self.value:.2f} of {self.of}" if self.is_enough else f"too few ({self.of})"


@dataclass(frozen=True)
class Group:
    """Figures of one group of ends and hairs: ``by`` what it is grouped, its ``name``, and the
    shares by figure: recall of each class of ``CLASSES``, ``COVERAGE``, and of the labelled
    hairs of each kind those that are right (``RIGHT``)."""

    by: str
    name: str
    shares: dict[str, Share]


def breakdown(judged: Predictions) -> tuple[Group, ...]:
    """Everything as one group, then all groups in which anything was counted: widths from thin to
    wide, the others by name."""
    return tuple(
        group
        for by, name_of in _NAMES.items()
        for name in _names(judged, name_of)
        if (group := _group(judged, by, name, name_of)).shares
    )


def worst(groups: Sequence[Group], by: str, figures: Sequence[str]) -> tuple[Group, str] | None:
    """The group and figure, among ``figures``, with the least share; None where all are too few."""
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


def _names(judged: Predictions, name_of: Callable[[Example], str]) -> list[str]:
    examples = [end.example for end in judged.ends] + [hair.example for hair in judged.hairs]
    return sorted({name_of(example) for example in examples} - {""}, key=_place)


def _place(name: str) -> tuple[int, str]:
    widths = list(TIER_NAMES.values())
    return (widths.index(name) if name in widths else 0, name)


def _group(judged: Predictions, by: str, name: str, name_of: Callable[[Example], str]) -> Group:
    ends = [end for end in judged.ends if name_of(end.example) == name]
    hairs = [hair for hair in judged.hairs if name_of(hair.example) == name]
    if by == ROOT:
        ends = [end for end in ends if end.is_root]
    return Group(by, name, dict(_end_shares(ends)) | dict(_hair_shares(hairs)))


def _end_shares(ends: Sequence[EndPrediction]) -> Iterator[tuple[str, Share]]:
    for kind, name in enumerate(CLASSES):
        rows = [end for end in ends if end.truth == kind]
        if rows:
            yield name, Share(sum(end.is_right for end in rows), len(rows))


def _hair_shares(hairs: Sequence[HairPrediction]) -> Iterator[tuple[str, Share]]:
    labelled = [hair for hair in hairs if hair.said is not Label.UNSURE]
    if hairs:
        yield COVERAGE, Share(len(labelled), len(hairs))
    for label, figure in RIGHT.items():
        rows = [hair for hair in labelled if hair.truth is label]
        if rows:
            yield figure, Share(sum(hair.said is label for hair in rows), len(rows))


def tier_of(example: Example) -> str:
    """The tier of its shaft width, in words."""
    return TIER_NAMES[example.tier]


def _shade(example: Example) -> str:
    return example.labelled.facts.shade


def _ground(example: Example) -> str:
    name = example.labelled.facts.ground
    if name.startswith("photo:"):
        return "photograph"
    return next((ground for ground in GROUNDS if ground in name), name)


def _root(example: Example) -> str:
    return example.labelled.facts.kind.replace("_", " ")


_NAMES: dict[str, Callable[[Example], str]] = {
    ALL: lambda _: "all",
    TIER: tier_of,
    SHADE: _shade,
    GROUND: _ground,
    ROOT: _root,
}
