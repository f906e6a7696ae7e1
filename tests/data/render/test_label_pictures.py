import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from data.render import labels
from data.render.labels import LABEL_NAMES, write_labels
from data.render.legible import captures
from data.render.luxcore import plan
from data.render.makers import MakerName, find_maker
from data.render.painter import scene
from data.render.volume import dataset as volume
from training.datasets.annotations import load_annotations

SMALL = ((240, 180),)
NEEDS = {"mitsuba": "mitsuba", "luxcore": "pyluxcore"}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every maker makes pictures of 240 x 180 pixels."""
    monkeypatch.setattr(scene, "SIZES", SMALL)
    monkeypatch.setattr(plan, "SIZES", SMALL)
    monkeypatch.setattr(volume, "SIZES", SMALL)
    for name, capture in captures.CAPTURES.items():
        made = captures.Regime(**{**vars(capture), "sizes_px": SMALL})
        monkeypatch.setitem(captures.CAPTURES, name, made)


def test_a_label_picture_has_a_value_for_each_name(tmp_path: Path) -> None:
    drawn = np.arange(8, dtype=np.uint8).reshape(2, 4)
    assert write_labels(tmp_path, "a.jpg", drawn) == "masks/a.png"
    read = cv2.imread(str(tmp_path / "masks/a.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(read, drawn)
    assert LABEL_NAMES[labels.SHEATHED_BULB] == "sheathed_bulb"


@pytest.mark.parametrize(
    ("maker", "capture"),
    [("mitsuba", "roots"), ("luxcore", "tray"), ("painter", "pieces"), ("volume", "pieces")],
)
@pytest.mark.usefixtures("small")
def test_a_maker_marks_the_pixels_of_its_hairs(
    maker: MakerName, capture: str, tmp_path: Path
) -> None:
    if maker in NEEDS:
        pytest.importorskip(NEEDS[maker]) if maker == "mitsuba" else _skip_without(NEEDS[maker])
    find_maker(maker)(tmp_path, 2, 4, None, [capture])
    hits, looked = 0, 0
    for photo in load_annotations(tmp_path):
        mask = _mask_of(tmp_path, photo.name)
        assert mask.shape == (photo.height, photo.width)
        assert cv2.imread(str(tmp_path / "photos" / photo.name)).shape[:2] == mask.shape
        for hair in photo.hairs:
            middle = hair.line[len(hair.line) // 2]
            if photo.contains(middle):
                looked += 1
                hits += mask[int(middle[1]), int(middle[0])] in (
                    labels.SHAFT,
                    labels.SHEATHED_SHAFT,
                )
    assert looked >= 3
    assert hits >= 0.8 * looked  # a hair may lie over another's root


@pytest.mark.parametrize("maker", ["painter", "volume"])
@pytest.mark.usefixtures("small")
def test_a_stopped_run_is_resumed(maker: MakerName, tmp_path: Path) -> None:
    paint = find_maker(maker)
    paint(tmp_path, 1, 5)
    first = (tmp_path / "photos").glob("*").__next__()
    made = first.stat().st_mtime_ns
    paint(tmp_path, 2, 5)
    assert first.stat().st_mtime_ns == made
    assert len(load_annotations(tmp_path)) == 2


@pytest.mark.parametrize("maker", ["painter", "volume"])
def test_an_unknown_capture_is_refused(maker: MakerName, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown capture"):
        find_maker(maker)(tmp_path, 1, 0, None, ["nowhere"])


def _skip_without(package: str) -> None:
    """Looks for a package without importing it into this process."""
    import importlib.util

    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")


def _mask_of(folder: Path, photo: str) -> np.ndarray:  # type: ignore[type-arg]
    lines = [json.loads(line) for line in (folder / "truth.jsonl").read_text().splitlines()]
    relative = next(line["mask"] for line in lines if line["photo"] == photo)
    return np.asarray(cv2.imread(str(folder / relative), cv2.IMREAD_UNCHANGED))
