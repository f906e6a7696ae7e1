"""All labels of some folders and zips, matched with the hairs of their pictures.

The way of a label: a reader (``formats``) turns a row or a picture in a class folder into a
``RawLabel``, the label as the file gives it. The finder proposes the strands of the picture, and
``match_label`` (``matching.py``) makes the raw label a ``MatchedLabel``: the same label with its
strand and root end. ``resolve_conflicts`` leaves at most one label per strand, which becomes a
``LabelledStrand`` with the crops of its ends; a label that is unsure goes no further. Retraining
compares two models on it: an ``EvaluatedLabel`` (``training/retrain/evaluation.py``) has the
probabilities of the active model and of the new one. A label that falls out on the way leaves
an ``Issue`` with its file and row.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from data.errors import ShedlightError
from data.images.photo import Photo, ReadLimits
from data.images.read import read_photo
from data.strands.crop import crop_end
from data.strands.strand import EndState, Strand
from model.inference.line_finder import Finder
from training.labels.formats.detect import read_labels
from training.labels.groups import Groups, LabelledPicture, group_pictures
from training.labels.issues import Issue, Location, UnknownLabel
from training.labels.label import HairLabel, known_names
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
from training.labels.raw_label import Picture, Point, RawLabel
from training.labels.sources import SourceError, open_source

LIMITS = ReadLimits(min_side_px=32)
"""The limits of any photo, but the crop of a root end may be small."""

Track = Callable[[Sequence[str]], Iterable[str]]
"""Iterates over pictures (SHA-256) and may show progress."""


@dataclass(frozen=True)
class LabelSet:
    """Labels matched with hairs.

    ``formats`` maps each folder or zip to the name of its format. ``given`` counts the labels as
    files give them; ``hairs`` are the N labelled strands to train on. ``pictures`` are those that
    could be read, ``crops`` the number of crops among them. ``groups`` must not be divided.
    """

    formats: Mapping[str, str]
    given: Counter[HairLabel]
    hairs: tuple[LabelledStrand, ...]
    pictures: tuple[LabelledPicture, ...]
    crops: int
    groups: Groups
    issues: tuple[Issue, ...]

    @property
    def problems(self) -> tuple[Issue, ...]:
        """The issues that cost labels."""
        return tuple(issue for issue in self.issues if not issue.is_note)

    @property
    def notes(self) -> tuple[Issue, ...]:
        """The issues that cost no labels."""
        return tuple(issue for issue in self.issues if issue.is_note)

    @property
    def persons(self) -> int:
        """The number of persons that are named."""
        return len({name for each in self.pictures for name in each.persons if name})

    @property
    def group_count(self) -> int:
        """The number of groups."""
        return len(set(self.groups.values()))


def load_labels(
    paths: Sequence[Path], finder: Finder, track: Track = lambda pictures: pictures
) -> LabelSet:
    """Reads the labels of folders and zips, and finds the hairs of their pictures.

    Writes nothing. Errors in the files become issues; raises only ShedlightError (MODEL_REFUSED).
    """
    with ExitStack() as opened:
        formats, labels, issues = read_sources(paths, opened)
        by_file, unreadable = _group_by_file(labels)
        issues += unreadable
        hairs: list[LabelledStrand] = []
        pictures: list[LabelledPicture] = []
        crops = 0
        for sha256 in track(list(by_file)):
            of_file = by_file[sha256]
            try:
                photo = read_photo(of_file[0].picture.read(LIMITS), LIMITS)
            except ShedlightError as error:
                issues.append(_unreadable(of_file[0].picture, error, len(of_file)))
                continue
            found, problems = label_strands(photo, of_file, finder)
            hairs += found
            issues += problems
            pictures.append(_picture(photo, of_file))
            crops += is_crop(photo) and not any(label.points for label in of_file)
    groups, leaks = group_pictures(pictures)
    return LabelSet(
        formats=formats,
        given=Counter(label.label for label in labels),
        hairs=tuple(hairs),
        pictures=tuple(pictures),
        crops=crops,
        groups=groups,
        issues=(*issues, *leaks),
    )


def label_points(paths: Sequence[Path]) -> tuple[dict[str, list[Point]], list[Issue]]:
    """The points of all labels in folders and zips, "unsure" ones included, and the problems.

    Maps the SHA-256 of a picture to its points; an empty list if a label is about the whole
    picture. Only photos with YOLO's labels are decoded, for their size. Errors in the files become
    issues.
    """
    with ExitStack() as opened:
        _, labels, issues = read_sources(paths, opened)
        by_file, unreadable = _group_by_file(labels)
    points = {
        sha256: [point for each in of_file for point in each.points]
        if all(each.points for each in of_file)
        else []
        for sha256, of_file in by_file.items()
    }
    return points, [issue for issue in (*issues, *unreadable) if not issue.is_note]


def label_strands(
    photo: Photo, labels: Sequence[RawLabel], finder: Finder
) -> tuple[list[LabelledStrand], list[Issue]]:
    """The strands that ``finder`` proposes and ``labels`` match, without those labelled unsure,
    and an issue for each label that matches none or contradicts another.

    ``photo`` carries the SHA-256 of its file.
    """
    crop = None if any(label.points for label in labels) else as_crop_strand(photo)
    strands = [crop] if crop else finder.find(photo)
    by_strand: dict[int, list[MatchedLabel]] = {}
    issues: list[Issue] = []
    for label in labels:
        try:
            for match in match_label(label, photo, strands):
                by_strand.setdefault(match.strand, []).append(match)
        except NoMatchError as error:
            issues.append(Issue(label.where, str(error)))
    hairs: list[LabelledStrand] = []
    for i, matches in by_strand.items():
        counted, conflict = resolve_conflicts(matches)
        issues += [conflict] if conflict else []
        if counted and counted.raw.label is not HairLabel.UNSURE:
            hairs.append(_labelled_strand(photo, strands[i], counted))
    return hairs, issues


def _labelled_strand(photo: Photo, strand: Strand, match: MatchedLabel) -> LabelledStrand:
    first, second = (
        crop_end(photo, strand, k) if strand.ends[k].state is EndState.VISIBLE else None
        for k in (0, 1)
    )
    return LabelledStrand(
        strand=replace(strand, path=np.array([[end.x, end.y] for end in strand.ends])),
        crops=(first, second),
        label=match.raw.label,
        extent=match.extent,
        root_end=match.root_end,
        photo=photo.sha256,
        file=match.raw.picture.where.file,
        where=match.raw.where,
    )


def _picture(photo: Photo, labels: Sequence[RawLabel]) -> LabelledPicture:
    return LabelledPicture(
        sha256=photo.sha256,
        locations=tuple(dict.fromkeys(label.picture.where for label in labels)),
        persons=frozenset(label.person for label in labels),
        image_hash=perceptual_hash(photo.pixels),
    )


def read_sources(
    paths: Sequence[Path], opened: ExitStack
) -> tuple[dict[str, str], list[RawLabel], list[Issue]]:
    """Formats by path, labels and issues; the sources stay open as long as ``opened``."""
    formats: dict[str, str] = {}
    labels: list[RawLabel] = []
    issues: list[Issue] = []
    for path in dict.fromkeys(paths):
        try:
            source = opened.enter_context(closing(open_source(path)))
        except SourceError as error:
            issues.append(Issue(Location(str(path)), str(error)))
            continue
        formats[str(path)], found, problems = read_labels(source)
        labels += found
        issues += (*source.problems, *problems)
    if unknown := [issue for issue in issues if isinstance(issue, UnknownLabel)]:
        issues.append(Issue(unknown[0].where, known_names(), is_note=True))
    return formats, labels, issues


def _group_by_file(
    labels: Iterable[RawLabel],
) -> tuple[dict[str, list[RawLabel]], list[Issue]]:
    """Labels by the SHA-256 of their picture's file, so that copies are one picture; and an issue
    for each file that cannot be read."""
    by_picture: dict[Picture, list[RawLabel]] = {}
    for label in labels:
        by_picture.setdefault(label.picture, []).append(label)
    by_file: dict[str, list[RawLabel]] = {}
    issues: list[Issue] = []
    for picture, found in by_picture.items():
        try:
            raw = picture.read(LIMITS)
        except ShedlightError as error:
            issues.append(_unreadable(picture, error, len(found)))
        else:
            by_file.setdefault(hashlib.sha256(raw).hexdigest(), []).extend(found)
    return by_file, issues


def _unreadable(picture: Picture, error: ShedlightError, labels: int) -> Issue:
    """The issue of a picture that cannot be read. Raises the error if it is not the file's."""
    if error.is_internal:
        raise error
    return Issue(picture.where, f"{error.message} Labels lost: {labels}.")
