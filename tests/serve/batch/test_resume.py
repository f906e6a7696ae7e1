"""Runs that were stopped or killed, and continued."""

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from time import sleep

import pytest

from data.images.photo import ReadLimits
from data.io.jsonl import JsonLinesError
from model.report import ModelName
from serve.batch import BatchRequest, BatchResult, Overlays, score_batch
from serve.errors import CommandError
from tests.helpers.hostile_files import bad_files, encoded, scene
from tests.helpers.serve.fake_scorer import FakeScorer

ROOT = Path(__file__).parents[3]
SCORER = FakeScorer(telogen=2, misshapen=1, unsure=1)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.jpg").write_bytes(encoded(scene(300 + number % 4, 240)))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder by name."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def stop_after(count: int, request: BatchRequest) -> BatchResult:
    def stop(done: int, _: int) -> None:
        if done == count:
            raise KeyboardInterrupt

    return score_batch(request, SCORER, on_photo=stop)


@pytest.mark.parametrize("torn", [b"", b'{"schema": "shedlight/1", "pho', b"\x00" * 3_000_000])
def test_an_interrupted_run_ends_like_an_uninterrupted_one(
    photos: Path, tmp_path: Path, torn: bytes
) -> None:
    score_batch(BatchRequest((photos,), tmp_path / "whole"), SCORER)
    request = BatchRequest((photos,), tmp_path / "cut", resume=True)
    assert stop_after(2, request).stopped
    with (request.out / "results.jsonl").open("ab") as results:
        results.write(torn)
    (photos / "0a.jpg").write_bytes(encoded(scene()))  # added later: not in this run
    progress: list[int] = []
    result = score_batch(request, SCORER, on_photo=lambda done, _: progress.append(done))
    assert progress == [2, 3, 4, 5]
    assert result.statuses.total() == 5
    assert contents(request.out) == contents(tmp_path / "whole")
    last = json.loads((request.out / "results.jsonl").read_text().splitlines()[-1])
    assert (last["photo"], last["duplicate_of"]) == ("4.jpg", "0.jpg")


def test_a_photo_that_is_deleted_before_its_turn_is_rejected(photos: Path, tmp_path: Path) -> None:
    request = BatchRequest((photos,), tmp_path / "out", resume=True)
    stop_after(2, request)
    (photos / "3.jpg").unlink()
    score_batch(request, SCORER)
    lines = [json.loads(line) for line in (request.out / "results.jsonl").read_text().splitlines()]
    assert [line["status"] for line in lines] == ["scored"] * 3 + ["rejected", "scored"]


def test_another_run_is_not_touched(photos: Path, tmp_path: Path) -> None:
    request = BatchRequest((photos,), tmp_path / "out")
    stop_after(1, request)
    before = contents(request.out)
    again = replace(request, resume=True)
    other = replace(SCORER, model=ModelName("other", "1", "1" * 64, "nothing"))
    for refused, scorer, words in (
        (request, SCORER, "--resume"),
        (replace(again, paths=(tmp_path,)), SCORER, "other photos"),
        (replace(again, roots_in_view=True), SCORER, "--roots-in-view"),
        (replace(again, overlays=Overlays.NONE), SCORER, "--overlays"),
        (replace(again, limits=ReadLimits(max_pixels=1)), SCORER, "limits"),
        (again, other, "weights"),
    ):
        with pytest.raises(CommandError, match=words):
            score_batch(refused, scorer)
    assert contents(request.out) == before


