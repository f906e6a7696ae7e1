"""All findings together: a fault is named on a photo that has it, and on none that has not."""

import numpy as np

from data.images.photo import Photo
from data.quality import Finding, assess
from data.quality.finding import finding_text
from data.strands.strand import Strand
from data.texts.catalogue import languages, texts_in
from tests.helpers.quality_scenes import OUT, V, photo, strand

MANY = [strand(80 * k) for k in range(1, 21)]
HEIGHT = 1680


def findings(strands: list[Strand], **how: float) -> dict[str, Finding]:
    shot = photo(strands, height=HEIGHT, **how)  # type: ignore[arg-type]
    return {finding.code: finding for finding in assess(shot, strands)}


def test_a_good_photo_has_no_findings() -> None:
    assert findings(MANY) == {}


def test_pale_hairs_on_a_black_card_have_none_either() -> None:
    assert findings([strand(80 * k, contrast=150) for k in range(1, 21)], ground=25) == {}


def test_each_fault_is_found_alone() -> None:
    lines = range(80, 80 * 21, 80)
    assert set(findings([strand(y, contrast=-40) for y in lines], ground=50)) == {"too_dark"}
    assert set(findings(MANY, ground=255)) == {"too_bright"}
    assert set(findings([strand(y, shaft_px=2) for y in lines])) == {"hairs_too_small"}
    assert set(findings(MANY, blur_px=6)) == {"blurred"}
    assert set(findings([strand(y, contrast=-15) for y in lines])) == {"low_contrast"}
    assert set(findings([strand(y, tangled=True) for y in lines])) == {"tangled"}
    assert set(findings(MANY[:19])) == {"few_hairs"}


def test_glare_is_found_but_not_on_a_photo_that_is_burnt_out_all_over() -> None:
    shot = photo(MANY, height=HEIGHT)
    for shine, code in ((400, "glare"), (1200, "too_bright")):
        pixels = shot.pixels.copy()
        pixels[:shine] = 255
        codes = {finding.code for finding in assess(Photo(pixels, shot.sha256), MANY)}
        assert codes & {"glare", "too_bright"} == {code}


def test_roots_past_the_border_are_found_where_it_is_known_that_they_are_not_seen() -> None:
    cut = [strand(80 * k, states=(V, OUT)) for k in range(1, 21)]
    shot = photo(cut, height=HEIGHT)
    assert assess(shot, cut) == ()
    assert assess(shot, cut, [False] * 20) == ()
    assert [finding.code for finding in assess(shot, cut, [True] * 20)] == ["ends_out_of_photo"]


def test_a_photo_without_hairs_has_one_finding() -> None:
    assert set(findings([])) == {"no_hairs_seen"}


def test_what_hides_most_comes_first() -> None:
    faint = [strand(80 * k, contrast=-20, tangled=True) for k in range(1, 4)]
    assert list(findings(faint, ground=50)) == ["too_dark", "low_contrast", "tangled", "few_hairs"]


def test_boxes_stay_in_the_photo_and_messages_are_one_sentence() -> None:
    far = [
        strand(3, tangled=True),
        strand(398, states=(V, OUT), tangled=True),
        strand(200, shaft_px=3),
    ]
    pixels = photo([]).pixels.copy()
    pixels[:200, :200] = 255
    found = assess(Photo(pixels, "0" * 64), far, [False, True, False])
    assert {"glare", "low_contrast", "tangled", "ends_out_of_photo", "few_hairs"} <= {
        finding.code for finding in found
    }
    for finding in [*found, *assess(Photo(np.full((9, 9, 3), 255, np.uint8), "0" * 64), [])]:
        for language in languages():
            assert finding_text(finding.code, finding.values, texts_in(language)).endswith(".")
        x, y, width, height = finding.box or (0, 0, 1, 1)
        assert 0 <= x < x + width <= 600
        assert 0 <= y < y + height <= 400
