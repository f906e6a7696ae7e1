"""Shared by the tests of the store: a photo with two hairs, and a store."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from data.images.encode import encode_jpeg
from data.images.photo import Photo
from serve.scoring.score_file import SAVED_JPEG_QUALITY
from serve.store.correction import Correction, CorrectionEvent, CorrectionKind, Point
from serve.store.saved_photo import SavedPhoto
from serve.store.store import Store
from serve.store.training_labels import TrainingLabel, training_labels
from tests.helpers.serve.fake_scorer import FakeScorer

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LISTED = 2
"""Hairs that the model listed in PHOTO: 0 is telogen; 1 is unsure, its root unknown."""


def grey(width: int = 300, height: int = 200, seed: int = 0) -> Photo:
    pixels = np.random.default_rng(seed).integers(90, 160, (height, width, 3))
    return Photo(pixels.astype(np.uint8), f"{seed:064x}")


PHOTO = grey()


def jpeg_of(photo: Photo = PHOTO) -> bytes:
    return encode_jpeg(photo.pixels, SAVED_JPEG_QUALITY)


def report_of(photo: Photo = PHOTO) -> dict[str, Any]:
    scored = FakeScorer(telogen=1, misshapen=0, unsure=1).score(photo)
    return replace(scored, photo="anna's head.jpg").as_json()


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder}/store.db"


def open_store(folder: Path, **days: int) -> Store:
    return Store.open(url_in(folder), folder / "photos", **days)


def save(
    store: Store, improve: bool = True, now: datetime = NOW, client: str | None = None
) -> SavedPhoto:
    return store.save(
        jpeg_of(), report_of(), roots_in_view=False, improve=improve, now=now, client=client
    )


def label(hair: int, kind: CorrectionKind = CorrectionKind.MISSHAPEN) -> Correction:
    return Correction(kind, hair=hair)


def missed(x: float, y: float, kind: CorrectionKind = CorrectionKind.TELOGEN) -> Correction:
    return Correction(kind, place=Point(x, y))


def moved(hair: int, root_end: int) -> Correction:
    return Correction(CorrectionKind.ROOT_MOVED, hair=hair, root_end=root_end)


def undo(number: int) -> Correction:
    return Correction(CorrectionKind.UNDO, undoes=number)


def events_of(store: Store, photo_id: str) -> tuple[CorrectionEvent, ...]:
    return store.history(photo_id)[1]


def labels_of(store: Store, photo_id: str) -> tuple[TrainingLabel, ...]:
    return training_labels(*store.history(photo_id))


def files_in(folder: Path) -> set[str]:
    """The names in the folder of pictures, without the identity file."""
    return {file.name for file in (folder / "photos").iterdir()} - {"store-identity"}
