from datetime import UTC, datetime

import numpy as np
import pytest

from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, CROP_WIDTH, END_X
from tests.helpers.training.label_folders import HIDDEN, OUT, V, photo, raw_label, strand
from training.labels.label import HairLabel
from training.labels.labelled_strand import Extent
from training.labels.matching import (
    MatchedLabel,
    NoMatchError,
    as_crop_strand,
    match_label,
    resolve_conflicts,
)

CLUB = HairLabel.TELOGEN


def test_a_point_matches_the_nearest_visible_end() -> None:
    # 6 shaft widths of 5 px are 30 px; the ends are at x = 100 and 500.
    strands = [strand(y=200), strand(y=260)]
    (match,) = match_label(raw_label(CLUB, (120.0, 205.0)), photo(), strands)
    assert (match.strand, match.root_end, match.extent) == (0, 0, Extent.HAIR)
    (match,) = match_label(raw_label(CLUB, (500.0, 289.0)), photo(), strands)
    assert (match.strand, match.root_end) == (1, 1)


def test_a_point_too_far_from_any_visible_end_matches_none() -> None:
    hidden = strand(states=(HIDDEN, V))
    for point in ((100.0, 231.0), (300.0, 200.0)):
        with pytest.raises(NoMatchError, match=r"within 6 shaft widths"):
            match_label(raw_label(CLUB, point), photo(), [strand()])
    with pytest.raises(NoMatchError, match="shaft widths"):
        match_label(raw_label(CLUB, (100.0, 200.0)), photo(), [hidden])


def test_a_point_between_two_hairs_is_not_guessed() -> None:
    # 10 and 14 px away: less than one width of 5 px apart; then 8 and 16.
    strands = [strand(y=200), strand(y=224)]
    with pytest.raises(NoMatchError, match="Two hairs"):
        match_label(raw_label(CLUB, (100.0, 210.0)), photo(), strands)
    assert match_label(raw_label(CLUB, (100.0, 208.0)), photo(), strands)[0].strand == 0


def test_a_point_outside_the_photo_matches_none() -> None:
    for point in ((700.0, 200.0), (100.0, -30.0)):
        with pytest.raises(NoMatchError, match="640 x 400 px"):
            match_label(raw_label(CLUB, point), photo(), [strand()])


def test_a_root_out_of_view_is_matched_by_the_other_end() -> None:
    strands = [strand(from_x=0, states=(OUT, V))]
    (match,) = match_label(raw_label(CLUB, (0.0, 200.0), (500.0, 200.0)), photo(), strands)
    assert (match.strand, match.root_end) == (0, 0)


def test_a_root_out_of_view_that_the_finder_places_elsewhere_is_matched_by_the_other_end() -> None:
    strands = [strand(from_x=50, states=(OUT, V))]
    (match,) = match_label(raw_label(CLUB, (0.0, 200.0), (500.0, 200.0)), photo(), strands)
    assert (match.strand, match.root_end) == (0, 0)


def test_of_hairs_that_end_together_the_other_end_decides() -> None:
    strands = [strand(), strand(y=202, to_x=400), strand(y=199, to_x=300, states=(OUT, OUT))]
    label = raw_label(CLUB, (100.0, 200.0), (400.0, 200.0))
    (match,) = match_label(label, photo(), strands)
    assert (match.strand, match.root_end) == (1, 0)
    # The strand without an end in view runs that way, but there is nothing of it to train on.
    with pytest.raises(NoMatchError, match="Two hairs"):
        match_label(raw_label(CLUB, (100.0, 201.0), (300.0, 199.0)), photo(), strands)


def test_if_the_root_is_unknown_either_end_may_be_it() -> None:
    label = raw_label(CLUB, (100.0, 200.0), (500.0, 200.0), root_known=False)
    assert match_label(label, photo(), [strand()])[0].root_end is None


def test_a_crop_is_about_the_end_at_its_centre() -> None:
    # The picture's centre is (150, 100): the ends at 140 and 20 are 10 and 130 px from it.
    strands = [strand(y=20, from_x=30, to_x=60), strand(y=100, from_x=140, to_x=20)]
    (match,) = match_label(raw_label(CLUB), photo(301, 201), strands)
    assert (match.strand, match.root_end, match.extent) == (1, 0, Extent.END)


