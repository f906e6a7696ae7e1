import numpy as np

from data.strands.strand import End, EndState, Strand
from data.strands.suppression import suppress_duplicates

APART_PX = 5.0


def strand(start: tuple[float, float], stop: tuple[float, float], shaft_px: float = 10) -> Strand:
    path = np.linspace(start, stop, 60)
    angle = float(np.arctan2(stop[1] - start[1], stop[0] - start[0]))
    ends = (
        End(*start, angle + np.pi, EndState.VISIBLE),
        End(*stop, angle, EndState.VISIBLE),
    )
    return Strand(path, shaft_px, ends, 0.0)


HAIR = strand((100, 200), (600, 200))


def test_a_shorter_line_inside_a_hair_is_dropped() -> None:
    edge = strand((150, 208), (500, 208), 4)
    assert suppress_duplicates([edge, HAIR], APART_PX) == [HAIR]


def test_a_certain_line_drops_a_longer_one_inside_it() -> None:
    edge = strand((50, 208), (650, 208), 4)
    assert suppress_duplicates([edge], APART_PX, certain=[HAIR]) == [HAIR]


def test_a_hair_beside_another_stays() -> None:
    beside = strand((120, 212), (580, 212))
    assert suppress_duplicates([HAIR, beside], APART_PX) == [HAIR, beside]


def test_hairs_that_cross_stay() -> None:
    across = strand((350, 50), (350, 350))
    assert suppress_duplicates([HAIR, across], APART_PX) == [HAIR, across]


def test_a_piece_of_a_bulb_goes_and_a_hair_that_starts_there_stays() -> None:
    rim = strand((590, 190), (630, 225), 6)
    away = strand((610, 210), (900, 480))
    assert suppress_duplicates([HAIR, rim, away], APART_PX) == [HAIR, away]


def test_a_line_over_two_hairs_that_is_mostly_elsewhere_stays() -> None:
    slant = strand((100, 195), (600, 280))
    assert suppress_duplicates([HAIR, slant], APART_PX) == [slant, HAIR]


def test_no_strands_no_companions() -> None:
    assert suppress_duplicates([], APART_PX) == []
