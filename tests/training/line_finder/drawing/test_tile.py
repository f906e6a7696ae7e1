from pathlib import Path

import cv2
import numpy as np
import pytest

from training.line_finder.drawing import tile
from training.line_finder.drawing.hair import TileLight, paint_on_tile
from training.line_finder.drawing.tile import paint_tile

SIZE = 72
PLAIN_LIGHT = TileLight(away=np.zeros(2), softness=0.1, shadow=0.0, noise=0.01, blur_px=0.8)


def test_the_same_generator_gives_the_same_tile() -> None:
    first, truth = paint_tile(np.random.default_rng(3), SIZE)
    second, again = paint_tile(np.random.default_rng(3), SIZE)

    assert np.array_equal(first, second)
    assert [h.line.tolist() for h in truth.hairs] == [h.line.tolist() for h in again.hairs]


def test_tiles_differ_and_some_are_hairless() -> None:
    tiles = [paint_tile(np.random.default_rng(seed), SIZE) for seed in range(24)]

    assert len({pixels.tobytes() for pixels, _ in tiles}) == len(tiles)
    assert 1 <= sum(not truth.hairs for _, truth in tiles) <= 12


def test_annotations_are_dense_lines_from_root_to_tip() -> None:
    hairs = [
        h for seed in range(12) for h in paint_tile(np.random.default_rng(seed), SIZE)[1].hairs
    ]

    assert len(hairs) > 12
    for hair in hairs:
        assert np.linalg.norm(np.diff(hair.line, axis=0), axis=1).max() <= 4.001
        assert np.allclose(hair.line[0], hair.root_tip_xy)
        assert np.allclose(hair.line[-1], hair.tip_xy)
        assert hair.root_in_photo == bool(((hair.root_xy >= 0) & (hair.root_xy < SIZE)).all())
        assert tile.MIN_SHAFT_PX * 0.6 < hair.shaft_px < tile.MAX_SHAFT_PX * 1.4


def test_hairs_lie_under_their_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    changed, elsewhere = [], []
    for seed in range(12):
        pixels, truth = paint_tile(np.random.default_rng(seed), SIZE)
        with monkeypatch.context() as patch:
            patch.setattr(tile, "_paint_hairs", lambda *_: [])
            bare, _ = paint_tile(np.random.default_rng(seed), SIZE)
        change = np.abs(pixels.astype(float) - bare).max(axis=2)
        lines = [line[truth.contains(line)].astype(int) for line in (h.line for h in truth.hairs)]
        near = np.zeros((SIZE, SIZE), np.uint8)
        for line, hair in zip(lines, truth.hairs, strict=True):
            changed += [np.median(change[line[:, 1], line[:, 0]])] if len(line) > 4 else []
            near[line[:, 1], line[:, 0]] = 1
            near = cv2.dilate(near, np.ones((3, 3))) if hair.shaft_px > 2 else near
        far = change[cv2.dilate(near, np.ones((41, 41))) == 0]
        elsewhere += [np.median(far)] if far.size else []

    assert len(changed) > 12
    assert np.median(changed) > 15
    assert np.median(elsewhere) < 5


@pytest.mark.parametrize("middle", [40.0, 40.5])
def test_a_straight_hair_darkens_its_own_rows(middle: float) -> None:
    """A hair of 6 px along y = 40 darkens rows 37 to 42, pixel 37 reaching from 37 to 38."""
    across = []
    for seed in range(30):
        canvas = np.full((80, 80, 3), 0.6, np.float32)
        line = np.column_stack([np.arange(-30, 110, 0.9), np.full(156, middle)])
        rng = np.random.default_rng(seed)
        hair = paint_on_tile(canvas, rng, line, 6.0, np.full(3, 0.03), PLAIN_LIGHT)
        shaft = hair.line[hair.line[:, 0] > 20]
        assert np.allclose(shaft[:, 1], middle)
        change = np.abs(canvas[:, 20:] - 0.6).sum(axis=(1, 2))
        across.append(change / change.sum())

    mean = np.mean(across, axis=0)
    assert (mean * (np.arange(80) + 0.5)).sum() == pytest.approx(middle, abs=0.15)
    assert mean[36:44].sum() > 0.9


def test_photographed_backgrounds_are_used(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    cv2.imwrite(str(path), np.full((200, 200, 3), (20, 20, 220), np.uint8))

    tiles = [paint_tile(np.random.default_rng(seed), SIZE, [path])[0] for seed in range(12)]

    red = [np.median(each[..., 2]) > 2 * np.median(each[..., 0]) + 20 for each in tiles]
    assert sum(red) >= 2


def test_an_unreadable_background_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "no.png"
    path.write_bytes(b"no picture")

    def paint_some() -> None:
        for seed in range(20):
            paint_tile(np.random.default_rng(seed), SIZE, [path])

    with pytest.raises(ValueError, match="not a readable picture"):
        paint_some()
