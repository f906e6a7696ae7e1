"""The settings of the store."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from serve.settings import Settings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEDLIGHT_STORE_URL", "postgresql://anna:secret@db/hairs")
    monkeypatch.setenv("SHEDLIGHT_PHOTO_FOLDER", "saved")
    monkeypatch.setenv("SHEDLIGHT_RETENTION_DAYS", "7")
    monkeypatch.setenv("SHEDLIGHT_IMPROVE_DAYS", "60")
    settings = Settings()
    assert settings.store_url == "postgresql://anna:secret@db/hairs"
    assert settings.photo_folder == Path("saved")
    assert (settings.retention_days, settings.improve_days) == (7, 60)
    assert "secret" not in repr(settings)


def test_photos_are_retained_for_a_month_or_a_year() -> None:
    assert (Settings().retention_days, Settings().improve_days) == (30, 365)


@pytest.mark.parametrize("setting", ["retention_days", "improve_days"])
@pytest.mark.parametrize("days", [0, -1, 3_651])
def test_the_retention_has_limits(setting: str, days: int) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({setting: days})
