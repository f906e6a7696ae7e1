from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from data.strands.crop import RootCrop
from tests.helpers.training.predictions import end, known
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR
from training.evaluation.predictions import Chances
from training.evaluation.resolution_sweep import CONFIDENT, metrics_of, shown_at, sweep

STRIPED = np.zeros((96, 160, 3), np.uint8)
STRIPED[:, ::2] = 200


def test_detail_goes_with_the_pixels_that_held_it() -> None:
    crop = RootCrop(STRIPED, 14.0)
    whole, halved = shown_at(crop, 16.0), shown_at(crop, 4.0)
    assert (whole.shaft_px, halved.shaft_px) == (16.0, 4.0)
    assert np.array_equal(whole.pixels, STRIPED)
    assert np.all(halved.pixels == 100)  # each pixel of the smaller photo sees one stripe of each


def test_an_edge_is_as_broad_as_a_pixel_of_the_smaller_photo() -> None:
    pixels = np.zeros((96, 160, 3), np.uint8)
    pixels[:, 80:] = 200
    row = shown_at(RootCrop(pixels, 14.0), 2.0).pixels[48, :, 0]  # pixels four times as wide
    assert ((row > 0) & (row < 200)).sum() == 4
    assert (row[77], row[82]) == (0, 200)


def told(crops: Sequence[RootCrop]) -> Chances:
    """Sure of a club at 16 px, and of it by less and less, the rest being taken for bare."""
    rows = {16.0: 0.95, 8.0: 0.8, 4.0: 0.5, 2.0: 0.05}
    return np.array([[p := rows[crop.shaft_px], 0, 1 - p, 0] for crop in crops])


def test_every_rung_tells_sureness_and_what_is_confidently_wrong() -> None:
    wide = [known(CLUB, shaft_px=12.0), known(BARE, shaft_px=30.0)]
    ends = [end(CLUB, CLUB, 1.0, wide[0]), end(BARE, BARE, 1.0, wide[1])]
    narrow = end(MISSHAPEN, CLUB, 1.0, known(MISSHAPEN, shaft_px=11.9))
    nothing = end(NOT_HAIR, CLUB, 1.0, known(NOT_HAIR, shaft_px=20.0))
    rungs = sweep(told, [*ends, narrow, nothing])
    assert [(rung.shaft_px, rung.ends) for rung in rungs] == [(16, 2), (8, 2), (4, 2), (2, 2)]
    first, second, _, last = rungs
    # The club has 0.95 and is right, the bare end 0.05 and is called a club with 0.95.
    assert first.sure_of_truth == pytest.approx(0.5)
    assert first.sure_of_likeliest == pytest.approx(0.95)
    assert (first.right, first.confidently_wrong) == (0.5, 0.5)
    assert (second.right, second.confidently_wrong) == (0.5, 0.0)
    assert (last.right, last.confidently_wrong) == (0.5, 0.5)  # now it is the club that is lost


def test_confidently_wrong_begins_at_its_limit() -> None:
    ends = [end(BARE, BARE, 1.0, known(BARE, shaft_px=12.0))]

    def read(crops: Sequence[RootCrop]) -> Chances:
        return np.array([[CONFIDENT, 0.0, 1 - CONFIDENT, 0.0]] * len(crops))

    assert sweep(read, ends)[0].confidently_wrong == 1
    assert sweep(lambda crops: read(crops) * [0.999, 1, 1, 1], ends)[0].confidently_wrong == 0


def test_figures_are_named_by_rung_and_there_are_none_without_wide_hairs() -> None:
    assert sweep(told, [end(CLUB, CLUB, 1.0)]) == ()
    assert metrics_of(()) == {}
    rungs = sweep(told, [end(CLUB, CLUB, 1.0, known(CLUB, shaft_px=12.0))])
    metrics = metrics_of([replace(rungs[2], right=0.25)])
    assert metrics["ladder_ends"] == 1
    assert metrics["ladder_right_4px"] == 0.25
    assert metrics["ladder_sure_of_truth_4px"] == 0.5
    assert len(metrics) == 5
