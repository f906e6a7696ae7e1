import numpy as np
import pytest

from data.images.photo import Photo
from data.strands.strand import End, EndState, Strand
from data.strands.width import UNMEASURED_ERROR, measure_strands
from tests.helpers.width_meters import NoShaft, Reads

PHOTO = Photo(np.full((200, 400, 3), 200, np.uint8), "0" * 64)


def strand(shaft_px: float = 5.0, length_px: float = 300.0) -> Strand:
    path = np.column_stack(
        [np.arange(50.0, 51 + length_px, 5), np.full(int(length_px / 5) + 1, 90)]
    )
    one, other = (End(*path[k].tolist(), np.pi * k, EndState.VISIBLE) for k in (0, -1))
    return Strand(path, shaft_px, (one, other), contrast=-50.0)


def test_a_strand_and_its_ends_get_the_width_that_is_read() -> None:
    (measured,) = measure_strands(PHOTO, [strand()], Reads(8.0))
    assert measured.shaft_px == 8.0
    assert measured.shaft_px_error == pytest.approx(8.0 * 0.05)
    assert [end.shaft_px for end in measured.ends] == [8.0, 8.0]
    assert [end.shaft_px_error for end in measured.ends] == pytest.approx([0.4, 0.4])


def test_a_path_beside_the_shaft_is_moved_onto_it() -> None:
    (measured,) = measure_strands(PHOTO, [strand(length_px=150)], Reads(5.0, offset_px=2.0))
    # Both strips look along the strand from a different end, so their sides are opposite.
    assert measured.path[0, 1] == pytest.approx(92.0, abs=0.1)
    assert measured.path[-1, 1] == pytest.approx(88.0, abs=0.1)


def test_without_a_shaft_to_be_seen_the_guess_stays_with_a_large_error() -> None:
    (measured,) = measure_strands(PHOTO, [strand()], NoShaft())
    assert measured.shaft_px == 5.0
    assert measured.shaft_px_error == UNMEASURED_ERROR * 5.0
    assert measured.ends == strand().ends


def test_no_strands_are_no_work() -> None:
    assert measure_strands(PHOTO, [], NoShaft()) == []
