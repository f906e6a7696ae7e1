"""``shedlight explain``: a picture of each stage shows what the stage found."""

import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import model.inference.line_finder
import serve.cli.main
from data.errors import ErrorCode, ShedlightError
from data.images.photo import Photo
from data.strands.crop import crop_end
from data.strands.line_map import LineMap
from data.strands.strand import End, EndState, Strand
from model.inference.line_finder import StrandFinder
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import EndScores
from model.scorer import Scorer
from serve.drawing.explain import Stages, draw_crops, draw_stages, explain_file, find_stages
from serve.drawing.stages import ENDS, PICTURE_PX, draw_lines, draw_strands, screen_sized
from tests.helpers.drawn_photos import draw, ground, photo
from tests.helpers.line_maps import CELL_PX, line_map
from tests.helpers.width_meters import NoShaft

PICTURES = [
    "1_photo.jpg",
    "2_lines.png",
    "3_widths.png",
    "4_curves.png",
    "5_strands.png",
    "6_crops.png",
    "7_hairs.jpg",
]
HAIRS = [((60, 80), (560, 200)), ((-20, 300), (400, 380))]
"""The second one leaves the photo at the left."""
READING = EndScores(EndProbabilities(0.9, 0.05, 0.03, 0.02), 0.3)


class DrawnLines:
    """Returns a map of the drawn hairs."""

    def predict(self, photo: Photo, shrink: float = 1.0) -> LineMap:
        drawn = line_map(HAIRS, 6, photo.height, photo.width)
        for line in HAIRS:
            stop = tuple(round(x / CELL_PX) for x in line[1])
            cv2.circle(drawn.end, stop, 2, 1.0, -1)
        return drawn


def picture() -> Photo:
    pixels = ground()
    for line in HAIRS:
        draw(pixels, line, 6)
    return photo(pixels)


@pytest.fixture(scope="module")
def stages() -> Stages:
    return find_stages(picture(), Scorer.shipped(), StrandFinder(DrawnLines(), NoShaft()))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(picture().pixels[:, :, ::-1]).save(path)
    return path


def explain(monkeypatch: pytest.MonkeyPatch, file: Path, out: Path) -> int | str | None:
    monkeypatch.setattr(model.inference.line_finder, "shipped_line_detector", DrawnLines)
    monkeypatch.setattr(sys, "argv", ["shedlight", "explain", str(file), "--out", str(out)])
    with pytest.raises(SystemExit) as caught:
        serve.cli.main.main()
    return caught.value.code


def test_the_command_writes_every_picture(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = file.parent / "new" / "out"
    assert explain(monkeypatch, file, out) in (None, 0)
    assert sorted(path.name for path in out.iterdir()) == PICTURES
    assert [Path(line).name for line in capsys.readouterr().out.splitlines()] == PICTURES
    for path in out.iterdir():
        with Image.open(path) as shown:
            shown.load()


def test_a_bad_file_is_one_sentence_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, out = tmp_path / "bad.jpg", tmp_path / "out"
    bad.write_text("hello")
    assert explain(monkeypatch, bad, out) == 1
    assert capsys.readouterr().err == f"{ShedlightError(ErrorCode.NOT_AN_IMAGE).message}\n"
    assert not out.exists()


def test_sheets_of_an_earlier_photo_are_deleted(file: Path) -> None:
    stale, own = file.parent / "6_crops_2.png", file.parent / "notes.txt"
    stale.touch()
    own.touch()
    scorer = Scorer.shipped()
    written = explain_file(file, file.parent, scorer, StrandFinder(DrawnLines(), NoShaft()))
    assert [path.name for path in written] == PICTURES
    assert own.exists()
    assert not stale.exists()


def test_the_stages_belong_to_the_photo(stages: Stages) -> None:
    assert len(stages.joined) == len(stages.strands) == len(stages.scores) == len(HAIRS)
    assert len(stages.pieces) >= len(stages.joined)
    states = sorted(end.state for strand in stages.strands for end in strand.ends)
    assert states == ["out_of_photo", "visible", "visible", "visible"]
    seen = [ends[k] is not None for ends in stages.scores for k in (0, 1)]
    assert sum(seen) == states.count(EndState.VISIBLE)
    found = {id(strand) for strand in stages.strands}
    assert {id(hair.strand) for hair in stages.report.hairs} <= found


def test_the_first_picture_is_the_photo(stages: Stages) -> None:
    shown = np.asarray(draw_stages(stages)["1_photo.jpg"])
    assert (shown[:, :, ::-1] == stages.photo.pixels).all()


def test_pictures_of_a_large_photo_are_reduced() -> None:
    assert screen_sized(np.zeros((2000, 4000, 3), np.uint8)).shape == (800, PICTURE_PX, 3)
    assert screen_sized(np.zeros((200, 300, 3), np.uint8)).shape == (200, 300, 3)


def test_centre_lines_are_white_and_ends_orange(stages: Stages) -> None:
    shown = np.asarray(draw_lines(stages.photo, stages.lines), int)
    assert shown[140, 310].min() > 200
    red, green, blue = shown[200, 560]
    assert red > green > blue + 50
    assert shown[20, 20].max() < 90


def test_ends_are_marked_by_their_state(stages: Stages) -> None:
    shown = np.asarray(draw_strands(stages.photo, stages.lines, stages.joined, stages.strands))
    for strand in stages.strands:
        for end in strand.ends:
            left, top = max(0, round(end.x) - 12), max(0, round(end.y) - 12)
            near = shown[top : top + 25, left : left + 25]
            present = {state for state, style in ENDS.items() if has_colour(near, style.colour)}
            assert present == {end.state}


def test_tangled_strands_have_a_rim(stages: Stages) -> None:
    (first, *_) = stages.strands
    purple = (204, 121, 167)
    for tangled in (False, True):
        strand = Strand(first.path, first.shaft_px, first.ends, first.contrast, tangled)
        shown = draw_strands(stages.photo, stages.lines, [], [strand])
        assert has_colour(np.asarray(shown)[: stages.photo.height], purple) == tangled


def has_colour(pixels: NDArray[np.uint8], colour: tuple[int, int, int]) -> bool:
    return bool((pixels == colour).all(axis=2).any())


@pytest.mark.parametrize(("ends", "sheets"), [(0, 1), (1, 1), (48, 1), (49, 2)])
def test_crops_fill_several_sheets(ends: int, sheets: int) -> None:
    drawn = draw_crops(picture(), level_strands(ends), [(READING, None)] * ends, [])
    assert len(drawn) == sheets
    assert all(max(sheet.size) <= PICTURE_PX for sheet in drawn)
    assert all(np.ptp(np.asarray(sheet)) > 0 for sheet in drawn)


def test_a_sheet_shows_the_input_of_the_network(stages: Stages) -> None:
    (sheet,) = draw_crops(stages.photo, stages.strands, stages.scores, stages.report.hairs)
    index = 0 if stages.scores[0][0] else 1
    crop = crop_end(stages.photo, stages.strands[0], index).pixels
    assert (np.asarray(sheet)[8:152, 8:248, ::-1] == crop).all()


def level_strands(count: int) -> Sequence[Strand]:
    path = np.array([[x, 240.0] for x in range(100, 301, 10)])
    ends = End(100, 240, np.pi, EndState.VISIBLE), End(300, 240, 0.0, EndState.HIDDEN)
    return [Strand(path, 6.0, ends, -80.0)] * count
