"""Batch runs: every photo exactly once, with any files among them."""

import json
import logging
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image

import model.report
from data.errors import ErrorCode, ShedlightError
from data.images.photo import Photo
from data.scale.request import AUTO, ScaleRequest
from model.report import PhotoReport, Status
from model.share.summary import Summary
from serve.batch import BatchRequest, BatchResult, Overlays, score_batch
from serve.batch.run_folder import begin_run
from serve.errors import CommandError
from serve.inputs.photo_files import PhotoWalk
from serve.scoring.interfaces import PhotoScorer
from tests.helpers.hostile_files import bad_files, encoded, scene
from tests.helpers.serve.fake_scorer import FakeScorer

SCHEMA = Path(model.report.__file__).parent / "schema" / "shedlight-1.json"
SCORER = FakeScorer(telogen=2, misshapen=1, unsure=1)


def save(path: Path, raw: bytes | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(scene()) if raw is None else raw)
    return path


def photo_of_width(width: int) -> bytes:
    return encoded(scene(width, 240))


def lines(out: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    check = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    for row in rows:
        check.validate(row)
    return rows


def score(paths: Sequence[Path], out: Path, scorer: PhotoScorer = SCORER) -> BatchResult:
    return score_batch(BatchRequest(tuple(paths), out), scorer)


def pooled(result: BatchResult) -> Summary:
    assert result.summary is not None
    return result.summary.pool


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_each_photo_becomes_one_line_in_order(tmp_path: Path, out: Path) -> None:
    photos = tmp_path / "photos"
    for number in range(3):
        save(photos / f"{number}.jpg", photo_of_width(300 + number))
    progress: list[tuple[int, int]] = []
    result = score_batch(
        BatchRequest((photos,), out), SCORER, on_photo=lambda *done: progress.append(done)
    )
    rows = lines(out)
    assert [row["photo"] for row in rows] == ["0.jpg", "1.jpg", "2.jpg"]
    assert [row["width"] for row in rows] == [300, 301, 302]
    assert progress == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert (pooled(result).telogen, pooled(result).unsure) == (6, 3)
    assert result.exit_status == 0


def test_a_line_is_on_disk_before_the_next_photo_starts(tmp_path: Path, out: Path) -> None:
    for number in range(3):
        save(tmp_path / f"{number}.jpg", photo_of_width(300 + number))
    counts: list[int] = []
    request = BatchRequest((tmp_path,), out)
    score_batch(request, SCORER, on_photo=lambda *_: counts.append(len(lines(out))))
    assert counts == [0, 1, 2, 3]


def test_the_same_bytes_again_count_once(tmp_path: Path, out: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        save(tmp_path / name, photo_of_width(400 if name == "b.jpg" else 300))
    result = score([tmp_path], out)
    rows = lines(out)
    assert [row.get("duplicate_of") for row in rows] == [None, None, "a.jpg"]
    assert rows[2]["hairs"] == rows[0]["hairs"]
    assert (pooled(result).hairs, result.statuses[Status.SCORED]) == (8, 3)


def test_bad_files_take_their_place_among_good_ones(tmp_path: Path, out: Path) -> None:
    given = [
        save(tmp_path / "a.jpg"),
        save(tmp_path / "text.jpg", b"hello"),
        save(tmp_path / "deleted.jpg"),
        save(tmp_path / "empty.png", b""),
    ]
    begin_run(BatchRequest(tuple(given), out), SCORER.model, PhotoWalk(given))
    (tmp_path / "deleted.jpg").unlink()
    result = score_batch(BatchRequest(tuple(given), out, resume=True), SCORER)
    rows = lines(out)
    found = [(row["photo"], row["status"], (row["error"] or {}).get("code")) for row in rows]
    assert found == [
        ("a.jpg", "scored", None),
        ("text.jpg", "rejected", "not_an_image"),
        ("deleted.jpg", "rejected", "unreadable_file"),
        ("empty.png", "rejected", "empty_file"),
    ]
    assert [row["sha256"] is None for row in rows] == [False, False, True, True]
    assert result.exit_status == 2


def test_every_known_kind_of_bad_file_becomes_a_line(tmp_path: Path, out: Path) -> None:
    photos = tmp_path / "photos"
    for number in range(8):
        save(photos / f"{number}.jpg", photo_of_width(300 + number % 4))
    expected = {}
    for bad in bad_files():
        save(photos / f"bad {bad.name}.jpg", bad.raw)
        expected[f"bad {bad.name}.jpg"] = bad.code.value
    result = score([photos], out)
    rows = lines(out)
    assert [row["photo"] for row in rows] == sorted([*expected, *(f"{n}.jpg" for n in range(8))])
    assert {row["photo"]: row["error"]["code"] for row in rows if row["error"]} == expected
    assert [row["photo"] for row in rows if "duplicate_of" in row] == [
        f"{n}.jpg" for n in range(4, 8)
    ]
    assert result.exit_status == 2
    assert result.summary is not None
    assert result.summary.errors == Counter(expected.values())
    assert (result.summary.duplicates, pooled(result).hairs) == (4, 16)


def test_an_internal_error_fails_one_photo_and_is_logged(
    tmp_path: Path, out: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Tripping(FakeScorer):
        def score(
            self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
        ) -> PhotoReport:
            if photo.width == 301:
                raise ZeroDivisionError("over and out")
            return super().score(photo, roots_in_view, scale)

    for number in range(3):
        save(tmp_path / f"{number}.jpg", photo_of_width(300 + number))
    with caplog.at_level(logging.ERROR):
        result = score([tmp_path], out, Tripping())
    rows = lines(out)
    assert [row["status"] for row in rows] == ["scored", "failed", "scored"]
    assert rows[1]["error"]["code"] == "internal"
    assert rows[1]["sha256"] is not None
    assert "over and out" not in (out / "results.jsonl").read_text()
    assert "ZeroDivisionError: over and out" in caplog.text
    assert result.exit_status == 2


def test_a_known_error_keeps_its_code(tmp_path: Path, out: Path) -> None:
    refusing = FakeScorer(fault=ShedlightError(ErrorCode.MODEL_REFUSED))
    result = score([save(tmp_path / "a.jpg")], out, refusing)
    assert lines(out)[0]["error"]["code"] == "model_refused"
    assert (result.statuses[Status.FAILED], result.exit_status) == (1, 1)


def test_roots_in_view_reaches_the_scorer(tmp_path: Path, out: Path) -> None:
    photo = save(tmp_path / "a.jpg")
    heeding = FakeScorer(telogen=3, misshapen=0, unsure=0, heeds_roots_in_view=True)
    for roots_in_view, telogen in ((False, 0), (True, 3)):
        request = BatchRequest((photo,), out / str(roots_in_view), roots_in_view)
        assert pooled(score_batch(request, heeding)).telogen == telogen


def test_overlays_carry_the_whole_name_and_are_not_scored_again(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    for name in ("sub/a.png", "sub/a.jpg", "no.jpg"):
        raw = b"hello" if name == "no.jpg" else encoded(scene(), name[-3:].replace("jpg", "jpeg"))
        save(photos / name, raw)
    for _ in range(2):  # the second run finds the overlays of the first
        request = BatchRequest((photos,), photos / "out", resume=True)
        assert score_batch(request, SCORER).photos == 3
        (photos / "out/run/settings.json").unlink()
        (photos / "out/results.jsonl").unlink()
    drawn = sorted(file.name for file in (photos / "out/overlays/sub").iterdir())
    assert drawn == ["a.jpg.jpg", "a.png.jpg"]
    with Image.open(photos / "out/overlays/sub/a.jpg.jpg") as overlay:
        assert overlay.width == 320


def test_overlays_can_be_left_out(tmp_path: Path, out: Path) -> None:
    score_batch(BatchRequest((save(tmp_path / "a.jpg"),), out, overlays=Overlays.NONE), SCORER)
    assert not (out / "overlays").exists()


def test_overlays_can_be_limited_to_uncertain_photos(tmp_path: Path, out: Path) -> None:
    photo = save(tmp_path / "a.jpg")
    for unsure in (0, 1):
        request = BatchRequest((photo,), out / str(unsure), overlays=Overlays.UNCERTAIN)
        score_batch(request, FakeScorer(telogen=2, unsure=unsure))
        assert (out / str(unsure) / "overlays" / "a.jpg.jpg").exists() == (unsure > 0)


def test_a_picture_that_cannot_be_written_costs_no_result(
    tmp_path: Path, out: Path, caplog: pytest.LogCaptureFixture
) -> None:
    photo = save(tmp_path / "a.jpg")
    save(out / "overlays", b"a file where the folder should be")
    score([photo], out)
    assert lines(out)[0]["status"] == "scored"
    assert "overlay" in caplog.text


def test_photos_without_hairs_are_no_error(tmp_path: Path, out: Path) -> None:
    bald = FakeScorer(telogen=0, misshapen=0, unsure=0)
    result = score([save(tmp_path / "a.jpg")], out, bald)
    assert lines(out)[0]["status"] == "no_hairs"
    assert not (out / "overlays").exists()
    assert result.exit_status == 0


def test_an_empty_batch_scores_nothing(tmp_path: Path, out: Path) -> None:
    result = score([], out)
    assert (result.photos, result.exit_status, result.stopped) == (0, 1, False)
    assert lines(out) == []


def test_a_run_that_found_no_photos_is_replaced(tmp_path: Path, out: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "photos").mkdir()
    save(tmp_path / "photos" / "a.jpg")
    assert score_batch(BatchRequest((tmp_path / "empty",), out), SCORER).photos == 0
    assert score_batch(BatchRequest((tmp_path / "photos",), out), SCORER).photos == 1
    assert [row["photo"] for row in lines(out)] == ["a.jpg"]
    with pytest.raises(CommandError):
        score_batch(BatchRequest((tmp_path / "empty",), out), SCORER)


def test_a_stopped_run_leaves_whole_lines(tmp_path: Path, out: Path) -> None:
    for number in range(3):
        save(tmp_path / f"{number}.jpg", photo_of_width(300 + number))

    def stop_at_second(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    result = score_batch(BatchRequest((tmp_path,), out), SCORER, on_photo=stop_at_second)
    assert [row["photo"] for row in lines(out)] == ["0.jpg", "1.jpg"]
    assert result.stopped
    assert result.statuses.total() == 2
    assert result.summary is None


@pytest.mark.skipif(os.name != "posix", reason="file names of any bytes")
def test_file_names_of_any_bytes_are_written(tmp_path: Path, out: Path) -> None:
    name = os.fsdecode(b"\xff\xfe.jpg")
    save(tmp_path / "photos" / name)
    score([tmp_path / "photos"], out)
    assert lines(out)[0]["photo"] == name


def test_a_path_without_a_file_is_named_and_nothing_is_written(tmp_path: Path, out: Path) -> None:
    with pytest.raises(CommandError, match=r"phtos"):
        score([save(tmp_path / "a.jpg"), tmp_path / "phtos"], out)
    assert not out.exists()


def test_an_output_folder_that_cannot_be_written_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="a file"):
        score([save(tmp_path / "a.jpg")], save(tmp_path / "a file"))
