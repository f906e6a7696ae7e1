import cv2
import numpy as np
import pytest

from data.render import labels
from data.render.painter.backdrops import BACKDROPS
from data.render.painter.brush import brush_hair
from data.render.painter.camera import encode, finish
from data.render.painter.deformed_clubs import deformed_club
from data.render.painter.scene import ROOTS, TIPS, sample_hairs, sample_light
from data.render.painter.shapes import FIGURES, Figure, ribbon
from data.render.painter.strokes import PaintedHair


def painted(
    root: Figure, tip: Figure, below: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """A dark hair 10 px wide from (80, 60) to (220, 60) on a pale ground."""
    canvas = np.full((120, 260, 3), 0.7, np.float32)
    mask = np.zeros((120, 260), np.uint8)
    line = np.stack([np.linspace(80, 220, 40), np.full(40, 60.0)], axis=1)
    dark, pale = np.full(3, 0.03), np.full(3, 0.6)
    hair = PaintedHair(line, 10.0, root, tip, dark, pale, pale, 0.5, 0.0, 2.0, 1)
    far = brush_hair(canvas, mask, hair, sample_light(np.random.default_rng(0), below))
    return canvas, mask, far


@pytest.mark.parametrize("kind", list(FIGURES))
def test_an_end_is_painted_and_marked(kind: str) -> None:
    canvas, mask, far = painted(FIGURES[kind](np.random.default_rng(2)), Figure())
    assert mask[60, 190] == labels.SHAFT
    assert canvas[60, 190].mean() < 0.4
    assert mask[60, 235] == labels.BACKGROUND
    bulb = np.isin(mask, (labels.BULB, labels.SHEATHED_BULB)).sum()
    assert (bulb > 20) == (kind.startswith(("club", "anagen")))
    assert np.isfinite(canvas).all()
    if bulb:
        assert far[0] < 80


def test_a_shaft_is_as_wide_as_its_truth_says() -> None:
    _, mask, _ = painted(Figure(), Figure())
    assert (mask[:, 150] == labels.SHAFT).sum() == pytest.approx(10, abs=1)
    line = np.stack([np.linspace(0, 9, 10), np.zeros(10)], axis=1)
    assert np.ptp(ribbon(line, np.full(10, 4.0))[:, 1]) == pytest.approx(4)


def test_a_dark_hair_holds_back_the_light_from_below() -> None:
    canvas, mask, _ = painted(FIGURES["club"](np.random.default_rng(2)), Figure(), below=True)
    bulb = mask == labels.BULB
    assert canvas[60, 190].mean() < 0.2
    assert 1.3 * canvas[60, 190].mean() < canvas[bulb].mean() < 0.7  # a pale bulb lets it through
    np.testing.assert_allclose(canvas[10, 10], 0.7)


def test_a_deformed_club_is_no_ellipse() -> None:
    """Its outline and its best ellipse differ by over a twentieth of its area."""
    for seed in range(60):
        outline = np.round(40 * deformed_club(np.random.default_rng(seed)) + 100).astype(np.int32)
        filled, ellipse = np.zeros((2, 320, 420), np.uint8)
        cv2.fillPoly(filled, [outline], 1)
        ys, xs = np.nonzero(filled)
        spread = np.linalg.eigh(np.cov(np.stack([xs, ys])))
        half = 2 * np.sqrt(spread.eigenvalues)
        angle = np.degrees(np.arctan2(*spread.eigenvectors[::-1, 1]))
        centre = (float(xs.mean()), float(ys.mean()))
        box = (centre, (2 * half[1], 2 * half[0]), float(angle))
        cv2.ellipse(ellipse, box, 1, cv2.FILLED)
        assert (filled != ellipse).sum() > filled.sum() / 20


def test_kinds_are_those_of_the_other_makers() -> None:
    assert ROOTS.keys() == FIGURES.keys()
    assert TIPS.keys() < FIGURES.keys()
    hairs = sample_hairs("pieces", (900, 700), 10.0, np.random.default_rng(1))
    assert len(hairs) >= 8
    assert {s.label for s in hairs} == {"telogen", "misshapen", "bare"}


@pytest.mark.parametrize("kind", list(BACKDROPS))
def test_grounds_are_reflectances(kind: str) -> None:
    made = BACKDROPS[kind]((90, 120), 40.0, np.random.default_rng(0))
    assert made.shape == (90, 120, 3)
    assert made.min() >= 0
    assert made.max() < 1


def test_the_camera_makes_a_jpeg() -> None:
    raw = encode(*finish(np.full((64, 80, 3), 0.4, np.float32), np.random.default_rng(0)))
    assert raw.startswith(b"\xff\xd8\xff")
