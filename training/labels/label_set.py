"""All labels of some folders and zips, understood.

A photo's labels become taught hairs.

Where labels are, before any photo is looked at.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from data.errors import ShedlightError
from data.images.limits import ReadLimits
from data.images.photo import Photo
from data.images.read import read_photo
from data.strands.crop import crop_end
from data.strands.strand import EndState, Strand
from model.inference.line_finder import Finder
from training.datasets.examples import CropPair
from training.labels.formats import read_source
from training.labels.groups import Groups, LabelledPicture, groups_of
from training.labels.issues import Issue, Location
from training.labels.label import HairLabel
from training.labels.labelled_strand import LabelledStrand
from training.labels.matching import (
    MatchedLabel,
    NoMatchError,
    as_crop_strand,
    is_crop,
    match_label,
    resolve_conflicts,
)
from training.labels.perceptual_hash import perceptual_hash
from training.labels.raw_label import Picture, Place, RawLabel
from training.labels.sources import SourceError, open_source


@dataclass(frozen=True)
class MatchedStrands:
    """The hairs of a photo that labels met, those that people were unsure of left out, and what
    there is to tell of labels that met none or contradict each other."""

    hairs: tuple[LabelledStrand, ...]
    problems: tuple[Issue, ...]


def match_labels(photo: Photo, labels: Sequence[RawLabel], finder: Finder) -> MatchedStrands:
    """What ``labels`` say of the strands that ``finder`` proposes; ``photo`` carries the SHA-256 of
    its file."""
    cut = None if any(label.places for label in labels) else as_crop_strand(photo)
    strands = [cut] if cut else finder.find(photo)
    of_strand: dict[int, list[MatchedLabel]] = {}
    problems: list[Issue] = []
    for label in labels:
        try:
            for met in match_label(label, photo, strands):
                of_strand.setdefault(met.strand, []).append(met)
        except NoMatchError as error:
            problems.append(Issue(label.where, str(error)))
    hairs: list[LabelledStrand] = []
    for i, mets in of_strand.items():
        stands, remark = resolve_conflicts(mets)
        problems += [remark] if remark else []
        if stands and stands.label.said is not HairLabel.UNSURE:
            hairs.append(_taught(photo, strands[i], stands))
    return MatchedStrands(tuple(hairs), tuple(problems))


def _taught(photo: Photo, strand: Strand, met: MatchedLabel) -> LabelledStrand:
    ends = np.array([[end.x, end.y] for end in strand.ends])
    return LabelledStrand(
        strand=replace(strand, path=ends),
        crops=_crops(photo, strand),
        said=met.label.said,
        extent=met.extent,
        root_end=met.root_end,
        photo=photo.sha256,
        file=met.label.picture.where.file,
        where=met.label.where,
    )


def _crops(photo: Photo, strand: Strand) -> CropPair:
    first, second = (
        crop_end(photo, strand, k) if strand.ends[k].state is EndState.VISIBLE else None
        for k in (0, 1)
    )
    return first, second


LIMITS = ReadLimits(min_side_px=32)
"""As for any photo, but the crop of a root end may be small."""


@dataclass(frozen=True)
class LabelSet:
    """What was understood.

    ``forms`` tells of each folder or zip what it was taken for. ``given`` counts the labels that
    people gave, ``hairs`` are those that labels met, to train on. ``pictures`` could be read, of
    which so many are ``crops``; ``groups`` keeps those together that may not be divided.
    ``problems`` cost labels, ``notes`` do not.
    """

    forms: tuple[Issue, ...]
    given: Counter[HairLabel]
    hairs: tuple[LabelledStrand, ...]
    pictures: tuple[LabelledPicture, ...]
    crops: int
    groups: Groups
    problems: tuple[Issue, ...]
    notes: tuple[Issue, ...]

    @property
    def persons(self) -> int:
        """How many people are named."""
        return len({name for each in self.pictures for name in each.persons if name})


@dataclass(frozen=True)
class LabelledFile:
    """Pictures with the same bytes, and all their labels."""

    sha256: str
    labels: tuple[RawLabel, ...]

    @property
    def places(self) -> tuple[Location, ...]:
        """Every place where such a picture lies."""
        return tuple(dict.fromkeys(label.picture.where for label in self.labels))


Track = Callable[[Sequence[LabelledFile]], Iterable[LabelledFile]]
"""Goes through the files, and may show how far it is."""


def load_labels(
    paths: Sequence[Path], finder: Finder, track: Track = lambda files: files
) -> LabelSet:
    """Reads the labels of folders and zips, and puts their pictures through ``finder``.

    Nothing is written. Whatever the files hold, what is wrong with them is among the problems;
    raises ShedlightError (MODEL_REFUSED) alone.
    """
    gathered = _Gathered()
    with ExitStack() as opened:
        for path in dict.fromkeys(paths):
            gathered.read(path, opened)
        for file in track(gathered.files()):
            gathered.look_at(file, finder)
    return gathered.as_set()


class _Gathered:
    """What has been understood so far."""

    def __init__(self) -> None:
        self._forms: list[Issue] = []
        self._labels: list[RawLabel] = []
        self._hairs: list[LabelledStrand] = []
        self._pictures: list[LabelledPicture] = []
        self._problems: list[Issue] = []
        self._notes: list[Issue] = []
        self._crops = 0

    def read(self, path: Path, opened: ExitStack) -> None:
        """Reads the labels of one folder or zip, which stays open as long as ``opened``."""
        try:
            source = opened.enter_context(closing(open_source(path)))
        except SourceError as error:
            self._problems.append(Issue(Location(str(path)), str(error)))
            return
        reading = read_source(source)
        self._forms.append(Issue(Location(str(path)), reading.form))
        self._labels += reading.labels
        self._problems += (*source.problems, *reading.problems)
        self._notes += reading.notes

    def files(self) -> list[LabelledFile]:
        """The pictures that have labels, each once however often it is there."""
        of_picture: dict[Picture, list[RawLabel]] = {}
        for label in self._labels:
            of_picture.setdefault(label.picture, []).append(label)
        of_file: dict[str, list[RawLabel]] = {}
        for picture, labels in of_picture.items():
            if raw := self._bytes_of(picture, len(labels)):
                of_file.setdefault(hashlib.sha256(raw).hexdigest(), []).extend(labels)
        return [LabelledFile(sha256, tuple(labels)) for sha256, labels in of_file.items()]

    def look_at(self, file: LabelledFile, finder: Finder) -> None:
        """Finds the hairs that the labels of a picture are about."""
        picture = file.labels[0].picture
        try:
            photo = read_photo(picture.read(LIMITS), LIMITS)
        except ShedlightError as error:
            self._unread(picture, error, len(file.labels))
            return
        taught = match_labels(photo, file.labels, finder)
        persons = frozenset(label.person for label in file.labels)
        look = perceptual_hash(photo.pixels)
        self._pictures.append(LabelledPicture(file.sha256, file.places, persons, look))
        self._crops += is_crop(photo) and not any(label.places for label in file.labels)
        self._hairs += taught.hairs
        self._problems += taught.problems

    def as_set(self) -> LabelSet:
        """All of it."""
        groups, leaks = groups_of(self._pictures)
        return LabelSet(
            forms=tuple(self._forms),
            given=Counter(label.said for label in self._labels),
            hairs=tuple(self._hairs),
            pictures=tuple(self._pictures),
            crops=self._crops,
            groups=groups,
            problems=tuple(self._problems),
            notes=(*self._notes, *leaks),
        )

    def _bytes_of(self, picture: Picture, labels: int) -> bytes | None:
        try:
            return picture.read(LIMITS)
        except ShedlightError as error:
            self._unread(picture, error, labels)
            return None

    def _unread(self, picture: Picture, error: ShedlightError, labels: int) -> None:
        if error.is_internal:
            raise error
        sentence = f"{error.message} Labels that are lost with it: {labels}."
        self._problems.append(Issue(picture.where, sentence))


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
