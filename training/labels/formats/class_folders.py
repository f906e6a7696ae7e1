"""Labels in the names of folders."""

from collections import Counter
from pathlib import PurePosixPath

from training.labels.formats.label_format import Labels
from training.labels.issues import Issue, Location, UnknownLabel
from training.labels.label import HairLabel, parse_label
from training.labels.raw_label import Picture, RawLabel, is_picture, normalized_name
from training.labels.sources import LabelSource, location_in


class ClassFolders:
    """``CLASS/[PERSON/]picture``: crops of root ends, or photos whose hairs are all of one class.

    A folder directly below that of a class names the person.
    """

    name = "a folder for each class"

    def matches(self, source: LabelSource) -> bool:
        """Any source: this is the last format tried."""
        return True

    def read(self, source: LabelSource) -> Labels:
        """A label for each picture."""
        pictures = [name for name in source.names if is_picture(name)]
        if not pictures:
            message = "No labels found: there is no table, and no picture in a folder."
            return [], [Issue(Location(str(source.path)), message)]
        labels = [label for name in pictures if (label := self._label(source, name))]
        labelled = {label.picture.name for label in labels}
        left = Counter(str(PurePosixPath(name).parent) for name in pictures if name not in labelled)
        issues: list[Issue] = [
            UnknownLabel(
                location_in(source, folder), f"Unknown class name. Pictures in it: {count}."
            )
            for folder, count in sorted(left.items())
        ]
        return labels, issues

    def _label(self, source: LabelSource, name: str) -> RawLabel | None:
        if not (found := folder_label(name)):
            return None
        label, person = found
        return RawLabel(Picture(source, name), label, location_in(source, name), person)


def folder_label(name: str) -> tuple[HairLabel, str] | None:
    """The label and person (may be empty) that the folders of a picture name."""
    folders = PurePosixPath(name).parts[:-1]
    for i, folder in enumerate(folders):
        if label := parse_label(folder):
            return label, normalized_name("".join(folders[i + 1 : i + 2]))
    return None
