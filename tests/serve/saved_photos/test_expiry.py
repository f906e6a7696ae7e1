"""Expired photos are deleted without a request, and the server goes on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import anyio
import pytest
from fastapi.testclient import TestClient

from serve.app import create_app
from serve.saved_photos.service import PhotoService
from serve.scoring.score_file import ScoreOptions, score_file
from serve.store.store import Store
from tests.helpers.serve.http import PHOTO
from tests.helpers.serve.saved_photos import SCORER, save_photo, saved_files, settings_in


def until(true: Callable[[], bool]) -> None:
    end = monotonic() + 60
    while not true():
        assert monotonic() < end
        sleep(0.02)


def save(service: PhotoService, now: datetime) -> None:
    scored = score_file(SCORER, PHOTO, "a.jpg", ScoreOptions(encode=True))
    assert scored.jpeg is not None
    service.store().save(scored.jpeg, scored.report.as_json(), False, False, now)


def test_an_expired_photo_is_deleted_when_the_server_starts(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    service = PhotoService(settings)
    save(service, datetime.now(UTC) - timedelta(days=31))
    service.close()
    assert len(saved_files(tmp_path)) == 1
    with TestClient(create_app(settings, SCORER)) as client:
        address = save_photo(client)
        until(lambda: saved_files(tmp_path) == [f"{address.rpartition('/')[2]}.jpg"])
        assert client.get(address).status_code == 200


def test_an_expired_photo_is_deleted_while_the_server_runs(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    times = [now]
    service = PhotoService(settings_in(tmp_path), expiry_interval_s=0.01, clock=lambda: times[-1])

    async def expire() -> None:
        async with service.running():
            save(service, now)
            await anyio.sleep(0.1)
            assert len(saved_files(tmp_path)) == 1
            times.append(now + timedelta(days=366))
            with anyio.fail_after(60):
                while saved_files(tmp_path):
                    await anyio.sleep(0.01)

    anyio.run(expire)


def test_a_store_that_fails_in_the_background_does_not_stop_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    PhotoService(settings_in(tmp_path)).store().close()
    monkeypatch.setattr(Store, "expire", lambda *_: 1 / 0)
    with TestClient(create_app(settings_in(tmp_path), SCORER)) as client:
        until(lambda: any(record.exc_info for record in caplog.records))
        assert client.get(save_photo(client)).status_code == 200
