import numpy as np
import pytest

from data.strands.find import find_strands
from data.strands.line_map import LineMap
from data.strands.strand import EndState, Strand
from tests.helpers.drawn_photos import draw, ground, photo
from tests.helpers.line_maps import Points, line_map
from tests.helpers.width_meters import NoShaft

SHAFT_PX = 6.0


def found(*hairs: Points, shaft_px: float = SHAFT_PX) -> list[Strand]:
    """The strands of a photo of some hairs, where the map is a perfect one."""
    pixels = ground()
    for hair in hairs:
        draw(pixels, hair, shaft_px)
    return find_strands(photo(pixels), line_map(hairs, shaft_px), NoShaft())


def ends(strand: Strand) -> list[tuple[float, float]]:
    return sorted((end.x, end.y) for end in strand.ends)


def test_a_line_is_one_strand_with_ends_width_and_contrast() -> None:
    (strand,) = found([(100, 120), (540, 330)])
    assert strand.shaft_px == SHAFT_PX
    assert np.array(ends(strand)) == pytest.approx(np.array([(100, 120), (540, 330)]), abs=5)
    assert strand.contrast < -100
    assert [end.state for end in strand.ends] == [EndState.VISIBLE] * 2


def test_outward_directions_point_away_from_the_shaft() -> None:
    (strand,) = found([(100, 200), (500, 200)])
    for end in strand.ends:
        assert np.cos(end.direction) == pytest.approx(-1 if end.x < 300 else 1, abs=0.05)


def test_crossing_lines_stay_two() -> None:
    crossing = found([(80, 100), (560, 380)], [(90, 390), (550, 80)])
    assert sorted(ends(strand)[0][1] for strand in crossing) == pytest.approx([100, 390], abs=8)
    assert not any(strand.tangled for strand in crossing)


def test_a_loop_is_followed_through_its_own_crossing() -> None:
    t = np.linspace(-1.35, 1.35, 120)
    x, y = 150 + 250 * t**2, 240 + 150 * (t**3 - t)  # crosses itself at t = -1 and 1
    (strand,) = found([(float(a), float(b)) for a, b in zip(x, y, strict=True)])
    length_px = np.hypot(np.diff(x), np.diff(y)).sum()
    assert strand.length_px == pytest.approx(length_px, rel=0.03)


def test_two_lines_in_a_row_stay_two() -> None:
    assert len(found([(80, 240), (300, 240)], [(340, 240), (560, 240)])) == 2


def test_a_line_cut_by_the_border_ends_out_of_the_photo() -> None:
    (strand,) = found([(-40, 200), (400, 240)])
    assert {end.state for end in strand.ends if end.x < 50} == {EndState.OUT_OF_PHOTO}


def test_the_end_lies_at_the_maps_end_beyond_the_line() -> None:
    lines = line_map([[(100, 240), (400, 240)]], 8, ends=[(430, 242)])
    (strand,) = find_strands(photo(ground()), lines, NoShaft())
    assert ends(strand)[1] == pytest.approx((430, 242), abs=1)
    assert strand.path[:, 0].max() == pytest.approx(430, abs=1)


def test_an_end_under_another_hair_is_hidden() -> None:
    across = found([(330, 240), (560, 240)], [(320, 40), (320, 440)], shaft_px=14)
    touching = [end for strand in across for end in strand.ends if abs(end.y - 240) < 20]
    assert EndState.HIDDEN in {end.state for end in touching if end.x < 400}


def test_an_end_in_the_map_on_another_hair_is_not_hidden() -> None:
    hairs: list[Points] = [[(330, 240), (560, 240)], [(320, 40), (320, 440)]]
    strands = find_strands(photo(ground()), line_map(hairs, 14, ends=[(324, 240)]), NoShaft())
    on_other = [end for s in strands for end in s.ends if abs(end.y - 240) < 20 and end.x < 400]
    assert [end.state for end in on_other] == [EndState.VISIBLE]


def test_an_end_hidden_in_a_heap_makes_its_hair_tangled() -> None:
    heap: list[Points] = [[(290 + 8 * k, 100), (295 + 8 * k, 380)] for k in range(6)]
    strands = found([(305, 240), (560, 250)], *heap)
    (lone,) = [strand for strand in strands if max(end.x for end in strand.ends) > 500]
    assert lone.tangled
    assert EndState.HIDDEN in {end.state for end in lone.ends}


def test_a_blank_map_holds_no_strand() -> None:
    assert found() == []


def test_path_points_are_at_most_ten_pixels_apart() -> None:
    (strand,) = found([(100, 120), (540, 330)], shaft_px=24)
    assert np.linalg.norm(np.diff(strand.path, axis=0), axis=1).max() <= 10


def test_a_wide_hair_is_one_strand_of_a_coarser_map_not_its_edges() -> None:
    pixels = ground()
    draw(pixels, [(80, 240), (560, 240)], 40)
    draw(pixels, [(300, 60), (340, 160)], 6)
    edges = line_map([[(60, 222), (580, 222)], [(80, 258), (560, 258)], [(300, 60), (340, 160)]], 6)
    whole = line_map([[(20, 60), (140, 60)]], 10, 120, 160)  # a quarter of the size
    coarser = LineMap(whole.by_direction, 4 * whole.width_px, whole.end, 4 * whole.cell_px)
    taken = photo(pixels)
    assert len(find_strands(taken, edges, NoShaft())) == 3
    widths = [s.shaft_px for s in find_strands(taken, edges, NoShaft(), [coarser])]
    assert widths == [40, 6]


def test_a_thin_line_of_a_coarser_map_is_left_to_the_finer_one() -> None:
    lines = line_map([[(100, 120), (540, 330)]], 6)
    strands = find_strands(photo(ground()), line_map([], 6), NoShaft(), [lines])
    assert strands == []


def test_a_stub_of_six_widths_is_a_strand_and_one_of_four_is_none() -> None:
    assert len(found([(200, 240), (320, 240)], shaft_px=20)) == 1
    assert found([(200, 240), (280, 240)], shaft_px=20) == []
