"""Findings: each fault is named on a photo that has it, and on none that has not."""

import re

import cv2
import numpy as np
import pytest

from data.focus import end_edge_widths
from data.photo import Photo
from data.quality import Finding, judge
from data.strand import End, EndState, Strand

V, OUT = EndState.VISIBLE, EndState.OUT_OF_PHOTO


def strand(
    y: float,
    shaft_px: float = 8,
    contrast: float = -100,
    states: tuple[EndState, EndState] = (V, V),
    tangled: bool = False,
) -> Strand:
    """A level strand from x = 100 to 500."""
    path = np.array([[x, y] for x in range(100, 501, 10)], float)
    ends = (End(100, y, np.pi, states[0]), End(500, y, 0.0, states[1]))
    return Strand(path, shaft_px, ends, contrast, tangled)


def photo(strands: list[Strand], ground: int = 170, blur_px: float = 0) -> Photo:
    """The strands on a plain ground, 600 x 400, with a little noise."""
    grey = np.full((400, 600), float(ground))
    for one in strands:
        top, bottom = (
            round(one.ends[0].y - one.shaft_px / 2),
            round(one.ends[0].y + one.shaft_px / 2),
        )
        grey[top:bottom, 100:500] = ground + one.contrast
    if blur_px:
        grey = cv2.GaussianBlur(grey, (0, 0), blur_px)
    grey += np.random.default_rng(1).normal(0, 3, grey.shape)
    return Photo(np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2), "0" * 64)


def findings(strands: list[Strand], **how: float) -> dict[str, Finding]:
    return {finding.code: finding for finding in judge(photo(strands, **how), strands)}  # type: ignore[arg-type]


ROW = [strand(y) for y in (80, 160, 240, 320)]


def test_a_good_photo_has_no_findings() -> None:
    assert findings(ROW) == {}


@pytest.mark.parametrize(
    ("ground", "contrast", "code"), [(40, -30, "too_dark"), (255, -150, "too_bright")]
)
def test_exposure(ground: int, contrast: float, code: str) -> None:
    assert set(findings([strand(y, contrast=contrast) for y in (100, 300)], ground=ground)) == {
        code
    }


def test_pale_hairs_on_a_black_card_are_not_too_dark() -> None:
    assert findings([strand(y, contrast=150) for y in (80, 160, 240, 320)], ground=25) == {}


def test_thin_shafts_say_how_much_nearer_to_go() -> None:
    found = findings([strand(y, shaft_px=2) for y in (100, 200, 300)])
    assert set(found) == {"hairs_too_small"}
    assert "about 4 times nearer" in found["hairs_too_small"].message
    assert "hairs_too_small" not in findings([strand(100, shaft_px=4)])


@pytest.mark.parametrize("blur_px", [3, 5, 8])
def test_a_blurred_photo_is_blurred_as_a_whole(blur_px: float) -> None:
    finding = findings(ROW, blur_px=blur_px)["blurred"]
    assert finding.box is None
    assert finding.message.startswith("8 of 8 hair ends are out of focus")


def test_slight_softness_is_no_fault() -> None:
    assert "blurred" not in findings(ROW, blur_px=1)


def blurred_right_ends(top: int) -> dict[str, Finding]:
    """Of ROW with the right part of all below ``top`` out of focus."""
    shot = photo(ROW)
    pixels = shot.pixels.copy()
    pixels[top:360, 400:600] = cv2.GaussianBlur(pixels[top:360, 400:600], (0, 0), 5)
    return {finding.code: finding for finding in judge(Photo(pixels, shot.sha256), ROW)}


def test_blur_in_one_place_is_boxed() -> None:
    finding = blurred_right_ends(200)["blurred"]
    assert finding.message.startswith("2 of 8 hair ends are out of focus")
    assert finding.box == (468, 208, 65, 145)  # (500, 240-320) with four shaft widths around


def test_one_blurred_end_of_eight_is_no_fault_of_the_photo() -> None:
    assert blurred_right_ends(280) == {}


def test_sharpness_falls_with_blur_and_not_with_size() -> None:
    def edge(shaft_px: float, blur_px: float) -> float:
        one = strand(200, shaft_px)
        return end_edge_widths(photo([one], blur_px=blur_px), one, 1)

    for shaft_px in (8.0, 16.0, 40.0):
        widths = [edge(shaft_px, part * shaft_px) for part in (0.1, 0.2, 0.3, 0.5)]
        assert widths == sorted(widths)
        assert widths[1] < 0.58 < widths[3]


@pytest.mark.parametrize(("contrast", "word"), [(-12, "paler"), (12, "darker")])
def test_faint_hairs_ask_for_another_card(contrast: float, word: str) -> None:
    found = findings([strand(y, contrast=contrast) for y in (100, 300)])
    assert word in found["low_contrast"].message


def test_a_faint_hair_among_clear_ones_is_no_fault_of_the_photo() -> None:
    assert "low_contrast" not in findings([*ROW, strand(40, contrast=-12)])


def test_tangles_are_boxed_where_they_are() -> None:
    found = findings([*ROW[:3], strand(320, tangled=True)])
    assert found["tangled"].box == (100, 320, 401, 1)
    assert found["tangled"].message.startswith("1 of 4 hairs is tangled")
    assert findings([strand(y, tangled=True) for y in (80, 200)])["tangled"].box is None


def test_ends_outside_the_photo() -> None:
    inside = [strand(y, states=(V, OUT)) for y in (80, 160, 240, 320)]
    assert findings(inside) == {}
    outside = [strand(y, states=(OUT, OUT)) for y in (80, 160)] + inside[2:]
    assert set(findings(outside)) == {"ends_out_of_photo"}


def test_a_photo_without_hairs_says_how_to_take_one() -> None:
    assert set(findings([])) == {"no_hairs_seen"}


def test_boxes_stay_in_the_photo_and_messages_are_one_sentence() -> None:
    far = [strand(3, tangled=True), strand(398), strand(200)]
    shot = photo([], blur_px=0)
    for finding in judge(shot, far):
        assert re.fullmatch(r"[A-Z0-9][^.]*\.", finding.message)
        x, y, width, height = finding.box or (0, 0, 1, 1)
        assert 0 <= x < x + width <= 600
        assert 0 <= y < y + height <= 400
