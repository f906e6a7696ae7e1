from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from data.arrays import Array
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from tests.helpers.training.predictions import end, known
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR
from training.evaluation.resolution_sweep import (
    CONFIDENT,
    at_shaft_px,
    sweep_metrics,
    sweep_resolutions,
)

STRIPED = np.zeros((CROP_HEIGHT, CROP_WIDTH, 3), np.uint8)
STRIPED[:, ::2] = 200


def test_fewer_pixels_lose_detail() -> None:
    crop = RootCrop(STRIPED, 14.0)
    whole, halved = at_shaft_px(crop, 16.0), at_shaft_px(crop, 6.0)
    assert (whole.shaft_px, halved.shaft_px) == (16.0, 6.0)
    assert np.array_equal(whole.pixels, STRIPED)
    assert np.all(halved.pixels == 100)  # each pixel of the smaller photo sees one stripe of each


def test_an_edge_is_as_wide_as_a_pixel_of_the_smaller_photo() -> None:
    pixels = np.zeros((CROP_HEIGHT, CROP_WIDTH, 3), np.uint8)
    pixels[:, 120:] = 200
    row = at_shaft_px(RootCrop(pixels, 14.0), 2.0).pixels[72, :, 0]  # pixels six times as wide
    assert ((row > 0) & (row < 200)).sum() == 6
    assert (row[116], row[123]) == (0, 200)


def club_fades(crops: Sequence[RootCrop]) -> Array:
    """Confident of a club at 16 px, and less so at lower widths; the rest goes to bare."""
    rows = {16.0: 0.95, 8.0: 0.8, 4.0: 0.5, 2.0: 0.05}
    return np.array([[p := rows[crop.shaft_px], 0, 1 - p, 0] for crop in crops])


def test_every_point_has_confidence_and_share_confidently_wrong() -> None:
    wide = [known(CLUB, shaft_px=12.0), known(BARE, shaft_px=30.0)]
    ends = [end(CLUB, CLUB, 1.0, wide[0]), end(BARE, BARE, 1.0, wide[1])]
    narrow = end(MISSHAPEN, CLUB, 1.0, known(MISSHAPEN, shaft_px=11.9))
    negative = end(NOT_HAIR, CLUB, 1.0, known(NOT_HAIR, shaft_px=20.0))
    points = sweep_resolutions(club_fades, [*ends, narrow, negative])
    assert [(point.shaft_px, point.ends) for point in points] == [(16, 2), (8, 2), (4, 2), (2, 2)]
    first, second, _, last = points
    # The club has 0.95 and is right, the bare end 0.05 and is predicted a club with 0.95.
    assert first.mean_true_probability == pytest.approx(0.5)
    assert first.mean_confidence == pytest.approx(0.95)
    assert (first.accuracy, first.confidently_wrong) == (0.5, 0.5)
    assert (second.accuracy, second.confidently_wrong) == (0.5, 0.0)
    assert (last.accuracy, last.confidently_wrong) == (0.5, 0.5)  # now the club is wrong


def test_confidently_wrong_starts_at_its_limit() -> None:
    ends = [end(BARE, BARE, 1.0, known(BARE, shaft_px=12.0))]

    def classify(crops: Sequence[RootCrop]) -> Array:
        return np.array([[CONFIDENT, 0.0, 1 - CONFIDENT, 0.0]] * len(crops))

    def classify_below(crops: Sequence[RootCrop]) -> Array:
        return classify(crops) * [0.999, 1, 1, 1]

    assert sweep_resolutions(classify, ends)[0].confidently_wrong == 1
    assert sweep_resolutions(classify_below, ends)[0].confidently_wrong == 0


def test_metrics_are_named_by_width_and_empty_without_wide_hairs() -> None:
    assert sweep_resolutions(club_fades, [end(CLUB, CLUB, 1.0)]) == ()
    assert sweep_metrics(()) == {}
    points = sweep_resolutions(club_fades, [end(CLUB, CLUB, 1.0, known(CLUB, shaft_px=12.0))])
    metrics = sweep_metrics([replace(points[2], accuracy=0.25)])
    assert metrics["resolution_ends"] == 1
    assert metrics["resolution_accuracy_4px"] == 0.25
    assert metrics["resolution_mean_true_probability_4px"] == 0.5
    assert len(metrics) == 5
