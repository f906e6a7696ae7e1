"""Photos whose time is up go by themselves, and the server goes on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from fastapi.testclient import TestClient

from serve.app import create_app
from serve.saved_photos.service import PhotoService
from serve.scoring.score_file import ScoreOptions, score_file
from serve.store.store import Store
from tests.helpers.serve.http import PHOTO
from tests.helpers.serve.saved_photos import SCORER, kept, pictures_in, settings_in


class InAYear(datetime):
    @classmethod
    def now(cls, tz: object = None) -> "InAYear":
        return super().now(UTC) + timedelta(days=366)


def until(is_so: Callable[[], bool]) -> None:
    end = monotonic() + 20
    while not is_so():
        assert monotonic() < end
        sleep(0.02)


def test_a_photo_whose_time_is_up_goes_when_the_server_starts(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    keeping = PhotoService(settings)
    scored = score_file(SCORER, PHOTO, "a.jpg", ScoreOptions(encode=True))
    assert scored.jpeg is not None
    long_ago = datetime.now(UTC) - timedelta(days=31)
    keeping.store().save(scored.jpeg, scored.report.as_json(), False, False, long_ago)
    keeping.close()
    assert len(pictures_in(tmp_path)) == 1
    with TestClient(create_app(settings, SCORER)) as client:
        address = kept(client)
        until(lambda: pictures_in(tmp_path) == [f"{address.rpartition('/')[2]}.jpg"])
        assert client.get(address).status_code == 200


def test_a_photo_whose_time_is_up_goes_while_the_server_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serve.saved_photos.service.EXPIRE_EVERY_S", 0.05)
    with TestClient(create_app(settings_in(tmp_path), SCORER)) as client:
        address = kept(client)
        monkeypatch.setattr("serve.saved_photos.service.datetime", InAYear)
        until(lambda: client.get(address).status_code == 404)
        assert pictures_in(tmp_path) == []


def test_a_store_that_fails_in_the_background_does_not_take_the_server_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    PhotoService(settings_in(tmp_path)).store().close()
    monkeypatch.setattr(Store, "expire", lambda *_: 1 / 0)
    with TestClient(create_app(settings_in(tmp_path), SCORER)) as client:
        until(lambda: "could not be deleted" in caplog.text)
        assert client.get(kept(client)).status_code == 200
