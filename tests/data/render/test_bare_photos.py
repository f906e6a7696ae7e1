import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from data.images.read import read_photo_file
from data.render import bare_photos as bare_ground
from data.render.backgrounds.photographs import is_held_out
from data.render.bare_photos import photograph_bare_grounds
from training.datasets.annotations import load_annotations

RNG = np.random.default_rng(0)


@pytest.fixture
def grounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six small pictures, of which 0 and 4 are held out; photos are small too."""
    monkeypatch.setattr(bare_ground, "SIZES_PX", ((280, 210),))
    folder = tmp_path / "grounds"
    folder.mkdir()
    for k in range(6):
        picture = RNG.integers(60, 200, (48, 64, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / f"{k}.jpg"), picture)
    return folder


def test_every_held_out_ground_takes_its_turn_and_no_other(tmp_path: Path, grounds: Path) -> None:
    photograph_bare_grounds(tmp_path / "out", 4, 7, grounds)
    lines = [json.loads(line) for line in (tmp_path / "out" / "truth.jsonl").open()]
    assert [line["background"] for line in lines] == ["photo:0.jpg", "photo:4.jpg"] * 2
    assert is_held_out("0.jpg")
    assert is_held_out("4.jpg")


def test_the_truth_is_that_of_a_hair_free_render(tmp_path: Path, grounds: Path) -> None:
    photograph_bare_grounds(tmp_path / "out", 3, 7, grounds)
    truths = load_annotations(tmp_path / "out")
    assert len({truth.name for truth in truths}) == 3
    for truth in truths:
        photo = read_photo_file(tmp_path / "out" / "photos" / truth.name)
        assert (photo.width, photo.height) == (truth.width, truth.height)
        assert sorted((photo.width, photo.height)) == [210, 280]
        assert truth.hairs == ()
        assert len(truth.clutter) == 0


def test_photos_do_not_depend_on_the_count(tmp_path: Path, grounds: Path) -> None:
    for name, count in (("a", 1), ("b", 3)):
        photograph_bare_grounds(tmp_path / name, count, 7, grounds)
    first, again = (
        (tmp_path / n / "photos" / "bare_ground_7_00000.jpg").read_bytes() for n in "ab"
    )
    assert first == again
    photos = [path.read_bytes() for path in (tmp_path / "b" / "photos").iterdir()]
    assert len(set(photos)) == 3


def test_a_stopped_run_is_taken_up(tmp_path: Path, grounds: Path) -> None:
    photograph_bare_grounds(tmp_path / "out", 2, 7, grounds)
    photo = tmp_path / "out" / "photos" / "bare_ground_7_00000.jpg"
    photo.write_bytes(b"existing")
    reported: list[tuple[int, int]] = []
    photograph_bare_grounds(
        tmp_path / "out", 3, 7, grounds, progress=lambda *done: reported.append(done)
    )
    assert photo.read_bytes() == b"existing"
    assert reported == [(1, 3), (2, 3), (3, 3)]
    assert len(load_annotations(tmp_path / "out")) == 3


def test_the_ground_is_mirrored_past_its_borders_not_smeared(
    tmp_path: Path, grounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A 320 x 240 photo of a 64 x 48 picture: at most 2.5 x 2.5 enlarged, so 2 to 5 repeats across.
    # Smeared borders would leave neighbours along one direction equal over half of the photo.
    monkeypatch.setattr(bare_ground, "ENLARGED", 1.0)
    light = bare_ground._piece(grounds / "0.jpg", (320, 240), np.random.default_rng(1)).astype(
        float
    )
    assert light.shape == (240, 320, 3)
    parts = [light[y : y + 60, x : x + 80] for y in range(0, 240, 60) for x in range(0, 320, 80)]
    spreads = [min(np.abs(np.diff(part, axis=a)).mean() for a in (0, 1)) for part in parts]
    assert min(spreads) > 0.5 * max(spreads)


def test_grounds_to_train_on_are_the_others_and_often_marked(tmp_path: Path, grounds: Path) -> None:
    photograph_bare_grounds(tmp_path / "out", 12, 7, grounds, to_train=True)
    lines = [json.loads(line) for line in (tmp_path / "out" / "truth.jsonl").open()]
    used = {line["background"].removeprefix("photo:") for line in lines}
    assert used == {"1.jpg", "2.jpg", "3.jpg", "5.jpg"}
    assert not any(map(is_held_out, used))
    marked = [line["decor"] for line in lines if line["decor"]]
    assert 3 <= len(marked) < 12


@pytest.mark.parametrize("shape", [(30, 60, 3), (60, 30, 3)])
def test_marks_cover_some_of_the_ground_and_leave_the_rest(shape: tuple[int, int, int]) -> None:
    plain = np.full(shape, 140, np.uint8)
    marked = bare_ground._marked(plain, "grid", np.random.default_rng(3))
    assert marked.shape == shape
    changed = (marked != plain).any(axis=2)
    assert 0 < changed.mean() < 0.9


def test_a_folder_without_a_held_out_ground_is_refused(tmp_path: Path, grounds: Path) -> None:
    for name in ("0.jpg", "4.jpg"):
        (grounds / name).unlink()
    with pytest.raises(ValueError, match="no usable ground"):
        photograph_bare_grounds(tmp_path / "out", 1, 7, grounds)
    assert not (tmp_path / "out").exists()
