"""The hairs of kept photos that a person could label next."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from model.active_learning import candidate_of_hair, select_for_labelling
from model.report_json import hair_of
from serve.label_queue.queue_item import QueueItem
from serve.store.correction import CorrectionEvent
from serve.store.replay import current_labels
from serve.store.saved_photo import SavedPhoto
from serve.store.store import Store


@dataclass(frozen=True)
class QueuedHair:
    """A hair, and its ``number`` in the report of its photo."""

    hair: QueueItem
    number: int


@dataclass
class SavedPhotoCandidates:
    """The hairs with an end in view, of photos that may improve the model: those of which a person
    said what they are are ``labelled``, the others ``open``."""

    open: list[QueuedHair] = field(default_factory=list)
    labelled: list[QueuedHair] = field(default_factory=list)

    @classmethod
    def of(cls, store: Store) -> "SavedPhotoCandidates":
        """All in the store; raises ShedlightError (STORE_UNAVAILABLE)."""
        found = cls()
        for photo, events in store.improving():
            found.add(photo, events)
        return found

    def add(self, photo: SavedPhoto, events: tuple[CorrectionEvent, ...]) -> None:
        """The hairs of a photo, of which people said ``events``."""
        said = current_labels(events, photo.hairs)
        for kept in _hairs(photo):
            opinion = said.get(kept.number)
            is_labelled = opinion is not None and opinion.label is not None
            (self.labelled if is_labelled else self.open).append(kept)

    def queue(self, count: int) -> list[QueuedHair]:
        """The first ``count`` of the open hairs, in the order in which to label them.

        What sets them apart is what the model read at both ends and the shaft's width: to compare
        pictures, each would have to be decoded anew for every question.
        """
        order = select_for_labelling(
            [kept.hair.candidate for kept in self.open],
            [kept.hair.candidate for kept in self.labelled],
            count,
        )
        return [self.open[i] for i in order]


def _hairs(photo: SavedPhoto) -> Iterator[QueuedHair]:
    for number, record in enumerate(photo.report["hairs"]):
        hair = hair_of(record)
        roots = {
            k: read.club + read.misshapen for k, read in enumerate(hair.ends) if read is not None
        }
        if roots:
            candidate = candidate_of_hair(photo.sha256, hair, (None, None))
            shown = max(roots, key=roots.__getitem__)
            asked = QueueItem(photo.id, photo.sha256, hair.strand, shown, candidate)
            yield QueuedHair(asked, number)
