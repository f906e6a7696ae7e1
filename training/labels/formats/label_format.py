"""What every format of labels offers, and what the readers share."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from data.io.csv_table import PERSON_ALIASES
from training.labels.issues import Issue, Location, UnknownLabel, shortened
from training.labels.raw_label import RawLabel, is_picture, normalized_name
from training.labels.sources import LabelSource

Labels = tuple[list[RawLabel], list[Issue]]
_PERSON_KEYS = frozenset({"person", *PERSON_ALIASES})


class LabelFormat(Protocol):
    """A format of labels."""

    name: str

    def matches(self, source: LabelSource) -> bool:
        """Whether the folder or zip is in this format."""

    def read(self, source: LabelSource) -> Labels:
        """The labels, and issues. Never raises for the contents of files."""


def unlabelled_pictures(source: LabelSource, labels: Iterable[RawLabel]) -> Iterator[Issue]:
    """A note on the pictures without a label."""
    labelled = {label.picture.name for label in labels}
    left = [name for name in source.names if is_picture(name) and name not in labelled]
    if left:
        message = f"Pictures without a label: {len(left)}, such as {left[0]}."
        yield Issue(Location(str(source.path)), message, is_note=True)


def unknown_labels(where: Location, lost: Counter[str]) -> Iterator[Issue]:
    """A problem for each name of a class that is not known, with the labels lost."""
    for name, count in sorted(lost.items()):
        yield UnknownLabel(where, f"Unknown label '{shortened(name)}'. Labels lost: {count}.")


def person_in(*attributes: object) -> str:
    """The person that the first of some mappings names, empty if none does."""
    for each in attributes:
        for key, value in each.items() if isinstance(each, Mapping) else ():
            name = str(key).strip().casefold().replace(" ", "_")
            if name in _PERSON_KEYS and isinstance(value, str | int):
                return normalized_name(str(value))
    return ""
