"""The forms in which labels come in, one reader each."""

from typing import Protocol

from training.labels.class_folders import ClassFolders
from training.labels.export import Export
from training.labels.photo_table import PhotoTable
from training.labels.raw_label import Reading
from training.labels.sources import Source


class LabelFormat(Protocol):
    """A form of labels: a class with these two methods in a file of its own, named in
    ``FORMATS``, is all that a further one takes."""

    def is_theirs(self, source: Source) -> bool:
        """Whether the folder or zip is of this form."""

    def read(self, source: Source) -> Reading:
        """Its labels. Never raises for what is in its files: problems are part of the answer."""


FORMATS: tuple[LabelFormat, ...] = (Export(), PhotoTable(), ClassFolders())
"""The first that says "mine" reads; the last one takes whatever is left."""


def read_source(source: Source) -> Reading:
    """What the labels of a folder or zip are."""
    return next(each for each in FORMATS if each.is_theirs(source)).read(source)
