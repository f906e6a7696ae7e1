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
    hair = {"root": "telogen", "root_xy": [50, 40], "shaft_px": 10.0, "root_in_photo": True}
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
