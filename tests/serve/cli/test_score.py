"""``shedlight score`` on a terminal."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from PIL import Image

from data.errors import ErrorCode, ShedlightError
from data.texts.catalogue import texts_in
from model.scorer import Scorer
from tests.helpers.heic_files import ORIENTATION_1
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.command_line import ROOT, OwnThreads, run
from tests.helpers.serve.fake_scorer import FakeScorer


@pytest.fixture(autouse=True)
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scorer, "shipped", FakeScorer)
    monkeypatch.setattr("serve.batch.local_engine.WorkerPool", OwnThreads)
    monkeypatch.setenv("COLUMNS", "160")


class TestScore:
    def test_a_good_folder(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        out = photos.parent / "out"
        assert run(monkeypatch, "score", photos, "--out", out) == 0
        printed = capsys.readouterr().out
        for part in (
            "good.jpg",
            "22",
            "19",
            texts_in("en")("answer.verdict.mostly.telogen"),
            "results.jsonl",
            "shedlight glossary",
        ):
            assert part in printed
        assert json.loads((out / "results.jsonl").read_text())["photo"] == "good.jpg"
        assert (out / "overlays" / "good.jpg.jpg").exists()

    def test_a_stated_scale_gives_widths_in_every_output(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """The fake scorer's hairs are 6 px wide: 72 um at 12 um a pixel."""
        out = photos.parent / "out"
        assert run(monkeypatch, "score", photos, "--out", out, "--scale", "12um") == 0
        assert "72 µm" in capsys.readouterr().out
        (photo,) = csv.DictReader((out / "photos.csv").open())
        assert (photo["scale"], photo["width_median_um"], photo["widths"]) == (
            "typed",
            "72.0",
            "22",
        )
        hairs = list(csv.DictReader((out / "hairs.csv").open()))
        assert {hair["width_um"] for hair in hairs} == {"72.0"}
        assert {hair["length_mm"] for hair in hairs} == {""}  # they leave the photo
        pool = json.loads((out / "summary.json").read_text())["pool"]
        assert pool["measures"]["median_um"] == 72.0
        assert texts_in("en")("report.measures.title") in (out / "report.html").read_text("utf-8")
        assert run(monkeypatch, "score", photos, "--out", out / "2", "--scale", "1 inch") == 1

    def test_the_verdict_and_the_report_are_in_another_language(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        german = texts_in("de")
        out, verdict = photos.parent / "out", german("answer.verdict.mostly.telogen")
        (photos / "empty.jpg").touch()
        (photos / "notes.txt").touch()
        assert run(monkeypatch, "score", photos, "--out", out, "--language", "de") == 2
        printed = " ".join(capsys.readouterr().out.split())
        for text in (verdict, german("cli.table.photo"), german("cli.skipped", count=1)):
            assert text in printed
        for error in (german("error.empty_file"), german("label.status.rejected")):
            assert error in (out / "report.html").read_text("utf-8")
        assert verdict in (out / "report.html").read_text("utf-8")
        assert run(monkeypatch, "score", photos, "--out", out / "2", "--language", "xx") == 1
        assert "'xx'" in capsys.readouterr().err

    def test_rows_of_a_list_without_a_photo_are_printed(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        (photos / "groups.csv").write_text("Photo;Person\nGOOD.jpg;x\nlost one.jpg;y\n")
        assert run(monkeypatch, "score", photos, "--out", photos.parent / "out") == 0
        printed = capsys.readouterr().out
        assert "row 3: lost one.jpg" in printed
        assert "row 2:" not in printed

    def test_the_finding_of_a_copy_is_printed_beside_its_original(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """The fake scorer finds the same hairs, and that they are blurred, in every photo."""
        with Image.open(photos / "good.jpg") as image:
            image.save(photos / "second.jpg", quality=60)
        assert run(monkeypatch, "score", photos, "--out", photos.parent / "out") == 0
        printed = " ".join(capsys.readouterr().out.replace("\u2502", "").split())
        texts = texts_in("en")
        assert texts("cli.copy", name="good.jpg") in printed
        assert printed.count(texts("finding.blurred", part=3, count=22)[:12]) >= 2

    def test_a_bad_photo_among_good_ones(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        (photos / "bad.jpg").write_text("hello")
        (photos / "notes.txt").write_text("hello")
        assert run(monkeypatch, "score", photos, "--out", photos.parent / "out") == 2
        printed = capsys.readouterr().out
        assert ShedlightError(ErrorCode.NOT_AN_IMAGE).message in printed
        assert "1 other file" in printed

    def test_earlier_results_and_system_folders_are_left_out_and_counted(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        assert run(monkeypatch, "score", photos, "--out", photos / "out") == 0
        (photos / "@eaDir").mkdir()
        (photos / "@eaDir" / "good.jpg").write_bytes((photos / "good.jpg").read_bytes())
        (photos / "round").symlink_to(photos, target_is_directory=True)
        capsys.readouterr()
        assert run(monkeypatch, "score", photos, "--out", photos / "out2") == 0
        printed = capsys.readouterr().out
        for part in ("1 picture of", "1 file in", "1 linked folder was not"):
            assert part in printed
        summary = json.loads((photos / "out2" / "summary.json").read_text())
        assert summary["photos"]["all"] == 1
        assert summary["left_out"] == {
            "earlier_results": 1,
            "system_folders": 1,
            "hidden_folders": 0,
            "linked_folders_searched": 0,
            "linked_folders_left_out": 1,
        }

    def test_no_photo_can_be_scored(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        out = tmp_path / "out"
        (tmp_path / "photos").mkdir()
        (tmp_path / "empty.jpg").touch()
        assert run(monkeypatch, "score", tmp_path / "empty.jpg", "--out", out) == 1
        assert ShedlightError(ErrorCode.EMPTY_FILE).message in capsys.readouterr().out
        assert run(monkeypatch, "score", tmp_path / "photos", "--out", tmp_path / "other") == 1
        assert "no photos" in capsys.readouterr().out

    def test_flags_reach_the_batch(self, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        heeding = FakeScorer(heeds_roots_in_view=True)
        monkeypatch.setattr(Scorer, "shipped", lambda: heeding)
        out = photos.parent / "out"
        flags = ("--roots-in-view", "--overlays", "none", "--workers", 2)
        run(monkeypatch, "score", photos, "--out", out, *flags)
        assert json.loads((out / "results.jsonl").read_text())["summary"]["telogen"] == 19
        assert not (out / "overlays").exists()

    def test_a_zip_is_scored(
        self, photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shutil.make_archive(str(photos), "zip", photos)
        out = photos.parent / "out"
        assert run(monkeypatch, "score", f"{photos}.zip", "--out", out) == 0
        assert json.loads((out / "results.jsonl").read_text())["photo"] == "good.jpg"
        broken = photos.parent / "broken.zip"
        broken.write_bytes(b"PK")
        assert run(monkeypatch, "score", broken, "--out", photos.parent / "other") == 1
        assert "broken.zip" in capsys.readouterr().err
        assert not (photos.parent / "other").exists()

    def test_limits_of_photos_can_be_set(
        self, photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Image.new("RGB", (1200, 900)).save(photos / "large.jpg")
        photos.joinpath("photo.heic").write_bytes(ORIENTATION_1)
        out = photos.parent / "out"
        run(monkeypatch, "score", photos, "--out", out, "--max-megapixels", 1, "--no-heic")
        lines = map(json.loads, (out / "results.jsonl").read_text().splitlines())
        errors = {line["photo"]: line["error"] and line["error"]["code"] for line in lines}
        assert errors == {
            "good.jpg": None,
            "large.jpg": ErrorCode.TOO_MANY_PIXELS,
            "photo.heic": ErrorCode.HEIC_DISABLED,
        }
        again = run(monkeypatch, "score", photos, "--out", out, "--resume")
        assert again == 1
        assert "limits" in capsys.readouterr().err

    def test_limits_that_memory_does_not_hold_are_refused(
        self, photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("serve.cli.score.free_memory", lambda: 4_000_000_000)
        out = photos.parent / "out"
        many = ("score", photos, "--out", out, "--max-megapixels", 100)
        assert run(monkeypatch, *many, "--workers", 2) == 1
        assert "2.3 GB in each of 2 workers" in capsys.readouterr().err
        assert not out.exists()
        assert run(monkeypatch, *many, "--workers", 1) == 0

    @pytest.mark.parametrize(
        ("context", "act"),
        [
            ('{"shedding": "severe"}', "stop_needling"),
            ("{}", "answer_more"),
        ],
    )
    def test_a_context_adds_advice(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        context: str,
        act: str,
    ) -> None:
        out, advice = photos.parent / "out", texts_in()(f"advice.acts.{act}.title")
        assert run(monkeypatch, "score", photos, "--out", out, "--context", context) == 0
        assert advice in capsys.readouterr().out
        assert run(monkeypatch, "score", photos, "--out", out, "--resume") == 0
        assert advice not in capsys.readouterr().out

    def test_a_red_flag_comes_first(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        out, texts = photos.parent / "out", texts_in()
        flag = ("--context", '{"scalp_signs": ["pus"]}')
        assert run(monkeypatch, "score", photos, "--out", out, *flag) == 0
        printed = capsys.readouterr().out
        title = texts("advice.acts.see_doctor_soon.title")
        assert printed.index(title) < printed.index(texts("answer.verdict.mostly.telogen"))

    def test_a_malformed_context_is_one_sentence_and_nothing_is_scored(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        out = photos.parent / "out"
        for context in ('{"needle_mm": -1}', "needles", "[]"):
            assert run(monkeypatch, "score", photos, "--out", out, "--context", context) == 1
            printed = capsys.readouterr()
            assert "context" in printed.err
            assert printed.err.strip().count("\n") == 0
            assert printed.out == ""
        assert not out.exists()

    def test_control_characters_in_names_are_not_printed(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        (photos / "good.jpg").rename(photos / os.fsdecode(b"[red]\x1b[2J\xff.jpg"))
        assert run(monkeypatch, "score", photos, "--out", photos.parent / "out") == 0
        assert "[red]?[2J?.jpg" in capsys.readouterr().out

    def test_the_same_command_again_overwrites_nothing(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        command = ("score", photos, "--out", photos.parent / "out")
        assert run(monkeypatch, *command) == 0
        first = capsys.readouterr().out
        (photos / "good.jpg").unlink()
        assert run(monkeypatch, *command) == 1
        printed = capsys.readouterr()
        assert "--resume" in printed.err
        assert printed.out == ""
        assert run(monkeypatch, *command, "--resume") == 0
        assert capsys.readouterr().out == first

    def test_no_table_is_printed_for_many_photos(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        for number in range(50):
            (photos / f"{number}.jpg").write_text("hello")
        assert run(monkeypatch, "score", photos, "--out", photos.parent / "out") == 2
        printed = capsys.readouterr().out
        assert "good.jpg" not in printed
        assert "report.html" in printed

    def test_a_refused_model_is_one_sentence(
        self,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def refuse() -> Scorer:
            raise ShedlightError(ErrorCode.MODEL_REFUSED)

        monkeypatch.setattr(Scorer, "shipped", refuse)
        assert run(monkeypatch, "score", photos, "--out", photos.parent / "out") == 1
        assert capsys.readouterr().err.strip().count("\n") == 0


@pytest.mark.parametrize(
    "mixed", [["--address", "auto"], ["--engine", "ray", "--workers", "2"], ["--engine", "dask"]]
)
def test_options_of_another_engine_are_refused(
    photos: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    mixed: list[str],
) -> None:
    out = photos.parent / "out"
    assert run(monkeypatch, "score", photos, "--out", out, *mixed) == 1
    assert "--engine" in capsys.readouterr().err
    assert not out.exists()


def test_ctrl_c_finishes_the_photo_in_progress_and_prints_how_to_continue(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(encoded(scene(300 + number, 240)))
    program = """
        import os, signal
        import serve.batch.local_engine
        from model.scorer import Scorer
        from tests.helpers.serve.fake_scorer import FakeScorer
        from tests.helpers.serve.command_line import OwnThreads
        from serve.cli.main import main

        class StoppedAtSecond(FakeScorer):
            def score(self, photo, roots_in_view=False, scale=None):
                if photo.width == 301:
                    os.kill(os.getpid(), signal.SIGINT)
                return super().score(photo, roots_in_view)

        Scorer.shipped = StoppedAtSecond
        serve.batch.local_engine.WorkerPool = OwnThreads
        main()
    """
    out = tmp_path / "out"
    command = ["score", tmp_path, "--out", out, "--workers", "1"]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert done.returncode == 130
    assert "2 of 3" in done.stdout
    assert f"shedlight score {tmp_path} --out {out} --workers 1 --resume" in done.stdout
    assert "Traceback" not in done.stderr
    assert len((out / "results.jsonl").read_text().splitlines()) == 2
    assert not (out / "summary.json").exists()
