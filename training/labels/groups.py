"""Groups of photos that must not be divided between fitting and evaluation."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from training.labels.issues import Issue, Location
from training.labels.perceptual_hash import PerceptualHash, same_pictures


@dataclass(frozen=True, eq=False)
class LabelledPicture:
    """A picture with labels: the SHA-256 of its file, the locations of all copies of that file,
    and the persons (by name, empty if unknown) whose hairs the labels say it shows."""

    sha256: str
    locations: tuple[Location, ...]
    persons: frozenset[str]
    image_hash: PerceptualHash


Groups = Mapping[str, str]
"""From a picture's SHA-256 to the name of its group."""


def group_pictures(pictures: Sequence[LabelledPicture]) -> tuple[Groups, list[Issue]]:
    """Groups all pictures of a person and pictures that look the same; and a note on each leak
    that this prevents.

    The name of a group depends only on its persons, or else on its pictures, so it stays the same
    when other labels are added.
    """
    same = same_pictures([picture.image_hash for picture in pictures])
    links = [(pictures[i].sha256, pictures[j].sha256) for i, j in same]
    for picture in pictures:
        # Persons sort before pictures, whose names are hexadecimal, so persons name a group.
        links += [
            (picture.sha256, "!" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest())
            for name in picture.persons
            if name
        ]
    names = _connected([picture.sha256 for picture in pictures], links)
    notes = [note for picture in pictures if (note := _same_file(picture))]
    for one, other in ((pictures[i], pictures[j]) for i, j in same):
        message = f"Shows the same picture as {other.locations[0]}{_persons([one, other])}"
        notes.append(Issue(one.locations[0], f"{message}. Both are in one group.", is_note=True))
    return {picture.sha256: names[picture.sha256] for picture in pictures}, notes


def _connected(names: Iterable[str], links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Maps each name to the first, in sorted order, of all that are linked to it."""
    head = {name: name for name in names}

    def first(name: str) -> str:
        while head.setdefault(name, name) != name:
            head[name] = name = head[head[name]]
        return name

    for one, other in links:
        low, high = sorted((first(one), first(other)))
        head[high] = low
    return {name: first(name) for name in list(head)}


def _same_file(picture: LabelledPicture) -> Issue | None:
    """The note on a picture with several copies or several persons."""
    persons, where = _persons([picture]), picture.locations[0]
    if len(picture.locations) > 1:
        others = ", ".join(str(location) for location in picture.locations[1:])
        return Issue(where, f"The same file as {others}{persons}. Counted once.", is_note=True)
    if persons:
        return Issue(where, f"One picture{persons}. They are in one group.", is_note=True)
    return None


def _persons(pictures: Sequence[LabelledPicture]) -> str:
    """The persons, if several are named."""
    persons = sorted({name for each in pictures for name in each.persons if name})
    return f", labelled as of {' and of '.join(persons)}" if len(persons) > 1 else ""
