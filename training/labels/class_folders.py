"""A folder for each class, with crops of root ends or photos whose hairs are all of that class."""

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from training.labels.issues import Remark, Where
from training.labels.label import said_of
from training.labels.picture_names import is_picture
from training.labels.raw_label import GivenLabel, Picture, Reading, person_called
from training.labels.sources import Source, where_in


class ClassFolders:
    """``CLASS/[PERSON/]picture``: a folder right below that of a class is whose hairs they are."""

    def is_theirs(self, source: Source) -> bool:
        """Whatever is of no other form."""
        return True

    def read(self, source: Source) -> Reading:
        """A label for each picture."""
        pictures = [name for name in source.names if is_picture(name)]
        labels = [label for name in pictures if (label := _label_of(source, name))]
        problems = _problems(source, pictures, {label.picture.name for label in labels})
        return Reading("a folder for each class", tuple(labels), tuple(problems))


def _label_of(source: Source, name: str) -> GivenLabel | None:
    folders = PurePosixPath(name).parts[:-1]
    for i, folder in enumerate(folders):
        if said := said_of(folder):
            person = person_called("".join(folders[i + 1 : i + 2]))
            return GivenLabel(Picture(source, name), said, where_in(source, name), person)
    return None


def _problems(source: Source, pictures: Sequence[str], labelled: set[str]) -> list[Remark]:
    """One for each folder that says no class."""
    if not pictures:
        sentence = "No labels are found here: no table, and no pictures in folders."
        return [Remark(Where(str(source.path)), sentence)]
    left = Counter(str(PurePosixPath(name).parent) for name in pictures if name not in labelled)
    return [
        Remark(
            where_in(source, folder), f"This is no class that is known; pictures in it: {count}."
        )
        for folder, count in sorted(left.items())
    ]
