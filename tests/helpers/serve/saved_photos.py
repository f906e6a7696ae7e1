"""Requests about saved photos, and settings of a server with its own store."""

from pathlib import Path
from typing import Any

import httpx

from serve.settings import Settings
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import PHOTO, files

SCORER = FakeScorer(telogen=2, misshapen=1, unsure=1)
"""Hairs 0 and 1 are telogen, 2 is misshapen, 3 unsure; all have their root at the left, end 0."""
UNKNOWN_ID = "A" * 22
"""A well-formed id of no photo."""


def settings_in(folder: Path, **more: Any) -> Settings:
    url = f"sqlite:///{folder}/data/shedlight.db"
    return Settings(store_url=url, photo_folder=folder / "data" / "photos", **more)


def send_photos(
    client: httpx.Client, *raws: bytes, retention: str = "link", **headers: str
) -> httpx.Response:
    sent = files(*((f"anna {i}.jpg", raw) for i, raw in enumerate(raws)))
    return client.post("/v1/photos", files=sent, data={"retention": retention}, headers=headers)


def save_photo(client: httpx.Client, raw: bytes = PHOTO, retention: str = "link") -> str:
    """Saves a photo and returns its address."""
    (photo,) = send_photos(client, raw, retention=retention).json()["photos"]
    return f"/v1/photos/{photo['id']}"


def label(client: httpx.Client, photo: str, hair: int, label: str) -> dict[str, Any]:
    answer = client.post(f"{photo}/hairs/{hair}/label", json={"label": label})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def saved_files(folder: Path) -> list[str]:
    """The names of the files of saved photos."""
    return sorted(file.name for file in (folder / "data" / "photos").glob("*.jpg"))
