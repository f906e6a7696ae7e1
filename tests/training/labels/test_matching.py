import numpy as np
import pytest

from tests.helpers.training.label_folders import HIDDEN, OUT, V, given, photo, strand
from training.labels.label import HairLabel
from training.labels.labelled_strand import Extent
from training.labels.matching import NoMatchError, as_crop_strand, match_label

CLUB = HairLabel.TELOGEN


def test_a_place_meets_the_nearest_visible_end() -> None:
    # 6 shaft widths of 5 px are 30 px; the ends are at x = 100 and 500.
    strands = [strand(y=200), strand(y=260)]
    (met,) = match_label(given(CLUB, (120.0, 205.0)), photo(), strands)
    assert (met.strand, met.root_end, met.extent) == (0, 0, Extent.HAIR)
    (met,) = match_label(given(CLUB, (500.0, 289.0)), photo(), strands)
    assert (met.strand, met.root_end) == (1, 1)


def test_a_place_too_far_from_any_visible_end_meets_none() -> None:
    hidden = strand(states=(HIDDEN, V))
    for place in ((100.0, 231.0), (300.0, 200.0)):
        with pytest.raises(NoMatchError, match=r"No visible end .* within 6 shaft widths"):
            match_label(given(CLUB, place), photo(), [strand()])
    with pytest.raises(NoMatchError, match="No visible end"):
        match_label(given(CLUB, (100.0, 200.0)), photo(), [hidden])


def test_a_place_between_two_hairs_is_not_guessed() -> None:
    # 10 and 14 px away: less than one width of 5 px apart; then 8 and 16.
    strands = [strand(y=200), strand(y=224)]
    with pytest.raises(NoMatchError, match="Two hairs end about as near to"):
        match_label(given(CLUB, (100.0, 210.0)), photo(), strands)
    assert match_label(given(CLUB, (100.0, 208.0)), photo(), strands)[0].strand == 0


def test_a_place_outside_of_the_photo_is_told() -> None:
    for place in ((700.0, 200.0), (100.0, -30.0)):
        with pytest.raises(NoMatchError, match=r"outside of the photo \(640 x 400 px\)"):
            match_label(given(CLUB, place), photo(), [strand()])


def test_a_root_out_of_view_is_met_by_the_other_end() -> None:
    strands = [strand(from_x=0, states=(OUT, V))]
    (met,) = match_label(given(CLUB, (0.0, 200.0), (500.0, 200.0)), photo(), strands)
    assert (met.strand, met.root_end) == (0, 0)


def test_a_root_out_of_view_that_the_finder_sees_elsewhere_is_met_by_the_other_end() -> None:
    strands = [strand(from_x=50, states=(OUT, V))]
    (met,) = match_label(given(CLUB, (0.0, 200.0), (500.0, 200.0)), photo(), strands)
    assert (met.strand, met.root_end) == (0, 0)


def test_of_hairs_that_end_together_the_other_end_tells_which_is_meant() -> None:
    strands = [strand(), strand(y=202, to_x=400), strand(y=199, to_x=300, states=(OUT, OUT))]
    label = given(CLUB, (100.0, 200.0), (400.0, 200.0))
    (met,) = match_label(label, photo(), strands)
    assert (met.strand, met.root_end) == (1, 0)
    # The strand without an end in view runs that way, but there is nothing of it to train on.
    with pytest.raises(NoMatchError, match="Two hairs"):
        match_label(given(CLUB, (100.0, 201.0), (300.0, 199.0)), photo(), strands)


def test_where_nobody_knows_the_root_either_end_may_be_it() -> None:
    label = given(CLUB, (100.0, 200.0), (500.0, 200.0), root_known=False)
    assert match_label(label, photo(), [strand()])[0].root_end is None


def test_a_crop_is_about_the_end_in_its_middle() -> None:
    # The picture's middle is (150, 100): the ends at 140 and 20 are 10 and 130 px from it.
    strands = [strand(y=20, from_x=30, to_x=60), strand(y=100, from_x=140, to_x=20)]
    (met,) = match_label(given(CLUB), photo(301, 201), strands)
    assert (met.strand, met.root_end, met.extent) == (1, 0, Extent.END)


def test_an_end_far_from_the_middle_of_a_crop_is_not_what_it_is_about() -> None:
    # 0.3 of 301 px are 90 px from the middle at x = 150.
    assert (
        match_label(given(CLUB), photo(301, 201), [strand(y=100, from_x=61, to_x=0)])[0].root_end
        == 0
    )
    with pytest.raises(NoMatchError, match="near the middle of the picture"):
        match_label(given(CLUB), photo(301, 201), [strand(y=100, from_x=59, to_x=0)])
    two = [strand(y=90, from_x=150, to_x=20), strand(y=114, from_x=150, to_x=20)]
    with pytest.raises(NoMatchError, match="Two hairs end about as near to the middle"):
        match_label(given(CLUB), photo(301, 201), two)


def test_a_photo_of_one_class_is_about_every_strand_with_an_end_in_view() -> None:
    strands = [strand(), strand(states=(OUT, OUT)), strand(states=(OUT, V))]
    met = match_label(given(CLUB), photo(), strands)
    assert [(m.strand, m.root_end, m.extent) for m in met] == [
        (0, None, Extent.PHOTO),
        (2, None, Extent.PHOTO),
    ]
    with pytest.raises(NoMatchError, match="No root end is found"):
        match_label(given(CLUB), photo(), [])


def test_our_own_crops_are_known_by_their_size() -> None:
    pixels = photo(160, 96)
    pixels.pixels[44:52, :80] = 60
    cut = as_crop_strand(pixels)
    assert cut is not None
    assert (cut.ends[0].x, cut.ends[0].y, cut.shaft_px) == (80.0, 47.5, 8.0)
    assert np.allclose(cut.path[0], (80, 47.5))
    assert cut.contrast == 60 - 128
    assert as_crop_strand(photo(161, 96)) is None
