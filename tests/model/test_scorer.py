from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from data.arrays import Floats
from data.images.photo import Photo
from data.strands.crop import RootCrop
from data.strands.strand import End, Strand
from model.inference.root_classifier import EndClassifier
from model.labelling.hair import Label
from model.report import ModelName, Status
from model.scorer import Scorer
from model.share.answer import summarise, summarise_counts
from model.share.confusion import FAULTLESS, Confusion
from model.share.counts import LabelCounts
from tests.helpers.model.hairs import (
    HIDDEN,
    NO_BULB,
    NO_END_IN_VIEW,
    OUT,
    RULE,
    TELOGEN,
    KnownStrands,
    V,
    strand,
)


class BrightnessClassifier(EndClassifier):
    """Classifies a bright spot beyond the shaft as club, a black crop as not_hair, else bare."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def read(self, crops: Sequence[RootCrop]) -> tuple[NDArray[np.float64], list[Floats | None]]:
        self.batches.append(len(crops))
        rows = [self._class_of(crop.pixels) for crop in crops]
        shares = np.full((len(crops), 4), 0.01) + 0.96 * np.eye(4)[np.array(rows, int)]
        return shares, [None] * len(crops)

    @staticmethod
    def _class_of(pixels: NDArray[np.uint8]) -> int:
        if pixels.max() == 0:
            return 3
        return 0 if pixels[60:84, 120:150].max() > 240 else 2


def photo() -> Photo:
    """A grey ground with two level shafts; the upper one has a white blob beyond its right end."""
    pixels = np.full((400, 400, 3), 100, np.uint8)
    pixels[96:104, 100:300] = 20
    pixels[92:108, 300:316] = 255
    pixels[246:254, 100:300] = 20
    return Photo(pixels, "ab" * 32)


def line(y: float, states: tuple[str, str] = ("visible", "visible")) -> Strand:
    path = np.array([[x, y] for x in range(100, 301, 10)], float)
    first, second = (type(V)(state) for state in states)
    return Strand(path, 8.0, (End(100, y, np.pi, first), End(300, y, 0.0, second)), -80.0)


def scorer(*strands: Strand) -> Scorer:
    name = ModelName("rootnet", "test", "0" * 64, "nothing")
    return Scorer(name, BrightnessClassifier(), RULE, {"all": FAULTLESS}, KnownStrands(*strands))


def test_hairs_are_classified_labelled_and_summarised() -> None:
    score = scorer(line(100), line(250))
    report = score.score(photo())
    assert report.status is Status.SCORED
    assert [hair.label for hair in report.hairs] == [Label.TELOGEN, Label.ANAGEN]
    assert report.hairs[0].root_end == 1
    assert (report.summary.telogen, report.summary.no_bulb) == (1, 1)
    assert (report.width, report.height, report.sha256) == (400, 400, "ab" * 32)
    assert isinstance(score.classifier, BrightnessClassifier)
    assert score.classifier.batches == [4]


@pytest.mark.parametrize("state", [OUT, HIDDEN])
def test_an_end_that_is_not_visible_is_not_classified(state: str) -> None:
    score = scorer(line(100, ("visible", state)))
    hair = score.score(photo()).hairs[0]
    assert hair.ends[0] is not None
    assert hair.ends[1] is None
    assert isinstance(score.classifier, BrightnessClassifier)
    assert score.classifier.batches == [1]


def test_roots_in_view_makes_a_lone_bare_end_the_root() -> None:
    score = scorer(line(250, ("visible", "out_of_photo")))
    assert score.score(photo()).hairs[0].label is Label.UNSURE
    assert score.score(photo(), roots_in_view=True).hairs[0].label is Label.ANAGEN


def test_a_photo_without_strands_has_no_hairs() -> None:
    report = scorer().score(photo())
    assert (report.status, report.hairs, report.summary.hairs) == (Status.NO_HAIRS, (), 0)


def test_a_strand_that_is_no_hair_is_not_listed() -> None:
    black = Photo(np.zeros((400, 400, 3), np.uint8), "cd" * 32)
    assert scorer(line(100)).score(black).status is Status.NO_HAIRS


def test_photos_are_pooled_and_a_duplicate_counts_once() -> None:
    score = scorer(line(100), line(250))
    report = score.score(photo())
    again = report.named("b.jpg")
    assert score.pool([report, again]).hairs == 4
    assert score.pool([report, replace(again, duplicate_of="a.jpg")]).hairs == 2
    assert score.pool([]).hairs == 0


def test_one_scorer_serves_several_threads() -> None:
    score = Scorer.shipped()
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(score.score, [photo()] * 4))
    assert all(report.as_json() == reports[0].as_json() for report in reports)


def test_the_summary_uses_the_error_matrix_of_the_widths() -> None:
    # Narrow anagen hairs seldom get the label, so one with it stands for many.
    by_bin = {"all": FAULTLESS, "under4px": Confusion((0.9, 0.0, 0.1), (0.0, 0.1, 0.9))}
    by_width = replace(scorer(), confusion=by_bin)
    hairs = [TELOGEN, NO_BULB]
    narrow = [replace(hair, strand=strand(shaft_px=3.0)) for hair in hairs]
    for given, confusion in ((hairs, FAULTLESS), (narrow, by_bin["under4px"])):
        assert by_width.summary(given) == summarise(given, confusion)
    assert by_width.summary(narrow) != by_width.summary(hairs)


def test_widths_of_hairs_without_a_root_in_view_do_not_matter() -> None:
    by_bin = {"all": FAULTLESS, "under4px": Confusion((0.9, 0.0, 0.1), (0.0, 0.1, 0.9))}
    by_width = replace(scorer(), confusion=by_bin)
    beside = [replace(NO_END_IN_VIEW, strand=strand(shaft_px=3.0))] * 20
    assert (
        by_width.summary([TELOGEN, NO_BULB, *beside]).share
        == by_width.summary([TELOGEN, NO_BULB]).share
    )


def test_photos_of_several_widths_are_pooled_under_the_mean_of_their_matrices() -> None:
    by_bin = {"all": FAULTLESS, "under4px": Confusion((0.5, 0.0, 0.5), (0.0, 0.1, 0.9))}
    by_width = replace(scorer(), confusion=by_bin)
    wide = replace(scorer().score(photo()), hairs=(TELOGEN,) * 3, duplicate_of=None)
    narrow = replace(wide, hairs=(replace(NO_BULB, strand=strand(shaft_px=3.0)),))
    again = replace(narrow, duplicate_of="a.jpg")
    # Three hairs of four are wide: (3 + 0.5) / 4 and (3 + 0.1) / 4 are labelled.
    mean = Confusion((0.875, 0.0, 0.125), (0.0, 0.775, 0.225))
    expected = summarise_counts(LabelCounts(telogen=3, no_bulb=1), mean)
    pooled = by_width.pool([wide, narrow, again])
    assert (pooled.share, pooled.anagen) == (expected.share, 1)


def test_the_width_of_a_hair_that_a_person_labelled_does_not_matter() -> None:
    by_bin = {"all": FAULTLESS, "under4px": Confusion((0.9, 0.0, 0.1), (0.0, 0.1, 0.9))}
    by_width = replace(scorer(), confusion=by_bin)
    thin = replace(NO_BULB, strand=strand(shaft_px=3.0), by_person=True)
    assert by_width.summary([TELOGEN, thin]).share == by_width.summary([TELOGEN, NO_BULB]).share
