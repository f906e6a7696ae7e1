"""A hair of 8 px at 10 um a pixel is 80 um wide."""

from dataclasses import replace

import numpy as np
import pytest

from data.scale.scale import Scale, ScaleSource, uniform_scale
from model.measures.measure import SHARED_WIDTH_ERROR, measure_strand, measure_strands
from tests.helpers.model.hairs import OUT, strand

TEN_UM = uniform_scale(ScaleSource.TYPED, 0.01, 0.02)
STRAND = replace(strand(), shaft_px_error=0.4)


def test_width_and_length_by_a_uniform_scale() -> None:
    measures = measure_strand(STRAND, TEN_UM)
    assert measures.width_um == 80.0
    own, of_scale = 0.05 * np.sqrt(2), 0.02
    error = np.linalg.norm([own, of_scale, SHARED_WIDTH_ERROR])
    assert measures.width_um_error == pytest.approx(80 * error, abs=0.05)
    assert measures.length_mm == 1.0  # 100 px
    assert measures.scale_error == 0.02


def test_the_ends_count_into_the_length() -> None:
    one, other = STRAND.ends
    longer = replace(STRAND, ends=(replace(one, x=10.0), other))
    assert measure_strand(longer, TEN_UM).length_mm == pytest.approx(1.1)


def test_a_hair_that_leaves_the_photo_has_no_length() -> None:
    measures = measure_strand(replace(strand(second=OUT), shaft_px_error=0.4), TEN_UM)
    assert measures.length_mm is None
    assert measures.visible_mm == 1.0


def test_each_hair_gets_the_scale_at_its_place() -> None:
    """Along x millimetres grow as on a table that tilts away; level hairs at two heights."""
    tilted = Scale(ScaleSource.CARD, np.array([[0.01, 0, 0], [0, 0.01, 0], [0, -0.002, 1.0]]))
    paths = [STRAND.path, STRAND.path + np.array([0, 100])]
    widths = [measure_strand(replace(STRAND, path=path), tilted).width_um for path in paths]
    # y = 50: w = 0.9, y = 150: w = 0.7; across the hair mm grow by 1 / w^2
    assert widths == pytest.approx([80 / 0.9**2, 80 / 0.7**2], rel=1e-3)


def test_a_shaft_that_was_not_measured_has_no_width() -> None:
    unmeasured = replace(strand(), shaft_px_error=4.0)
    assert measure_strand(unmeasured, TEN_UM).width_um is None
    assert measure_strand(strand(), TEN_UM).width_um is None


@pytest.mark.parametrize("mm_per_px", [0.001, 0.03])
def test_hairs_of_no_hairs_width_refute_the_scale(mm_per_px: float) -> None:
    scale = uniform_scale(ScaleSource.TYPED, mm_per_px, 0.01)
    measures, problem = measure_strands([STRAND] * 3, scale)
    assert not measures
    assert problem is not None
    assert (problem.code, problem.values["width_um"]) == (
        "scale_implausible",
        round(8000 * mm_per_px),
    )


def test_one_thing_of_no_hairs_width_among_hairs_has_no_width() -> None:
    measures, problem = measure_strands([STRAND, STRAND, replace(STRAND, shaft_px=25.0)], TEN_UM)
    assert problem is None
    assert [each.width_um for each in measures] == [80.0, 80.0, None]
