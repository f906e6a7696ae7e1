"""``shedlight check-labels``, with the shipped finder."""

from pathlib import Path

import cv2
from typer.testing import CliRunner

from serve.cli.main import app
from serve.errors import CommandError
from tests.helpers.drawn_photos import draw, ground
from tests.helpers.training.label_folders import folder


def png_of_two_hairs() -> bytes:
    pixels = ground()
    draw(pixels, [(100, 150), (540, 170)], 6)
    draw(pixels, [(100, 330), (540, 310)], 6)
    return cv2.imencode(".png", cv2.GaussianBlur(pixels, (0, 0), 0.8))[1].tobytes()


def contents(path: Path) -> dict[Path, tuple[int, bytes]]:
    return {f: (f.stat().st_mtime_ns, f.read_bytes()) for f in path.rglob("*") if f.is_file()}


def test_labels_are_summarised_drawn_and_unchanged(tmp_path: Path) -> None:
    table = b"\xef\xbb\xbfphoto;x;y;label\na.png;100;150;Sheared\na.png;540;310;no bulb\n"
    given = folder(tmp_path / "in", {"a.png": png_of_two_hairs(), "labels.csv": table})
    before = contents(given)
    done = CliRunner().invoke(app, ["check-labels", str(given), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out/labels.png").read_bytes().startswith(b"\x89PNG")
    assert contents(given) == before


def test_problems_have_their_row(tmp_path: Path) -> None:
    table = b"photo,x,y,label\na.png,100,150,Sheared\na.png,540,310,\x1b[31mklub\nno.png,1,1,club\n"
    given = folder(tmp_path / "in", {"a.png": png_of_two_hairs(), "labels.csv": table})
    done = CliRunner().invoke(app, ["check-labels", str(given)])
    assert done.exit_code == 2
    assert f"{given}/labels.csv, row 3: " in done.output
    assert f"{given}/labels.csv, row 4: " in done.output
    assert "\x1b" not in done.output


def test_without_labels_the_command_fails(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = CliRunner().invoke(app, ["check-labels", str(tmp_path / "empty"), str(tmp_path / "no")])
    assert done.exit_code == 1


def test_the_sheet_is_never_written_among_the_labels(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["check-labels", str(tmp_path), "--out", str(tmp_path / "x")])
    assert isinstance(done.exception, CommandError)
    assert not (tmp_path / "x").exists()
