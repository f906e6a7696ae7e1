import cv2
import numpy as np
import pytest

from data.render import labels
from data.render.legibility import with_legibility


def seen(mask: np.ndarray, shade: int, **changes: object) -> dict[str, float]:  # type: ignore[type-arg]
    picture = np.full((*mask.shape, 3), 200, np.uint8)
    picture[mask != labels.BACKGROUND] = shade
    ok, raw = cv2.imencode(".png", picture)
    assert ok
    hair = {
        **{"root": "telogen", "root_xy": [50, 40], "shaft_px": 10.0, "root_in_photo": True},
        "polyline": [[50, 40], [140, 40]],
    }
    line = with_legibility({"hairs": [{**hair, **changes}]}, raw.tobytes(), mask)
    return line["hairs"][0]  # type: ignore[no-any-return]


@pytest.fixture
def mask() -> np.ndarray:  # type: ignore[type-arg]
    """A shaft 10 px wide that ends at (50, 40) in a bulb of 20 x 20 px."""
    made = np.zeros((80, 160), np.uint8)
    made[35:45, 50:140] = labels.SHAFT
    made[30:50, 30:50] = labels.BULB
    return made


def test_a_root_in_view_has_its_area_and_contrast(mask: np.ndarray) -> None:  # type: ignore[type-arg]
    hair = seen(mask, 40)
    assert hair["root_area"] == pytest.approx(4.0)
    assert hair["root_contrast"] > 50
    assert seen(mask, 198)["root_contrast"] < 2


def test_a_covered_root_has_no_area(mask: np.ndarray) -> None:  # type: ignore[type-arg]
    mask[:, 20:60] = labels.OTHER
    assert seen(mask, 40)["root_area"] == 0
    assert seen(mask, 40, root_in_photo=False)["root_area"] == 0


def test_another_root_nearby_does_not_count(mask: np.ndarray) -> None:  # type: ignore[type-arg]
    mask[60:75, 40:60] = labels.BULB
    assert seen(mask, 40)["root_area"] == pytest.approx(4.0)


def test_a_bare_end_is_seen_by_its_shaft(mask: np.ndarray) -> None:  # type: ignore[type-arg]
    mask[30:50, 30:50] = labels.BACKGROUND
    hair = seen(mask, 40, root="bare")
    assert 0.5 < hair["root_area"] < 1.2
    assert hair["root_contrast"] > 50


def ellipse(half: tuple[int, int], turn_deg: float) -> np.ndarray:  # type: ignore[type-arg]
    """A shaft 10 px wide that ends at (50, 40) in an ellipse about (30, 40)."""
    made = np.zeros((80, 160), np.uint8)
    made[35:45, 50:140] = labels.SHAFT
    cv2.ellipse(made, (30, 40), half, turn_deg, 0, 360, labels.BULB, cv2.FILLED)
    return made


def test_an_ellipse_has_no_flaw_and_a_square_has_corners(mask: np.ndarray) -> None:  # type: ignore[type-arg]
    assert seen(ellipse((20, 14), 0), 40)["root_flaw"] < 0.03
    # Of a square beside the circle of the same spread (radius 0.577 sides): four corners and the
    # segments beyond three sides; those at the neck do not count.
    assert 0.1 < seen(mask, 40)["root_flaw"] < 0.2
    bitten = ellipse((20, 14), 0)
    bitten[22:36, 20:32] = labels.BACKGROUND
    assert seen(bitten, 40)["root_flaw"] > 0.12


def test_a_sheath_counts_in_its_own_flaw_alone() -> None:
    sheathed = ellipse((20, 14), 0)
    sheathed[50:70, 34:48] = labels.SHEATH
    hair = seen(sheathed, 40)
    assert hair["root_flaw"] < 0.06
    assert hair["sheathed_flaw"] > 0.2
    assert seen(ellipse((20, 14), 0), 40)["sheathed_flaw"] < 0.03


@pytest.mark.parametrize("turn_deg", [0, 40, 140])
def test_a_bulb_is_bent_as_far_as_its_long_axis_is_turned(turn_deg: int) -> None:
    expected = min(turn_deg, 180 - turn_deg)
    assert seen(ellipse((24, 14), turn_deg), 40)["root_bend_deg"] == pytest.approx(expected, abs=3)
    assert seen(ellipse((15, 14), turn_deg), 40)["root_bend_deg"] == 0


def test_no_outline_is_stated_for_a_bare_or_hidden_root(mask: np.ndarray) -> None:  # type: ignore[type-arg]
    assert "root_flaw" not in seen(mask, 40, root="bare")
    assert "root_flaw" not in seen(mask, 40, root_in_photo=False)
    mask[:, 20:60] = labels.OTHER
    assert "root_flaw" not in seen(mask, 40)
