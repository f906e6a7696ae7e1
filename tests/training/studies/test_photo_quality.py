"""The curves of the retake findings, on made-up photos and captures."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from data.images.photo import Photo
from data.quality import Finding
from data.scale.request import AUTO, ScaleRequest
from data.strands.strand import End, EndState, Strand
from model.labelling.hair import Hair, Label
from model.report import PhotoReport
from model.share.summary import Summary
from tests.helpers.serve.fake_scorer import FakeScorer
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto
from training.datasets.splits import is_held_out_photo
from training.studies.photo_quality.curves import Capture, DegradationCurve, curve_of, curves_figure
from training.studies.photo_quality.degradations import DEGRADATIONS
from training.studies.photo_quality.study import (
    captures_of,
    good_photos,
    results_table,
    write_study,
)

HELD_OUT = [name for k in range(60) if is_held_out_photo(name := f"photo_{k}.png")]
V, OUT = EndState.VISIBLE, EndState.OUT_OF_PHOTO


def line(y: float) -> list[list[float]]:
    return [[float(x), y] for x in range(100, 501, 10)]


def hair(root: str, y: float, tip_in_photo: bool = True) -> AnnotatedHair:
    """A level hair, 8 px wide: root at x = 100, tip at x = 500."""
    points = np.array(line(y))
    return AnnotatedHair(root, points[0], points[0], points[-1], True, tip_in_photo, 8.0, points)


def labelled(label: Label, y: float, tip: EndState = V) -> Hair:
    path = np.array(line(y))
    strand = Strand(path, 8.0, (End(100, y, np.pi, V), End(500, y, 0.0, tip)), -100.0)
    return replace(FakeScorer().score(BLANK).hairs[0], strand=strand, label=label, reason=None)


BLANK = Photo(np.full((400, 600, 3), 170, np.uint8), "0" * 64)
TRUTH = AnnotatedPhoto(
    HELD_OUT[0], 600, 400,
    (hair("telogen", 50), hair("telogen", 100), hair("misshapen", 150), hair("bare", 200),
     hair("bare", 250, tip_in_photo=False)),
    np.empty((0, 2)),
)  # fmt: skip


@dataclass(frozen=True)
class FixedScorer(FakeScorer):
    """Reports the same hairs for every photo, too dark for dark ones, a verdict from 20 hairs."""

    hairs: tuple[Hair, ...] = ()

    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
        dark = (Finding("too_dark"),) if photo.pixels.mean() < 100 else ()
        return replace(super().score(photo), hairs=self.hairs, quality=dark)

    def summary(self, hairs: Iterable[Hair]) -> Summary:
        return super().pool([replace(super().score(BLANK), hairs=tuple(hairs))])


HAIRS = (
    labelled(Label.TELOGEN, 50), labelled(Label.UNSURE, 100), labelled(Label.TELOGEN, 150),
    labelled(Label.ANAGEN, 200), labelled(Label.ANAGEN, 250, OUT), labelled(Label.ANAGEN, 350),
)  # fmt: skip


def test_labels_are_counted_by_the_true_label() -> None:
    captures = list(captures_of(BLANK, TRUTH, 1, FixedScorer(hairs=HAIRS), DEGRADATIONS[:1]))
    assert [capture.step for capture in captures] == list(DEGRADATIONS[0].steps)
    good, dark = captures[0], captures[-1]
    # Anagen, telogen. The bare hair at 250 is not knowable, and at 350 there is none.
    assert (good.expected, good.given, good.right) == ((2, 2), (2, 1), (1, 1))
    assert (good.code, good.half, good.fired, dark.fired) == ("too_dark", 1, False, True)
    assert good.measure == pytest.approx(172, abs=5)
    assert dark.measure < 30


def test_a_hair_outside_the_photo_is_not_expected() -> None:
    crop = next(each for each in DEGRADATIONS if each.code == "ends_out_of_photo")
    steps = (replace(crop, steps=(1, 0.5)),)
    aside = replace(TRUTH.hairs[0], line=TRUTH.hairs[0].line / (5, 1))  # from x = 20 to 100
    truth = replace(TRUTH, hairs=(aside, *TRUTH.hairs[1:]))
    whole, half = captures_of(BLANK, truth, 0, FixedScorer(hairs=HAIRS), steps)
    assert (whole.expected, half.expected) == (
        (2, 2),
        (2, 1),
    )  # of 150 px either side


def test_without_hairs_there_is_no_measure() -> None:
    captures = captures_of(BLANK, TRUTH, 0, FixedScorer(hairs=()), DEGRADATIONS[4:5])
    assert all(np.isnan(capture.measure) for capture in captures)


def test_ever_fewer_of_many_hairs_are_drawn() -> None:
    many = tuple(labelled(Label.TELOGEN, 12.0 * k) for k in range(1, 32))
    captures = {
        each.step: each for each in captures_of(BLANK, TRUTH, 0, FixedScorer(hairs=many), ())
    }
    assert {step: each.right for step, each in captures.items()} == {
        30: (1, 1), 25: (1, 1), 20: (1, 1), 15: (1, 1), 10: (1, 1), 5: (0, 0),
    }  # fmt: skip
    assert [step for step, each in captures.items() if each.fired] == [15, 10, 5]


def write(folder: Path, name: str, hairs: int, shaft_px: float) -> None:
    (folder / "photos").mkdir(exist_ok=True)
    cv2.imwrite(str(folder / "photos" / name), np.full((400, 600, 3), 170, np.uint8))
    each = [
        {"root": "telogen", "root_xy": [100, y], "tip_xy": [500, y], "root_in_photo": True,
         "tip_in_photo": True, "shaft_px": shaft_px, "polyline": line(y)}
        for y in range(40, 40 * (hairs + 1), 40)
    ]  # fmt: skip
    photo = {"photo": name, "width": 600, "height": 400, "hairs": each, "clutter": []}
    with (folder / "truth.jsonl").open("a") as file:
        file.write(json.dumps(photo) + "\n")


def test_only_good_held_out_photos_are_used(tmp_path: Path) -> None:
    fitted = next(name for k in range(60) if not is_held_out_photo(name := f"photo_{k}.png"))
    write(tmp_path, fitted, 8, 8)
    write(tmp_path, HELD_OUT[0], 8, 7.9)
    write(tmp_path, HELD_OUT[1], 7, 8)
    write(tmp_path, HELD_OUT[2], 8, 8)
    assert [truth.name for truth in good_photos(tmp_path)] == [HELD_OUT[2]]


def capture(step: float, half: int, right: int, fired: bool, measure: float = 0) -> Capture:
    return Capture("blurred", step, half, fired, measure, (10, 10), (10, 5), (right, min(right, 5)))


def curve() -> DegradationCurve:
    captures = [
        capture(0, 0, 10, False, 0.2), capture(0, 0, 10, False, 0.4), capture(0, 1, 8, False, 0.3),
        capture(1, 0, 9, False, 0.5), capture(1, 1, 7, False), capture(2, 0, 3, True, 0.9),
        capture(2, 1, 2, True), capture(2, 1, 2, False),
        replace(capture(0, 0, 1, True), code="glare"),
    ]  # fmt: skip
    return curve_of("blurred", "blur", captures)


def test_a_point_summarises_the_photos_of_a_step() -> None:
    first = curve().halves[0][0]
    assert (first.step, first.photos, first.fired) == (0, 2, 0.0)
    assert first.labelled_right == 0.75  # 20 of 20 anagen, 10 of 20 telogen
    assert first.accuracy == 1.0
    assert first.measure == pytest.approx(0.3)
    assert curve().halves[1][2].fired == 0.5


def test_the_fall_is_where_a_fifth_of_the_right_labels_is_lost() -> None:
    # Of the first half 0.75, 0.7 and 0.3 are right: 0.6 is a quarter of the way from 1 to 2.
    assert curve().fall(0) == pytest.approx(1.25)
    assert curve().limit == pytest.approx(0.6)
    # Of the other 0.65, 0.6 and 0.2: 0.52 is a fifth of the way.
    assert curve().fall(1) == pytest.approx(1.2)


def test_without_a_fall_there_is_no_limit() -> None:
    assert np.isnan(
        curve_of("blurred", "blur", [capture(0, 0, 9, False), capture(0, 1, 9, False)]).limit
    )


def test_the_firing_rate_before_and_after_the_fall() -> None:
    assert curve().fired(1, 0.9, 2) == 0.0
    assert curve().fired(1, 0, 0.8) == 0.5
    assert np.isnan(curve().fired(1, 0.8, 0.9))


def test_the_table_has_the_figures_of_each_curve() -> None:
    cells = [
        cell.strip() for cell in results_table([curve()]).splitlines()[-1].strip("|").split("|")
    ]
    assert cells == ["`blurred`", "1.2, 1.2", "0.6", "0.00", "nan", "nan", "0.50"]


def test_each_curve_has_a_panel() -> None:
    panels = curves_figure([curve(), replace(curve(), code="glare")]).axes
    assert [axes.get_title() for axes in panels if axes.axison] == ["blurred", "glare"]
    labels, _, fired, fall = panels[0].lines
    assert list(labels.get_ydata()) == pytest.approx([0.65, 0.6, 0.2])
    assert list(fired.get_ydata()) == [0, 0, 0.5]
    assert fall.get_xdata()[0] == pytest.approx(1.2)


def test_the_study_writes_curves_and_figure(tmp_path: Path) -> None:
    write(tmp_path, HELD_OUT[0], 8, 8)
    write(tmp_path, HELD_OUT[1], 8, 8)
    scorer = FixedScorer(hairs=(labelled(Label.TELOGEN, 40),))
    write_study(tmp_path, tmp_path / "out", scorer, DEGRADATIONS[:1])
    (dark,) = json.loads((tmp_path / "out" / "retake.json").read_text())
    assert (dark["code"], [len(half) for half in dark["halves"]]) == ("too_dark", [7, 7])
    assert (tmp_path / "out" / "retake.png").stat().st_size > 1000
