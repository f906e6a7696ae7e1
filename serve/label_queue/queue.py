"""The queue of hairs to label in the photos of a folder."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from data.errors import ShedlightError
from data.images.photo import ReadLimits
from serve.inputs.photo_files import NamedPhoto
from serve.label_queue.candidates import hairs_of_photo
from serve.label_queue.crops import EndPictures, draw_ends
from serve.label_queue.queue_item import QueueItem, select_items
from serve.scoring.interfaces import Workers

MAX_DISTANCE_WIDTHS, MAX_DISTANCE_PX = 6.0, 15.0
"""Maximum distance from a label to the end of its hair, in shaft widths or pixels, whichever is
more; the same as in training (docs/labels.md)."""

Place = tuple[float, float]
Places = Mapping[str, list[Place]]
"""Positions of labels by the SHA-256 of the photo; an empty list if the whole photo is labelled."""
Answer = TypeVar("Answer")
_LIMITS = ReadLimits()


@dataclass
class FolderCandidates:
    """Hairs of a folder's photos, labelled or not; ``problems`` has a sentence for each file that
    could not be read."""

    photos: int = 0
    unlabelled: list[QueueItem] = field(default_factory=list)
    labelled: list[QueueItem] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, hairs: Sequence[QueueItem], places: Sequence[Place] | None) -> None:
        """Adds the hairs of a photo, with labels at ``places``."""
        labelled = set(range(len(hairs))) if places == [] else labelled_among(hairs, places or ())
        self.labelled += [hairs[i] for i in sorted(labelled)]
        self.unlabelled += [hair for i, hair in enumerate(hairs) if i not in labelled]

    def queue(self, count: int) -> list[QueueItem]:
        """At most ``count`` of the unlabelled hairs, in the order in which to label them."""
        return select_items(self.unlabelled, self.labelled, count)


def find_candidates(
    photos: Sequence[NamedPhoto],
    labelled: Places,
    workers: Workers,
    threads: int,
    on_photo: Callable[[], None] = lambda: None,
) -> FolderCandidates:
    """The hairs of all photos; copies of a photo are skipped.

    Raises nothing for bad files: ``problems`` of the result describes them.
    """

    def find(named: NamedPhoto) -> list[QueueItem]:
        return workers.run(hairs_of_photo, named, _LIMITS)

    found, hashes = FolderCandidates(), set[str]()
    for named, hairs in _results(find, photos, threads):
        on_photo()
        if isinstance(hairs, ShedlightError):
            found.problems.append(f"{named.name}: {hairs.message}")
            continue
        found.photos += 1
        if hairs and hairs[0].sha256 not in hashes:
            hashes.add(hairs[0].sha256)
            found.add(hairs, labelled.get(hairs[0].sha256))
    return found


def draw_items(
    hairs: Sequence[QueueItem], photos: Sequence[NamedPhoto], workers: Workers, threads: int
) -> list[list[EndPictures] | None]:
    """The pictures of each hair; None if its file cannot be read any more."""
    of_photo: dict[str, list[int]] = {}
    for i, hair in enumerate(hairs):
        of_photo.setdefault(hair.photo, []).append(i)

    def draw(named: NamedPhoto) -> list[list[EndPictures]]:
        wanted = [hairs[i] for i in of_photo[named.name]]
        return workers.run(draw_ends, named, wanted, _LIMITS)

    drawn: list[list[EndPictures] | None] = [None] * len(hairs)
    for named, pictures in _results(draw, [p for p in photos if p.name in of_photo], threads):
        if not isinstance(pictures, ShedlightError):
            for i, picture in zip(of_photo[named.name], pictures, strict=True):
                drawn[i] = picture
    return drawn


def _results(
    job: Callable[[NamedPhoto], Answer], photos: Sequence[NamedPhoto], threads: int
) -> Iterator[tuple[NamedPhoto, Answer | ShedlightError]]:
    """Each photo with the result of the job or the error it raised, in order."""

    def outcome(named: NamedPhoto) -> Answer | ShedlightError:
        try:
            return job(named)
        except ShedlightError as error:
            return error

    pool = ThreadPoolExecutor(threads)
    try:
        yield from zip(photos, pool.map(outcome, photos), strict=True)
    finally:  # after an error, do not wait for running jobs
        pool.shutdown(wait=False, cancel_futures=True)


def labelled_among(hairs: Sequence[QueueItem], places: Sequence[Place]) -> set[int]:
    """Indexes of the hairs of one photo nearest to a label, within its maximum distance."""
    ends = np.array([[(end.x, end.y) for end in hair.strand.ends] for hair in hairs])
    reach = np.array(
        [max(MAX_DISTANCE_PX, MAX_DISTANCE_WIDTHS * hair.strand.shaft_px) for hair in hairs]
    )
    labelled = set()
    for place in places:
        gaps = np.linalg.norm(ends - place, axis=2).min(axis=1)
        nearest = int(gaps.argmin())
        if gaps[nearest] <= reach[nearest]:
            labelled.add(nearest)
    return labelled
