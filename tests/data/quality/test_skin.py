import numpy as np
import pytest

from data.images.photo import Photo
from data.quality import assess
from data.quality.skin import grouped_share, grow_in_skin, skin_share
from data.strands.strand import End, EndState, Strand

SKIN = (130, 150, 205)  # blue, green, red


def photo(colour: tuple[int, int, int]) -> Photo:
    pixels = np.full((400, 600, 3), colour, np.uint8)
    pixels[:, :60] = 0  # the rim of a round field of view
    return Photo(pixels, "0" * 64)


def strand(x: float, y: float, confidence: float = 0.6) -> Strand:
    path = np.column_stack([np.linspace(x, x + 60, 12), np.linspace(y, y + 30, 12)])
    one, other = (End(*path[k].tolist(), 0.0, EndState.VISIBLE) for k in (0, -1))
    return Strand(path, 5.0, (one, other), -60.0, confidence=confidence)


PAIRS = [strand(x + shift, y) for x in (80, 240, 400) for y in (50, 300) for shift in (0, 8)]
APART = [strand(x, y) for x in (80, 240, 400) for y in (40, 120, 220, 320)]


def test_shares_of_skin_and_of_grouped_ends() -> None:
    assert skin_share(photo(SKIN)) == 1
    assert skin_share(photo((235, 235, 235))) == skin_share(photo((200, 120, 60))) == 0
    assert grouped_share(PAIRS) == 1
    assert grouped_share(APART) == grouped_share([]) == 0


def test_hairs_in_skin_are_reported_in_place_of_no_hairs() -> None:
    assert grow_in_skin(photo(SKIN), PAIRS, [True] * 12)
    codes = [finding.code for finding in assess(photo(SKIN), [], [], in_skin=True)]
    assert "hairs_in_skin" in codes
    assert "no_hairs_seen" not in codes


@pytest.mark.parametrize(
    ("colour", "strands", "dropped"),
    [
        (SKIN, PAIRS, 8),  # read on a palm
        (SKIN, APART, 12),  # threads on a palm
        (SKIN, PAIRS[:8], 8),
        (SKIN, [strand(s.path[0, 0], s.path[0, 1], 0.4) for s in PAIRS], 12),
        ((235, 235, 235), PAIRS, 12),
    ],
)
def test_other_photos_are_not_of_hairs_in_skin(
    colour: tuple[int, int, int], strands: list[Strand], dropped: int
) -> None:
    gone = [k < dropped for k in range(len(strands))]
    assert not grow_in_skin(photo(colour), strands, gone)
