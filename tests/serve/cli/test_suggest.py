"""``shedlight suggest``, from a folder of photos to a table that is read back."""

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from serve.cli.main import app
from serve.errors import CommandError
from tests.helpers.serve.browser import launched
from tests.test_examples import EXAMPLES

PHOTOS = ("tray_900001_00021.jpg", "close_900001_00002.jpg")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(table: Path, rows: list[dict[str, str]]) -> None:
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def on_page(page: Path) -> list[dict[str, Any]]:
    """The hairs that a page holds."""
    found = re.search(r'id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found
    hairs: list[dict[str, Any]] = json.loads(found[1])["hairs"]
    return hairs


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two photos, one of them twice, and a file that is no photo."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in PHOTOS:
        shutil.copy(EXAMPLES / name, folder / name)
    shutil.copy(EXAMPLES / PHOTOS[0], folder / "=again.jpg")
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


def test_hairs_are_suggested_labelled_checked_and_not_suggested_again(
    photos: Path, tmp_path: Path
) -> None:
    asked = run("suggest", photos, "--count", 5, "--workers", 1)
    assert asked.exit_code == 2, asked.output
    assert "broken.jpg: " in asked.output
    table, page = photos / "to_label/labels.csv", photos / "to_label/to_label.html"
    rows = rows_of(table)
    assert len(rows) == 5
    assert {row["label"] for row in rows} == {""}
    assert len({(row["photo"], row["x"], row["y"]) for row in rows}) == 5
    assert {row["photo"] for row in rows} == {"./=again.jpg", PHOTOS[1]}  # the first of two alike
    shown = on_page(page)
    assert [(each["row"]["photo"], str(each["row"]["x"])) for each in shown] == [
        (row["photo"], row["x"]) for row in rows
    ]
    assert all(end["crop"].startswith("data:image/jpeg;") for each in shown for end in each["ends"])
    # nothing is labelled yet: no problem, and nothing to train on
    empty = run("check-labels", photos)
    assert empty.exit_code == 1
    assert "Rows without a label: 5." in empty.output
    assert "row 2" not in empty.output
    rows[0]["label"], rows[1]["label"] = "telogen", "unsure"
    write(table, rows)
    filled = run("check-labels", photos)
    assert filled.exit_code == 0, filled.output
    again = run("suggest", photos, "--labels", photos, "--workers", 1, "--out", tmp_path / "2")
    assert "before: 2" in again.output
    others = {(row["photo"], row["x"], row["y"]) for row in rows_of(tmp_path / "2/labels.csv")}
    assert not {(row["photo"], row["x"], row["y"]) for row in rows[:2]} & others
    assert {(row["photo"], row["x"], row["y"]) for row in rows[2:]} <= others


def test_labels_are_never_overwritten(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("mine")
    refused = run("suggest", photos, "--out", tmp_path)
    assert isinstance(refused.exception, CommandError)
    assert (tmp_path / "labels.csv").read_text() == "mine"


def test_without_photos_there_is_nothing_to_label(tmp_path: Path) -> None:
    done = run("suggest", tmp_path, "--workers", 1)
    assert done.exit_code == 1
    assert not (tmp_path / "to_label").exists()
    refused = run("suggest", tmp_path / "none")
    assert isinstance(refused.exception, CommandError)


def test_the_page_fills_the_table_by_keys(photos: Path, tmp_path: Path) -> None:
    assert run("suggest", photos, "--count", 4, "--workers", 1).exit_code == 2
    page_file = photos / "to_label/to_label.html"
    hairs = on_page(page_file)
    with launched() as browser:
        page = browser.new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(page_file.as_uri())
        for key in ("1", "6", "5", "0", "3", "ArrowLeft", "ArrowLeft", "4"):
            page.keyboard.press(key)
        page.fill("#person", 'Anna "A", 1')
        page.get_by_role("button", name="Back").click()
        page.keyboard.press("e")
        with page.expect_download() as download:
            page.click("#save")
        saved = tmp_path / "labels.csv"
        download.value.save_as(saved)
        page.reload()  # the labels are still there
        assert page.locator("#done").inner_text() == "4 of 4 labelled."
    assert not errors
    rows = rows_of(saved)
    # 0 removes the label of a hair that has none yet; 4 changes that of the second
    assert [row["label"] for row in rows] == ["telogen", "anagen", "not_hair", "no_bulb"]
    assert {row["person"] for row in rows} == {'Anna "A", 1'}
    assert all(row["labelled_at"].startswith("20") for row in rows)
    other = hairs[1]["ends"][-1]  # the other end, if there is one
    assert (float(rows[1]["x"]), float(rows[1]["y"])) == (other["x"], other["y"])
    shutil.copy(saved, photos / "to_label/labels.csv")
    read = run("check-labels", photos)
    assert "1 person" in read.output
