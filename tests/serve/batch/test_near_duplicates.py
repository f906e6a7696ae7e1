"""Photos that show the same picture: found by where their hairs lie."""

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from serve.batch import BatchRequest, BatchResult, score_batch
from serve.batch.near_duplicates import MAX_HAIRS, MAX_PHOTOS, TOLERANCE, NearDuplicates
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.fake_scorer import FakeScorer

Ends = tuple[float, float, float, float]
PICTURE: list[Ends] = [(100, 100, 700, 300), (50, 400, 600, 420), (300, 50, 320, 560)]


def line(
    name: str, hairs: Sequence[Ends] = PICTURE, scale: float = 1, size: tuple[int, int] = (800, 600)
) -> dict[str, Any]:
    """The part of a line of results that counts."""
    ends = [
        {"ends": [{"x": x1 * scale, "y": y1 * scale}, {"x": x2 * scale, "y": y2 * scale}]}
        for x1, y1, x2, y2 in hairs
    ]
    width, height = (round(side * scale) for side in size)
    return {"photo": name, "width": width, "height": height, "hairs": ends}


def firsts(*lines: dict[str, Any]) -> list[str | None]:
    pictures = NearDuplicates()
    return [pictures.add(each) for each in lines]


def moved(hairs: Sequence[Ends], px: float) -> list[Ends]:
    return [(x1 + px, y1 - px, x2 - px, y2 + px) for x1, y1, x2, y2 in hairs]


def test_a_resized_copy_is_found_and_another_picture_is_not() -> None:
    other = [(50.0, 60.0, 500.0, 500.0), (700.0, 10.0, 20.0, 590.0)]
    found = firsts(
        line("a"), line("other", other), line("small", scale=0.4), line("large", scale=2)
    )
    assert found == [None, None, "a", "a"]


@pytest.mark.parametrize(("px", "is_found"), [(0.9 * 800 * TOLERANCE, True), (12, False)])
def test_ends_may_move_by_the_tolerance(px: float, is_found: bool) -> None:
    assert firsts(line("a"), line("b", moved(PICTURE, px)))[1] == ("a" if is_found else None)


def test_the_order_of_hairs_and_ends_does_not_matter() -> None:
    reversed_ends: list[Ends] = [(x2, y2, x1, y1) for x1, y1, x2, y2 in reversed(PICTURE)]
    assert firsts(line("a"), line("b", reversed_ends)) == [None, "a"]
    level: list[Ends] = [(400, 10, 400, 500), (200, 30, 201, 400)]
    leaning: list[Ends] = [(401, 10, 399, 500), (200, 30, 199, 400)]
    assert firsts(line("a", level), line("b", leaning)) == [None, "a"]


@pytest.mark.parametrize(
    ("shared", "others", "is_found"), [(1, 2, False), (2, 4, True), (2, 5, False), (3, 6, True)]
)
def test_a_third_of_the_hairs_and_two_must_match(shared: int, others: int, is_found: bool) -> None:
    rest = [(10.0 + 60 * n, 20.0, 20.0 + 60 * n, 200.0 + 40 * n) for n in range(others)]
    more = [(15.0 + 60 * n, 590.0, 60.0 + 60 * n, 300.0) for n in range(others)]
    one, other = [*PICTURE[:shared], *rest], [*PICTURE[:shared], *more]
    assert (firsts(line("a", one), line("b", other))[1] == "a") is is_found


def test_one_hair_is_enough_if_there_is_no_other() -> None:
    single = line("b", PICTURE[:1])
    assert firsts(line("a", PICTURE[:1]), single) == [None, "a"]
    assert firsts(line("a", [(1, 1, 500, 20)]), single) == [None, None]


def test_the_sides_must_have_the_same_ratio() -> None:
    wide = line("b", PICTURE, size=(800, 560))
    assert firsts(line("a"), wide) == [None, None]


def test_photos_without_hairs_are_no_copies() -> None:
    assert firsts(line("a", []), line("b", [])) == [None, None]


def test_copies_of_copies_name_the_first() -> None:
    step = 0.8 * 800 * TOLERANCE
    thrice = [line("a"), line("b", moved(PICTURE, step)), line("c", moved(PICTURE, 2 * step))]
    assert firsts(*thrice) == [None, "a", "a"]


