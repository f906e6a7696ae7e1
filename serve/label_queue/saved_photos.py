"""Hairs of saved photos that a person could label next."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from model.active_learning import candidate_of_hair
from model.labelling.hair import most_rootlike
from model.report import hair_of
from serve.label_queue.queue_item import QueueItem, select_items
from serve.store.correction import CorrectionEvent
from serve.store.replay import current_labels
from serve.store.saved_photo import SavedPhoto
from serve.store.store import Store


@dataclass
class SavedPhotoCandidates:
    """Hairs with a visible end in photos that may improve the model: those that a person labelled,
    and the others."""

    unlabelled: list[QueueItem] = field(default_factory=list)
    labelled: list[QueueItem] = field(default_factory=list)

    @classmethod
    def of(cls, store: Store) -> "SavedPhotoCandidates":
        """All candidates in the store; raises ShedlightError (STORE_UNAVAILABLE)."""
        found = cls()
        for photo, events in store.improving_photos():
            found.add(photo, events)
        return found

    def add(self, photo: SavedPhoto, events: tuple[CorrectionEvent, ...]) -> None:
        """Adds the hairs of a photo, with the corrections ``events``."""
        labels = current_labels(events, photo.hairs)
        for number, item in _items(photo):
            current = labels.get(number)
            is_labelled = current is not None and current.label is not None
            (self.labelled if is_labelled else self.unlabelled).append(item)

    def queue(self, count: int) -> list[QueueItem]:
        """At most ``count`` of the unlabelled hairs, in the order in which to label them.

        Hairs are compared by the probabilities of both ends and the shaft width, not by pictures:
        that would decode every saved photo for each request.
        """
        return select_items(self.unlabelled, self.labelled, count)


def _items(photo: SavedPhoto) -> Iterator[tuple[int, QueueItem]]:
    for number, record in enumerate(photo.report["hairs"]):
        hair = hair_of(record)
        shown = most_rootlike(hair.ends)
        if shown is not None:
            candidate = candidate_of_hair(photo.sha256, hair, (None, None))
            yield (
                number,
                QueueItem(photo.id, photo.sha256, hair.strand, shown, candidate, number),
            )
