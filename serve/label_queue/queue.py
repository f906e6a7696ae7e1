"""The queue of hairs to label, of all photos of a folder."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from data.errors import ShedlightError
from data.images.limits import ReadLimits
from model.active_learning import select_for_labelling
from serve.inputs.photo_files import NamedPhoto
from serve.label_queue.candidates import hairs_of_photo
from serve.label_queue.crops import EndPictures, pictures_of
from serve.label_queue.queue_item import QueueItem
from serve.scoring.interfaces import Workers

REACH_WIDTHS, REACH_PX = 6.0, 15.0
"""A label is about the hair that ends within so many shaft widths, or pixels, as where labels are
trained on (docs/labels.md)."""

Place = tuple[float, float]
Places = Mapping[str, list[Place]]
"""Where labels are, by the SHA-256 of their photo's bytes; an empty list: the whole photo has one.
"""
Answer = TypeVar("Answer")
_LIMITS = ReadLimits()


@dataclass
class Found:
    """What was found in photos: the hairs that are still ``open``, those ``labelled``, and the
    sentences on files that could not be read."""

    photos: int = 0
    open: list[QueueItem] = field(default_factory=list)
    labelled: list[QueueItem] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def add(self, hairs: Sequence[QueueItem], places: Sequence[Place] | None) -> None:
        """Adds the hairs of a photo, with labels at those places, if it has any."""
        labelled = set(range(len(hairs))) if places == [] else labelled_among(hairs, places or ())
        self.labelled += [hairs[i] for i in sorted(labelled)]
        self.open += [hair for i, hair in enumerate(hairs) if i not in labelled]

    def queue(self, count: int) -> list[QueueItem]:
        """The first ``count`` of the open hairs, in the order in which to label them."""
        order = select_for_labelling(
            [hair.candidate for hair in self.open],
            [hair.candidate for hair in self.labelled],
            count,
        )
        return [self.open[i] for i in order]


def find_hairs(
    photos: Sequence[NamedPhoto],
    labelled: Places,
    workers: Workers,
    at_once: int,
    on_photo: Callable[[], None] = lambda: None,
) -> Found:
    """The hairs of all photos, the same bytes again left out.

    What is wrong with a file is told in ``unread``; whatever the files hold, nothing is raised.
    """

    def read(named: NamedPhoto) -> list[QueueItem]:
        return workers.run(hairs_of_photo, named, _LIMITS)

    found, seen = Found(), set[str]()
    for named, hairs in _done(read, photos, at_once):
        on_photo()
        if isinstance(hairs, ShedlightError):
            found.unread.append(f"{named.name}: {hairs.message}")
            continue
        found.photos += 1
        if hairs and hairs[0].sha256 not in seen:
            seen.add(hairs[0].sha256)
            found.add(hairs, labelled.get(hairs[0].sha256))
    return found


def draw_hairs(
    hairs: Sequence[QueueItem], photos: Sequence[NamedPhoto], workers: Workers, at_once: int
) -> list[list[EndPictures] | None]:
    """The pictures of each hair, None where its file is gone meanwhile."""
    of_photo: dict[str, list[int]] = {}
    for i, hair in enumerate(hairs):
        of_photo.setdefault(hair.photo, []).append(i)

    def draw(named: NamedPhoto) -> list[list[EndPictures]]:
        wanted = [hairs[i] for i in of_photo[named.name]]
        return workers.run(pictures_of, named, wanted, _LIMITS)

    drawn: list[list[EndPictures] | None] = [None] * len(hairs)
    for named, pictures in _done(draw, [p for p in photos if p.name in of_photo], at_once):
        if not isinstance(pictures, ShedlightError):
            for i, picture in zip(of_photo[named.name], pictures, strict=True):
                drawn[i] = picture
    return drawn


def _done(
    job: Callable[[NamedPhoto], Answer], photos: Sequence[NamedPhoto], at_once: int
) -> Iterator[tuple[NamedPhoto, Answer | ShedlightError]]:
    """Each photo with what the job returned for it or raised, in order."""

    def outcome(named: NamedPhoto) -> Answer | ShedlightError:
        try:
            return job(named)
        except ShedlightError as error:
            return error

    threads = ThreadPoolExecutor(at_once)
    try:
        yield from zip(photos, threads.map(outcome, photos), strict=True)
    finally:  # none is left after an orderly end; after any other, nobody waits for them
        threads.shutdown(wait=False, cancel_futures=True)


def labelled_among(hairs: Sequence[QueueItem], places: Sequence[Place]) -> set[int]:
    """Which hairs of one photo end nearest to one of the places, within reach of it."""
    ends = np.array([[(end.x, end.y) for end in hair.strand.ends] for hair in hairs])
    reach = np.array([max(REACH_PX, REACH_WIDTHS * hair.strand.shaft_px) for hair in hairs])
    labelled = set()
    for place in places:
        gaps = np.linalg.norm(ends - place, axis=2).min(axis=1)
        nearest = int(gaps.argmin())
        if gaps[nearest] <= reach[nearest]:
            labelled.add(nearest)
    return labelled