def test_results_without_a_run_folder_are_not_touched(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_text("mine\n")
    for resume in (False, True):
        with pytest.raises(CommandError, match="results"):
            score_batch(BatchRequest((photos,), tmp_path, resume=resume), SCORER)
    assert (tmp_path / "results.jsonl").read_text() == "mine\n"


@pytest.mark.parametrize("others", [[], ["1.jpg"], [f"{n}.jpg" for n in (0, 1, 2, 3, 4, 0)]])
def test_lines_of_another_run_are_not_continued(
    photos: Path, tmp_path: Path, others: list[str]
) -> None:
    request = BatchRequest((photos,), tmp_path / "out", resume=True)
    score_batch(request, SCORER)
    results = request.out / "results.jsonl"
    lines = {json.loads(line)["photo"]: line for line in results.read_text().splitlines()}
    text = "".join(lines[name] + "\n" for name in others) or "[]\n"
    results.write_text(text)
    with pytest.raises((JsonLinesError, CommandError), match=f"line {max(1, len(others))}: "):
        score_batch(request, SCORER)
    assert results.read_text() == text


def start_batch(photos: Path, out: Path) -> subprocess.Popen[bytes]:
    """The command with ``--resume``."""
    command = [
        sys.executable,
        "-m",
        "tests.helpers.batch.slow_batch",
        "score",
        photos,
        "--out",
        out,
    ]
    return subprocess.Popen(
        [*command, "--resume", "--workers", "2"], cwd=ROOT, stdout=subprocess.DEVNULL
    )


def lines_in(out: Path) -> int:
    results = out / "results.jsonl"
    return results.read_bytes().count(b"\n") if results.exists() else 0


def kill_at_line(photos: Path, out: Path, lines: int, and_s: float) -> int:
    """Kills a run ``and_s`` seconds after its line number ``lines``; returns the line count."""
    process = start_batch(photos, out)
    while lines_in(out) < lines and process.poll() is None:
        sleep(0.01)
    sleep(and_s)
    process.kill()
    process.wait()
    return lines_in(out)


def kill_often(tmp_path: Path, count: int, kills: int) -> list[int]:
    """Kills a run of ``count`` photos at random moments from start to end, continues it, and
    compares the output with that of a whole run; returns the number of lines after each kill."""
    photos, rng, out = tmp_path / "many", random.Random(kills), tmp_path / "killed"
    photos.mkdir()
    for number in range(count):
        (photos / f"{number:03}.jpg").write_bytes(encoded(scene(300 + number % 40, 240)))
    for bad in bad_files()[: count // 4]:
        (photos / f"{bad.name}.jpg").write_bytes(bad.raw)
    assert start_batch(photos, tmp_path / "whole").wait(120) == 2
    lines, total = [0], lines_in(tmp_path / "whole")
    for _ in range(kills):  # while it starts, scores, and makes its tables
        target = min(total, lines[-1] + rng.randrange(2 * total // kills + 1))
        lines.append(kill_at_line(photos, out, target, rng.uniform(0, 0.3)))
    assert start_batch(photos, out).wait(120) == 2
    assert contents(out) == contents(tmp_path / "whole")
    return lines


def test_a_run_killed_twice_ends_like_an_uninterrupted_one(tmp_path: Path) -> None:
    lines = kill_often(tmp_path, 16, kills=2)
    assert len(set(lines)) > 1, "all kills came too early or too late"


@pytest.mark.slow
def test_a_run_killed_twenty_times_ends_like_an_uninterrupted_one(tmp_path: Path) -> None:
    lines = kill_often(tmp_path, 240, kills=20)
    assert len(set(lines)) > 5, "all kills came too early or too late"


def test_a_second_process_cannot_continue_a_run_that_goes_on(photos: Path, tmp_path: Path) -> None:
    request = BatchRequest((photos,), tmp_path / "out", resume=True)
    refused = 0

    def try_again(done: int, _: int) -> None:
        nonlocal refused
        if done == 2:
            command = [sys.executable, "-c", "from serve.cli.main import main; main()", "score"]
            command += [str(photos), "--out", str(request.out), "--workers", "1"]
            for more in ([], ["--resume"]):
                ended = subprocess.run([*command, *more], cwd=ROOT, capture_output=True, text=True)
                assert ended.returncode == 1
                assert ended.stderr.startswith(str(request.out))
                assert ended.stderr.strip().count("\n") == 0
                refused += 1

    score_batch(request, SCORER, on_photo=try_again)
    assert refused == 2
    assert len((request.out / "results.jsonl").read_text().splitlines()) == 5
    score_batch(request, SCORER)  # the lock is free again
