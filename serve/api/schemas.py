"""What is answered about a kept photo."""

from collections.abc import Sequence

from data.io.jsonl import Json
from serve.saved_photos.corrected import Pool, pool_of
from serve.store.correction import CorrectionEvent
from serve.store.replay import affected_hairs, corrected_report
from serve.store.saved_photo import SavedPhoto


def kept_answer(pool: Pool, kept: SavedPhoto, events: Sequence[CorrectionEvent]) -> Json:
    """All about a photo that was kept: the machine's report, what people said, and for how long.

    ``pool`` is that of the scorer.
    """
    return _as_corrected(pool, kept, events) | {
        "events": [event_json(event, kept, events) for event in events],
        "expires_at": kept.expires_at.isoformat(),
        "improve": kept.improve,
    }


def correction_answer(
    pool: Pool, event: CorrectionEvent, kept: SavedPhoto, events: Sequence[CorrectionEvent]
) -> Json:
    """What was acknowledged, and how the photo stands after all ``events``, this one among them."""
    return {"event": event_json(event, kept, events)} | _as_corrected(pool, kept, events)


def event_json(event: CorrectionEvent, kept: SavedPhoto, events: Sequence[CorrectionEvent]) -> Json:
    """An event as it is told: not by whom, since a link may be passed on.

    ``hair`` is the number of the hair also where a root was missed; None for an undo.
    """
    said = event.correction
    return {
        "number": event.number,
        "said": said.said.value,
        "hair": affected_hairs(events, kept.hairs)[event.number],
        "place": said.place and said.place.as_json(),
        "root_end": said.root_end,
        "undoes": said.undoes,
        "said_at": event.said_at.isoformat(),
        "model_version": event.model_version,
    }


def _as_corrected(pool: Pool, kept: SavedPhoto, events: Sequence[CorrectionEvent]) -> Json:
    photo = corrected_report(kept.report, events)
    return {"photo": photo, "pool": pool_of(photo, pool)}
