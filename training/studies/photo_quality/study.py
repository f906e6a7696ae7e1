"""Compares the firing rate of each retake finding with the quality of the labels.

``shedlight study photo-quality`` degrades good held-out photos in one way at a time, scores them,
and writes ``retake.json`` and ``retake.png`` (docs/how-it-works/photo-quality.md).
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from rich.progress import track

from data.images.photo import Photo
from data.images.read import read_photo_file
from data.io.text import markdown_table
from data.quality import assess
from data.quality.ends import contrast_quantile, cut_off_share, edge_width_quantile, measure_ends
from data.quality.hairs import crowded_share, median_shaft_px
from data.quality.lighting import Exposure, brightest_level, clipped_share, largest_patch
from model.labelling.hair import Hair, Label, Reason
from model.report import PhotoReport
from model.scorer import Scorer
from model.share.summary import Summary, Verdict
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto, load_annotations
from training.datasets.matching import match
from training.datasets.splits import is_held_out_photo
from training.studies.photo_quality.curves import (
    CHECKING,
    CHOOSING,
    FALLEN,
    Capture,
    DegradationCurve,
    curve_of,
    curves_figure,
)
from training.studies.photo_quality.degradations import DEGRADATIONS, Degradation, shaft_px_of

MIN_SHAFT_PX, MIN_ROOTS = 8.0, 8
"""Minimum median shaft width and number of knowable hairs of a good photo."""
PHOTOS = 16
COUNTS = (30, 25, 20, 15, 10, 5)
"""Numbers of hairs that are drawn at random from a photo with at least the first number."""
_DRAWS = 4
_VISIBLE_PX, _VISIBLE_WIDTHS = 20.0, 7.0
"""Minimum length in the photo of a hair that counts: what the finder would take for a hair."""


class ReportScorer(Protocol):
    """The part of ``model.scorer.Scorer`` that this study uses."""

    def score(self, photo: Photo) -> PhotoReport:
        """The report of the photo."""

    def summary(self, hairs: Sequence[Hair]) -> Summary:
        """The summary of hairs."""


def good_photos(rendered: Path) -> list[AnnotatedPhoto]:
    """Good held-out photos, at most ``PHOTOS``, in the order of their names' hashes.

    Raises OSError for a folder without renders.
    """
    good = [
        truth
        for truth in load_annotations(rendered)
        if is_held_out_photo(truth.name)
        and sum(map(_is_knowable, truth.hairs)) >= MIN_ROOTS
        and shaft_px_of(truth) >= MIN_SHAFT_PX
    ]
    return sorted(good, key=lambda truth: hashlib.sha256(truth.name.encode()).hexdigest())[:PHOTOS]


def _is_knowable(hair: AnnotatedHair) -> bool:
    return hair.root_in_photo and (hair.root != "bare" or hair.tip_in_photo)


def captures_of(
    photo: Photo,
    truth: AnnotatedPhoto,
    half: int,
    scorer: ReportScorer,
    degradations: Sequence[Degradation] = DEGRADATIONS,
) -> Iterator[Capture]:
    """The photo at every step of every degradation, and with ever fewer of its hairs."""
    for degradation in degradations:
        for step in degradation.steps:
            degraded, moved = degradation.at(photo, truth, step)
            report = scorer.score(degraded)
            yield Capture(
                code=degradation.code,
                step=step,
                half=half,
                fired=degradation.code in {finding.code for finding in report.quality},
                measure=_MEASURES[degradation.code](degraded, report.hairs),
                expected=_expected(truth, moved),
                **_label_counts(report.hairs, moved),
            )
    yield from _fewer(photo, half, scorer)


def _expected(truth: AnnotatedPhoto, moved: AnnotatedPhoto) -> tuple[int, int]:
    """Anagen and telogen hairs that are visible in the degraded photo and were knowable in the good
    one."""
    pairs = zip(truth.hairs, moved.hairs, strict=True)
    roots = [
        before.root for before, after in pairs if _is_knowable(before) and _is_visible(moved, after)
    ]
    telogen = roots.count("telogen")
    return len(roots) - telogen, telogen


def _is_visible(photo: AnnotatedPhoto, hair: AnnotatedHair) -> bool:
    steps = np.linalg.norm(np.diff(hair.line, axis=0), axis=1)
    length = float(steps[photo.contains(hair.line)[1:]].sum())
    return length >= max(_VISIBLE_PX, _VISIBLE_WIDTHS * hair.shaft_px)


def _label_counts(hairs: Sequence[Hair], truth: AnnotatedPhoto) -> dict[str, tuple[int, int]]:
    """Anagen and telogen hairs that were ``given`` a label, and the ``right`` one. Labels of
    strands that are not knowable are not counted."""
    given, right = [0, 0], [0, 0]
    for hair in hairs:
        known = match(hair.strand, truth)
        if known.is_knowable and hair.label is not Label.UNSURE:
            telogen = int(known.truth == "telogen")
            given[telogen] += 1
            right[telogen] += (hair.label is Label.TELOGEN) == bool(telogen)
    return {"given": (given[0], given[1]), "right": (right[0], right[1])}


def _fewer(photo: Photo, half: int, scorer: ReportScorer) -> Iterator[Capture]:
    """Random subsets of a photo's hairs. The expected, given and right answer is a verdict."""
    hairs = scorer.score(photo).hairs
    if len(hairs) < max(COUNTS):
        return
    rng = np.random.default_rng(0)
    for count in COUNTS * _DRAWS:
        some = [hairs[i] for i in rng.permutation(len(hairs))[:count]]
        has_verdict = int(scorer.summary(some).verdict is not Verdict.TOO_FEW)
        verdicts = (has_verdict, has_verdict)
        findings = assess(photo, [hair.strand for hair in some], _root_hidden(some))
        fired = "few_hairs" in {finding.code for finding in findings}
        yield Capture("few_hairs", count, half, fired, count, (1, 1), verdicts, verdicts)


