"""What the tests of the store share: a photo with two hairs, and a store to keep it in."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from data.images.encode import encode_jpeg
from data.images.photo import Photo
from serve.scoring.score_file import SAVED_JPEG_QUALITY
from serve.store.correction import Correction, CorrectionKind, Point
from serve.store.saved_photo import SavedPhoto
from serve.store.store import Store
from tests.helpers.serve.fake_scorer import FakeScorer

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LISTED = 2
"""Hairs that the machine listed in PHOTO: 0 is telogen, 1 unsure, with no root known."""


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


def keep(store: Store, improve: bool = True, now: datetime = NOW) -> SavedPhoto:
    return store.save(jpeg_of(), report_of(), roots_in_view=False, improve=improve, now=now)


def label(hair: int, said: CorrectionKind = CorrectionKind.MISSHAPEN) -> Correction:
    return Correction(said, hair=hair)


def missed(x: float, y: float, said: CorrectionKind = CorrectionKind.TELOGEN) -> Correction:
    return Correction(said, place=Point(x, y))


def moved(hair: int, root_end: int) -> Correction:
    return Correction(CorrectionKind.ROOT_MOVED, hair=hair, root_end=root_end)


def undo(number: int) -> Correction:
    return Correction(CorrectionKind.UNDO, undoes=number)


def files_in(folder: Path) -> set[str]:
    """The names in the folder of pictures, without the one that says whose it is."""
    return {file.name for file in (folder / "photos").iterdir()} - {"store-identity"}