def test_a_crop_is_not_about_an_end_far_from_its_centre() -> None:
    # 0.3 of 301 px are 90 px from the centre at x = 150.
    assert (
        match_label(raw_label(CLUB), photo(301, 201), [strand(y=100, from_x=61, to_x=0)])[
            0
        ].root_end
        == 0
    )
    with pytest.raises(NoMatchError, match="near the centre"):
        match_label(raw_label(CLUB), photo(301, 201), [strand(y=100, from_x=59, to_x=0)])
    two = [strand(y=90, from_x=150, to_x=20), strand(y=114, from_x=150, to_x=20)]
    with pytest.raises(NoMatchError, match="near to the centre"):
        match_label(raw_label(CLUB), photo(301, 201), two)


def test_a_photo_of_one_class_is_about_every_strand_with_an_end_in_view() -> None:
    strands = [strand(), strand(states=(OUT, OUT)), strand(states=(OUT, V))]
    matches = match_label(raw_label(CLUB), photo(), strands)
    assert [(m.strand, m.root_end, m.extent) for m in matches] == [
        (0, None, Extent.PHOTO),
        (2, None, Extent.PHOTO),
    ]
    with pytest.raises(NoMatchError, match="No root end"):
        match_label(raw_label(CLUB), photo(), [])


def test_exported_crops_are_recognized_by_their_size() -> None:
    pixels, middle = photo(CROP_WIDTH, CROP_HEIGHT), (CROP_HEIGHT - 1) / 2
    pixels.pixels[66:78, : int(END_X)] = 60
    crop = as_crop_strand(pixels)
    assert crop is not None
    assert (crop.ends[0].x, crop.ends[0].y, crop.shaft_px) == (END_X, middle, CROP_SHAFT_PX)
    assert np.allclose(crop.path[0], (END_X, middle))
    assert crop.contrast == 60 - 128
    assert as_crop_strand(photo(CROP_WIDTH + 1, CROP_HEIGHT)) is None


def matched(
    label: HairLabel, row: int, hour: int | None = None, root_end: int | None = 0
) -> MatchedLabel:
    time = None if hour is None else datetime(2026, 1, 1, hour, tzinfo=UTC)
    raw = raw_label(label, row=row, labelled_at=time)
    return MatchedLabel(raw, 0, root_end, Extent.HAIR)


def test_of_labels_that_can_all_be_true_the_most_specific_counts() -> None:
    wide, narrow = matched(HairLabel.ANAGEN, 2), matched(HairLabel.NO_BULB, 3)
    assert resolve_conflicts([wide, narrow, wide]) == (narrow, None)
    open_, known = (
        matched(HairLabel.TELOGEN, row, root_end=end) for row, end in ((2, None), (3, 1))
    )
    assert resolve_conflicts([open_, known]) == (known, None)


def test_of_contradictory_labels_none_counts_without_times() -> None:
    labels = [matched(HairLabel.TELOGEN, 2), matched(HairLabel.ANAGEN, 5, 8)]
    label, issue = resolve_conflicts(labels)
    assert label is None
    assert issue
    assert issue.where.row == 2
    assert "telogen (row 2), anagen (row 5)" in issue.message


def test_with_times_the_latest_counts_and_the_conflict_is_an_issue() -> None:
    late = matched(HairLabel.NO_BULB, 3, 9)
    label, issue = resolve_conflicts(
        [matched(HairLabel.TELOGEN, 2, 8), late, matched(HairLabel.MISSHAPEN, 4, 7)]
    )
    assert label == late
    assert issue
    assert "latest counts (row 3)" in issue.message
    same_time = [matched(HairLabel.TELOGEN, 2, 8), matched(HairLabel.MISSHAPEN, 3, 8)]
    assert resolve_conflicts(same_time)[0] is None


def test_a_hair_has_one_root() -> None:
    both_ends = [
        matched(HairLabel.TELOGEN, 2, root_end=0),
        matched(HairLabel.TELOGEN, 3, root_end=1),
    ]
    label, issue = resolve_conflicts(both_ends)
    assert label is None
    assert issue
    assert "row 2, row 3" in issue.message
    not_hair = [
        matched(HairLabel.NOT_HAIR, 2, root_end=0),
        matched(HairLabel.NOT_HAIR, 3, root_end=1),
    ]
    assert resolve_conflicts(not_hair) == (not_hair[0], None)


def test_unsure_contradicts_every_other_label() -> None:
    unsure = matched(HairLabel.UNSURE, 2)
    assert resolve_conflicts([unsure, unsure]) == (unsure, None)
    assert resolve_conflicts([unsure, matched(HairLabel.TELOGEN, 3)])[0] is None