def test_of_each_picture_the_largest_file_counts_and_the_first_of_equals() -> None:
    other = [(50.0, 60.0, 500.0, 500.0), (700.0, 10.0, 20.0, 590.0)]
    pictures = NearDuplicates()
    for each in (
        *(line("small", scale=0.5), line("large"), line("again"), line("tiny", scale=0.2)),
        *(line("x", other), line("y", other, scale=0.9)),
    ):
        pictures.add(each)
    assert pictures.other_copies() == {"small", "again", "tiny", "y"}


def test_a_whole_file_counts_before_a_larger_damaged_one() -> None:
    pictures = NearDuplicates()
    pictures.add(line("damaged") | {"quality": [{"code": "partly_damaged", "message": ""}]})
    pictures.add(line("whole", scale=0.5))
    assert pictures.other_copies() == {"damaged"}


def test_the_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serve.batch.near_duplicates.MAX_PHOTOS", 2)
    rng = np.random.default_rng(0)
    different = [line(str(n), rng.uniform(0, 500, (40, 4)).tolist()) for n in range(3)]
    assert firsts(*different, *(dict(each, photo="copy") for each in different)) == [
        *(None, None, None),
        *("0", "1", None),
    ]
    assert (MAX_HAIRS, MAX_PHOTOS) == (32, 50_000)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A photo, a smaller and a larger file of it, the same bytes again, and another photo.

    The fake scorer finds hairs at the same shares of every photo's sides.
    """
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, size in {"a": (640, 480), "b": (320, 240), "c": (1280, 960), "d": (300, 400)}.items():
        folder.joinpath(f"{name}.jpg").write_bytes(encoded(scene(*size)))
    shutil.copy(folder / "b.jpg", folder / "e.jpg")
    return folder


def score(photos: Path, once: bool = False, resume: bool = False) -> BatchResult:
    out = photos.parent / "out"
    request = BatchRequest((photos,), out, resume=resume, count_copies_once=once)
    return score_batch(request, FakeScorer(telogen=3, misshapen=0, unsure=0))


def outputs(photos: Path) -> tuple[list[Any], list[Any], dict[str, int], set[str]]:
    """The lines' copies, the table's, the summary's counts, and the photos whose hairs count."""
    out = photos.parent / "out"
    lines = map(json.loads, (out / "results.jsonl").read_text().splitlines())
    with (out / "photos.csv").open(newline="") as file:
        table = [(row["near_duplicate_of"], row["counts"]) for row in csv.DictReader(file)]
    with (out / "hairs.csv").open(newline="") as file:
        counted = {row["photo"] for row in csv.DictReader(file) if row["counts"] == "yes"}
    summary = json.loads((out / "summary.json").read_text())["photos"]
    return [line.get("near_duplicate_of") for line in lines], table, summary, counted


def test_copies_are_flagged_and_count_unless_the_user_asks(photos: Path) -> None:
    result = score(photos)
    copies, table, counts, counted = outputs(photos)
    assert copies == [None, "a.jpg", "a.jpg", None, None]
    assert table == [("", "yes"), ("a.jpg", "yes"), ("a.jpg", "yes"), ("", "yes"), ("", "no")]
    assert (counts["duplicates"], counts["near_duplicates"], counts["not_counted"]) == (1, 2, 1)
    assert counted == {"a.jpg", "b.jpg", "c.jpg", "d.jpg"}
    assert result.summary is not None
    assert result.summary.pool.hairs == 12


def test_each_picture_counts_once_if_the_user_asks(photos: Path) -> None:
    score(photos)
    lines = (photos.parent / "out" / "results.jsonl").read_bytes()
    result = score(photos, once=True, resume=True)  # a finished run is counted again
    assert (photos.parent / "out" / "results.jsonl").read_bytes() == lines
    *_, counts, counted = outputs(photos)
    assert (counts["near_duplicates"], counts["not_counted"]) == (2, 3)
    assert counted == {"c.jpg", "d.jpg"}
    assert result.summary is not None
    assert result.summary.pool.hairs == 6


def test_a_stopped_run_finds_the_same_copies(photos: Path) -> None:
    score(photos)
    results = photos.parent / "out" / "results.jsonl"
    whole = results.read_bytes()
    results.write_bytes(b"".join(whole.splitlines(keepends=True)[:2]))
    score(photos, resume=True)
    assert results.read_bytes() == whole
