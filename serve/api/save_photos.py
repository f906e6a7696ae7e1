"""Keeps the photos of one request."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data.errors import ShedlightError
from serve.api.uploads import PhotoOptions
from serve.saved_photos.service import PhotoService
from serve.scoring.score_file import ScoredPhoto
from serve.store.idempotency import RequestKey
from serve.store.retention import Retention
from serve.store.saved_photo import SavedPhoto


@dataclass(frozen=True)
class SavePhotos:
    """Keeps what was scored, if the ``options`` ask for it.

    ``key`` is the Idempotency-Key and ``client`` the token of the sender, where there are any.
    """

    keeping: PhotoService
    options: PhotoOptions
    key: str | None = None
    client: str | None = None
    _saved: list[str] = field(default_factory=list)

    def save(self, scored: ScoredPhoto, place: int) -> SavedPhoto | None:
        """Saves the photo if it was decoded; ``place`` is its number in the request.

        Blocks. Raises ShedlightError as ``Store.open`` and ``Store.save`` do.
        """
        if scored.jpeg is None:
            return None
        saved = self.keeping.store().save(
            scored.jpeg,
            scored.report.as_json(),
            roots_in_view=self.options.roots_in_view,
            improve=self.options.retention is Retention.IMPROVE,
            now=datetime.now(UTC),
            request=self._request(scored, place),
        )
        self._saved.append(saved.id)
        return saved

    def take_back(self) -> None:
        """Deletes what was kept for an answer that nobody received, so that nobody has its ids.

        With a key nothing is deleted: the sender gets the ids by asking once more.
        """
        for photo_id in [] if self.key else self._saved:
            try:
                self.keeping.store().delete(photo_id)
            except ShedlightError:  # then it goes when its time is up
                return

    def _request(self, scored: ScoredPhoto, place: int) -> RequestKey | None:
        """The model is part of the key: another would give the hairs other numbers."""
        if self.key is None:
            return None
        key = f"{self.client or ''}/{scored.report.model.sha256}/{self.key}/{place}"
        asked = f"{scored.report.sha256}/{self.options.model_dump_json()}"
        return RequestKey(key, hashlib.sha256(asked.encode()).hexdigest())
