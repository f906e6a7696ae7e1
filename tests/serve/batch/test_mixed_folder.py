"""A folder of files of twenty kinds: every file is accounted for, also after kills."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest

from model.report import Status
from serve.batch import BatchRequest, Overlays, score_batch
from serve.batch.validate import format_problems
from tests.helpers.batch.mixed_folder import KINDS, Expected, files_in, make_mixed_folder
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.serve.batch.test_resume import ROOT, contents, lines_in

COUNT = int(os.environ.get("MIXED_FILES", "5000"))
"""Files of the slow test."""
pytest.importorskip("pi_heif", reason="needs the extra heic")


def check(out: Path, folder: Path, expected: Expected) -> None:
    """The lines, the tables and the summary agree, and every file is in one of the counts."""
    summary = json.loads((out / "summary.json").read_text())
    photos, errors, left_out = (summary[name] for name in ("photos", "errors", "left_out"))
    assert lines_in(out) == photos["all"] == expected.photos
    assert (photos["scored"], photos["failed"], photos["no_hairs"]) == (expected.scored, 0, 0)
    assert errors == dict(expected.errors)
    assert photos["rejected"] == expected.errors.total()
    assert photos["all"] == sum(photos[status.value] for status in Status)
    assert photos["duplicates"] == expected.duplicates
    assert photos["skipped"] == expected.skipped
    assert left_out.pop("linked_folders_searched") == expected.linked_folders
    assert left_out.pop("linked_folders_left_out") == 0
    assert {reason: count for reason, count in left_out.items() if count} == expected.left_out
    total = photos["all"] + photos["skipped"] + sum(left_out.values())
    assert total == files_in(folder)
    table = (out / "photos.csv").read_text("utf-8").splitlines()
    assert len(table) == photos["all"] + 1
    assert list(format_problems(out / "results.jsonl")) == []


def test_every_file_is_accounted_for(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    expected = make_mixed_folder(folder, 2 * KINDS)
    assert files_in(folder) == 2 * KINDS
    score_batch(BatchRequest((folder,), tmp_path / "out", overlays=Overlays.NONE), FakeScorer())
    check(tmp_path / "out", folder, expected)


def start(folder: Path, out: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.helpers.batch.slow_batch", "score", folder, "--out"]
    return subprocess.Popen(
        [*command, out, "--resume", "--workers", "2", "--overlays", "none"],
        cwd=ROOT,
        env={**os.environ, "PHOTO_S": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


@pytest.mark.slow
def test_a_run_on_a_large_mixed_folder_is_killed_twenty_times(tmp_path: Path) -> None:
    folder, rng = tmp_path / "photos", random.Random(20)
    expected = make_mixed_folder(folder, COUNT)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    first = start(folder, whole)
    while lines_in(whole) < 5 and first.poll() is None:
        sleep(0.1)
    second = start(folder, whole)  # while the first goes on
    _, refusal = second.communicate(timeout=300)
    assert (second.returncode, first.poll()) == (1, None)
    assert str(whole).encode() in refusal
    assert first.wait(3600) == 2
    check(whole, folder, expected)
    counts = [0]
    for _ in range(20):
        target = min(expected.photos, counts[-1] + rng.randrange(expected.photos // 10 + 1))
        process = start(folder, killed)
        while lines_in(killed) < target and process.poll() is None:
            sleep(0.02)
        sleep(rng.uniform(0, 0.3))
        process.kill()
        process.communicate()
        counts.append(lines_in(killed))
    assert len(set(counts)) > 5, "all kills came too early or too late"
    assert start(folder, killed).wait(3600) == 2
    assert contents(killed) == contents(whole)
    shutil.rmtree(folder)