def _root_hidden(hairs: Sequence[Hair]) -> list[bool]:
    return [hair.reason is Reason.ROOT_NOT_SEEN for hair in hairs]


Measure = Callable[[Photo, Sequence[Hair]], float]


def _of_hairs(measure: Measure) -> Measure:
    """The measure if there are hairs, otherwise NaN."""
    return lambda photo, hairs: measure(photo, hairs) if hairs else float("nan")


_MEASURES: dict[str, Measure] = {
    "too_dark": lambda photo, _: brightest_level(Exposure.of(photo)),
    "too_bright": lambda photo, _: clipped_share(Exposure.of(photo)),
    "glare": lambda photo, _: largest_patch(Exposure.of(photo))[0],
    "hairs_too_small": _of_hairs(lambda _, hairs: median_shaft_px([h.strand for h in hairs])),
    "blurred": _of_hairs(
        lambda p, hairs: edge_width_quantile(measure_ends(p, [h.strand for h in hairs]))
    ),
    "low_contrast": _of_hairs(
        lambda p, hairs: contrast_quantile(measure_ends(p, [h.strand for h in hairs]))
    ),
    "tangled": _of_hairs(lambda _, hairs: crowded_share([h.strand for h in hairs])),
    "ends_out_of_photo": _of_hairs(
        lambda _, hairs: cut_off_share([h.strand for h in hairs], _root_hidden(hairs))
    ),
}
"""The measure that each finding uses, of a photo and its hairs."""


def study(
    rendered: Path, scorer: ReportScorer, degradations: Sequence[Degradation] = DEGRADATIONS
) -> list[DegradationCurve]:
    """The curve of each degradation, in order, and of ``few_hairs`` if photos have enough hairs.

    Raises OSError, and ShedlightError for a photo that cannot be read.
    """
    captures: list[Capture] = []
    for number, truth in enumerate(track(good_photos(rendered), "Degrading photos")):
        photo = read_photo_file(rendered / "photos" / truth.name)
        captures += captures_of(photo, truth, number % 2, scorer, degradations)
    varied = {each.code: each.varied for each in degradations} | {"few_hairs": "hairs in the photo"}
    codes = {capture.code for capture in captures}
    return [curve_of(code, name, captures) for code, name in varied.items() if code in codes]


def results_table(curves: Sequence[DegradationCurve]) -> str:
    """A Markdown table: where the labels fall, the limit that follows from the choosing half, and
    the firing rate on the checking half while 0.9, 0.8, 0.6 and less of the right labels are
    left."""
    spans = ((0.9, np.inf), (FALLEN, 0.9), (0.6, FALLEN), (-np.inf, 0.6))
    heads = ("finding", "falls at", "measure there", "0.9 left", "0.8 left", "0.6 left", "less")
    rows = [
        (
            f"`{curve.code}`",
            f"{curve.fall(CHOOSING):.2g}, {curve.fall(CHECKING):.2g}",
            f"{curve.limit:.3g}",
            *(f"{curve.fired(CHECKING, *span):.2f}" for span in spans),
        )
        for curve in curves
    ]
    return markdown_table(heads, rows)


def write_study(
    rendered: Path,
    out: Path,
    scorer: ReportScorer | None = None,
    degradations: Sequence[Degradation] = DEGRADATIONS,
) -> list[DegradationCurve]:
    """Measures when each retake finding of ``scorer`` (the shipped one by default) fires, and
    writes ``retake.json`` and ``retake.png``."""
    cv2.setNumThreads(1)
    out.mkdir(parents=True, exist_ok=True)
    curves = study(rendered, scorer or Scorer.shipped(), degradations)
    (out / "retake.json").write_text(json.dumps([asdict(curve) for curve in curves], indent=1))
    curves_figure(curves).savefig(out / "retake.png", dpi=90)
    return curves
