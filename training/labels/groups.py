"""Photos that may not be divided between fitting and judging."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from training.labels.issues import Issue, Location
from training.labels.perceptual_hash import PerceptualHash, same_pictures


@dataclass(frozen=True, eq=False)
class LabelledPicture:
    """A picture that has labels: the SHA-256 of its file, every place where that file lies, and
    every person (by name, empty for none) that it is said to be of."""

    sha256: str
    places: tuple[Location, ...]
    persons: frozenset[str]
    look: PerceptualHash


Groups = Mapping[str, str]
"""From a picture's SHA-256 to the name of its group."""


def groups_of(pictures: Sequence[LabelledPicture]) -> tuple[Groups, list[Issue]]:
    """Groups of all pictures of a person, and of pictures that look the same; and what leaks that
    stops.

    A group's name depends on its persons, or else on its pictures, alone: it stays the same when
    other labels are added.
    """
    alike = same_pictures([picture.look for picture in pictures])
    links = [(pictures[i].sha256, pictures[j].sha256) for i, j in alike]
    links += [(each.sha256, _person(name)) for each in pictures for name in each.persons if name]
    heads = _joined([each.sha256 for each in pictures], links)
    told = [remark for each in pictures if (remark := _same_file(each))]
    told += [_same_look(pictures[i], pictures[j]) for i, j in alike]
    return {each.sha256: heads[each.sha256] for each in pictures}, told


def _person(name: str) -> str:
    # Persons sort before pictures, whose names are hexadecimal, so that they name a group.
    return "!" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()


def _joined(names: Iterable[str], links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each name with the first, in their order, of all that are linked to it."""
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
    """What there is to tell of a picture that lies in several places, or is of several persons."""
    whose, first = _whose([picture]), picture.places[0]
    if len(picture.places) > 1:
        others = ", ".join(str(place) for place in picture.places[1:])
        return Issue(first, f"The same file as {others}{whose}; one picture.")
    return Issue(first, f"One picture{whose}; they are in one group.") if whose else None


def _same_look(one: LabelledPicture, other: LabelledPicture) -> Issue:
    whose = _whose([one, other])
    sentence = f"It shows the same picture as {other.places[0]}{whose}; both are in one group."
    return Issue(one.places[0], sentence)


def _whose(pictures: Sequence[LabelledPicture]) -> str:
    """That several persons are named, if they are."""
    persons = sorted({name for each in pictures for name in each.persons if name})
    return f", though said to be of {' and of '.join(persons)}" if len(persons) > 1 else ""
