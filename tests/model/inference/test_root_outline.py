"""The outline of a root: from a hand-drawn map of parts to pixels of the photo."""

import numpy as np
import pytest

from data.strands.strand import End, EndState
from model.inference.root_outline import root_outline
from model.networks.parts import PARTS

ROOT, SHEATH = PARTS.index("root"), PARTS.index("sheath")
END = End(500.0, 300.0, 0.0, EndState.VISIBLE)


def map_with(part: int, columns: slice, rows: slice = slice(15, 21)) -> np.ndarray:
    """Background, and ``part`` in a block of cells, each 4 x 4 pixels of the crop."""
    parts = np.zeros((len(PARTS), 36, 60), np.float32)
    parts[0] = 1.0
    parts[0, rows, columns], parts[part, rows, columns] = 0.0, 1.0
    return parts


def test_a_block_at_the_end_has_its_place_in_the_photo() -> None:
    # Columns 30 to 35 are crop pixels 120 to 143: 0 to 23 right of the end, at 12 px a shaft.
    outline = root_outline(map_with(ROOT, slice(30, 36)), END, shaft_px=6.0)
    assert outline is not None
    x, y = np.array(outline).T
    assert (x.min(), x.max()) == pytest.approx((500, 512), abs=1.1)
    assert (y.min(), y.max()) == pytest.approx((294, 306), abs=1.1)


def test_the_outline_turns_with_the_end() -> None:
    down = End(500.0, 300.0, np.pi / 2, EndState.VISIBLE)
    outline = root_outline(map_with(SHEATH, slice(30, 36)), down, shaft_px=12.0)
    assert outline is not None
    x, y = np.array(outline).T
    assert (y.min(), y.max()) == pytest.approx((300, 324), abs=2.1)
    assert (x.min(), x.max()) == pytest.approx((488, 512), abs=2.1)


@pytest.mark.parametrize(
    "parts",
    [
        map_with(PARTS.index("shaft"), slice(0, 30)),
        map_with(ROOT, slice(50, 56)),  # of another hair
        map_with(ROOT, slice(30, 31), slice(17, 18)),  # a speck
    ],
)
def test_no_outline_without_a_root_at_the_end(parts: np.ndarray) -> None:
    assert root_outline(parts, END, shaft_px=6.0) is None
