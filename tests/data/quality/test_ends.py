"""Blur and contrast where the roots may be: on shafts drawn by hand."""

import cv2
import numpy as np
import pytest

from data.images.photo import Photo
from data.quality.ends import (
    EndMeasurement,
    check_blur,
    check_contrast,
    contrast_quantile,
    edge_width_quantile,
    measure_ends,
    root_and_background,
)
from data.quality.finding import Finding
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop, crop_end, edge_widths
from data.strands.strand import End, EndState, Strand
from tests.helpers.quality_scenes import OUT, ROW, V, photo, strand


def blur_of(shot: Photo, strands: list[Strand]) -> Finding | None:
    return check_blur(shot, measure_ends(shot, strands))


@pytest.mark.parametrize("blur_px", [5, 8])
def test_a_blurred_photo_is_blurred_as_a_whole(blur_px: float) -> None:
    finding = blur_of(photo(ROW, blur_px=blur_px), ROW)
    assert finding is not None
    assert finding.box is None
    assert "8 of 8 " in finding.message


def test_slight_softness_is_not_reported() -> None:
    assert blur_of(photo(ROW, blur_px=2), ROW) is None


def test_the_blur_of_thin_shafts_is_not_measured() -> None:
    thin = [strand(y, shaft_px=3) for y in (100, 300)]
    assert blur_of(photo(thin, blur_px=6), thin) is None


def blurred_right_ends(top: int) -> Finding | None:
    """Of ROW with the right part of all below ``top`` out of focus."""
    shot = photo(ROW)
    shot.pixels[top:360, 400:600] = cv2.GaussianBlur(shot.pixels[top:360, 400:600], (0, 0), 6)
    return blur_of(shot, ROW)


def test_blur_in_one_place_is_boxed() -> None:
    finding = blurred_right_ends(200)
    assert finding is not None
    assert "2 of 8 " in finding.message
    assert finding.box == (468, 208, 65, 145)  # (500, 240-320) with four shaft widths around


def test_one_blurred_end_of_eight_is_not_reported() -> None:
    assert blurred_right_ends(280) is None


def test_sharpness_falls_with_blur_and_not_with_size() -> None:
    def edge(shaft_px: float, blur_px: float) -> float:
        one = strand(200, shaft_px)
        return edge_widths(crop_end(photo([one], blur_px=blur_px), one, 1))

    for shaft_px in (8.0, 16.0, 40.0):
        widths = [edge(shaft_px, part * shaft_px) for part in (0.1, 0.2, 0.3, 0.6)]
        assert widths == sorted(widths)
        assert widths[2] < 0.85 < widths[3]


def end(
    edge_widths: float = 0.3, root: float = 50, ground: float = 200, y: float = 0
) -> EndMeasurement:
    return EndMeasurement(End(300, y, 0.0, EndState.VISIBLE), 10, edge_widths, root, ground)


def test_the_quantiles_behind_the_findings() -> None:
    ends = [end(edge_widths=0.1 * k, root=200 - 10 * k) for k in range(11)]
    assert edge_width_quantile(ends) == pytest.approx(0.8)  # reached by 0.8, 0.9 and 1.0
    assert contrast_quantile(ends) == 40.0  # not exceeded by 0, 10, 20, 30 and 40
    assert (edge_width_quantile([]), contrast_quantile([])) == (0.0, 255.0)


def test_root_and_background_are_measured_at_the_last_widths_of_the_shaft() -> None:
    pixels = np.full((CROP_HEIGHT, CROP_WIDTH, 3), 180, np.uint8)
    pixels[66:78, :84] = 20  # a dark shaft
    pixels[63:81, 84:120] = 150  # its pale root
    assert root_and_background(RootCrop(pixels, 8.0)) == (150, 180)


def test_only_visible_ends_are_measured() -> None:
    cut = [strand(200, states=(V, OUT))]
    measured = measure_ends(photo(cut), cut)
    assert [(one.end.x, one.shaft_px) for one in measured] == [(100, 8)]
    assert measured[0].contrast == pytest.approx(100, abs=3)


@pytest.mark.parametrize(("ground", "word"), [(200, "darker"), (60, "paler")])
def test_faint_roots_ask_for_another_card(ground: float, word: str) -> None:
    for root in (ground - 20, ground + 20):
        finding = check_contrast(photo([]), [end(root=root, ground=ground) for _ in range(3)])
        assert finding is not None
        assert f" {word} " in finding.message


def test_faint_roots_in_one_place_are_boxed() -> None:
    faint = [end(root=190, y=y) for y in (100, 200)]
    finding = check_contrast(photo([]), [*faint, end(), end()])
    assert finding is not None
    assert "2 of 4 " in finding.message
    assert finding.box == (260, 60, 81, 181)  # (300, 100-200) with four shaft widths around


def test_fewer_faint_ends_are_not_reported() -> None:
    assert check_contrast(photo([]), [end(root=190), end(root=190), *[end()] * 4]) is None
    assert check_contrast(photo([]), [end(root=174)] * 3) is None
