"""Where labels are, before any photo is looked at."""

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from data.errors import ShedlightError
from data.images.limits import ReadLimits
from training.labels.formats import read_source
from training.labels.issues import Issue, Location
from training.labels.raw_label import Picture, Place, RawLabel
from training.labels.sources import SourceError, open_source

_LIMITS = ReadLimits()


def places_of_labels(paths: Sequence[Path]) -> tuple[dict[str, list[Place]], list[Issue]]:
    """The places of all labels in some folders and zips, "unsure" ones, too, and what is wrong.

    They are by the SHA-256 of their pictures; an empty list says that the label is the whole
    picture's. Raises nothing for what the files hold.
    """
    places: dict[str, list[Place]] = {}
    problems: list[Issue] = []
    with ExitStack() as opened:
        for path in dict.fromkeys(paths):
            try:
                source = opened.enter_context(closing(open_source(path)))
            except SourceError as error:
                problems.append(Issue(Location(str(path)), str(error)))
                continue
            reading = read_source(source)
            problems += (*source.problems, *reading.problems)
            for picture, labels in _by_picture(reading.labels).items():
                problems += _add(places, picture, labels)
    return places, problems


def _by_picture(labels: Sequence[RawLabel]) -> dict[Picture, list[RawLabel]]:
    found: dict[Picture, list[RawLabel]] = {}
    for label in labels:
        found.setdefault(label.picture, []).append(label)
    return found


def _add(
    places: dict[str, list[Place]], picture: Picture, labels: Sequence[RawLabel]
) -> list[Issue]:
    """Adds a picture's places; one that cannot be read is told."""
    try:
        sha256 = hashlib.sha256(picture.read(_LIMITS)).hexdigest()
    except ShedlightError as error:
        return [Issue(picture.where, error.message)]
    before = places.get(sha256)
    if before == [] or any(not label.places for label in labels):
        places[sha256] = []
    else:
        places[sha256] = [*(before or []), *(place for each in labels for place in each.places)]
    return []
