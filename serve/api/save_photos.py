"""Saves the photos of one request."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data.errors import ShedlightError
from serve.api.uploads import PhotoOptions
from serve.saved_photos.service import PhotoService
from serve.scoring.score_file import ScoredPhoto
from serve.store.idempotency import RequestKey
from serve.store.saved_photo import Retention, SavedPhoto


@dataclass(frozen=True)
class SavePhotos:
    """Saves scored photos if the ``options`` ask for it.

    ``key`` is the Idempotency-Key and ``client`` the client token of the request, if any. ``saved``
    holds the saved photos by their index in the request.
    """

    service: PhotoService
    options: PhotoOptions
    key: str | None = None
    client: str | None = None
    saved: dict[int, SavedPhoto] = field(default_factory=dict)

    def save(self, scored: ScoredPhoto, index: int) -> None:
        """Saves a photo if it was re-encoded for that; ``index`` is its place in the request.

        Blocks. Raises ShedlightError as ``Store.open`` and ``Store.save`` do.
        """
        if scored.jpeg is None:
            return
        self.saved[index] = self.service.store().save(
            scored.jpeg,
            scored.report.as_json(),
            roots_in_view=self.options.roots_in_view,
            improve=self.options.retention is Retention.IMPROVE,
            now=datetime.now(UTC),
            request=self._request(scored, index),
            client=self.client,
        )

    def rollback(self) -> None:
        """Deletes the photos if the answer was not received, since the client has no ids.

        With an Idempotency-Key nothing is deleted: sending the request again answers the ids.
        """
        for photo in () if self.key else self.saved.values():
            try:
                self.service.store().delete(photo.id, self.client)
            except ShedlightError:  # then it is deleted when it expires
                return

    def _request(self, scored: ScoredPhoto, index: int) -> RequestKey | None:
        """The key includes the model, since another model may number the hairs differently."""
        if self.key is None:
            return None
        key = f"{self.client or ''}/{scored.report.model.sha256}/{self.key}/{index}"
        content = f"{scored.report.sha256}/{self.options.model_dump_json()}"
        return RequestKey(key, hashlib.sha256(content.encode()).hexdigest())
