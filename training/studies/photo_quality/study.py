"""When each retake finding fires, held against what the labels are worth by then.

``shedlight study photo-quality`` degrades good held-out photos in one way at a time, scores them,
and fills OUT with ``retake.json`` and ``retake.png`` (docs/how-it-works/photo-quality.md).
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
from data.io.markdown import markdown_table
from data.quality import Finding, assess
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
    picture_of,
)
from training.studies.photo_quality.faults import DEGRADATIONS, shaft_px_of

LEAST_SHAFT_PX, LEAST_ROOTS = 8.0, 8
"""A photo good enough to be spoilt has shafts typically this wide and so many readable roots."""
PHOTOS = 16
COUNTS = (30, 25, 20, 15, 10, 5)
"""Of a photo with this many hairs or more, so many are kept."""
_DRAWS = 4
_IN_PICTURE_PX, _IN_PICTURE_WIDTHS = 20.0, 7.0
"""A hair is in the picture with this much of its length: what the finder would take for one."""


class PhotoScorer(Protocol):
    """What ``model.scorer.Scorer`` offers, as far as it is needed here."""

    def score(self, photo: Photo) -> PhotoReport:
        """The report of the photo."""

    def summary(self, hairs: Sequence[Hair]) -> Summary:
        """What hairs amount to."""


def good_photos(rendered: Path) -> list[AnnotatedPhoto]:
    """Held-out photos that can be spoilt, ``PHOTOS`` at most, in the order of their names' hashes.

    Raises OSError for a folder without renders.
    """
    good = [
        truth
        for truth in load_annotations(rendered)
        if is_held_out_photo(truth.name) and _is_good(truth)
    ]
    return sorted(good, key=lambda truth: hashlib.sha256(truth.name.encode()).hexdigest())[:PHOTOS]


def _is_good(truth: AnnotatedPhoto) -> bool:
    return (
        sum(map(_is_knowable, truth.hairs)) >= LEAST_ROOTS and shaft_px_of(truth) >= LEAST_SHAFT_PX
    )


def _is_knowable(hair: AnnotatedHair) -> bool:
    return hair.root_in_photo and (hair.root != "bare" or hair.tip_in_photo)


def captures_of(
    photo: Photo, truth: AnnotatedPhoto, half: int, scorer: PhotoScorer
) -> Iterator[Capture]:
    """The photo under every step of every fault, and with ever fewer of its hairs."""
    for fault in DEGRADATIONS:
        for step in fault.steps:
            spoilt, moved = fault.at(photo, truth, step)
            report = scorer.score(spoilt)
            yield Capture(
                code=fault.code,
                step=step,
                half=half,
                fired=fault.code in {finding.code for finding in report.quality},
                measure=_MEASURES[fault.code](spoilt, report.hairs),
                asked=_asked(truth, moved),
                **_answers(report.hairs, moved),
            )
    yield from _fewer(photo, half, scorer)


def _asked(truth: AnnotatedPhoto, moved: AnnotatedPhoto) -> tuple[int, int]:
    """Anagen and telogen hairs in the spoilt photo whose root could be read in the good one."""
    pairs = zip(truth.hairs, moved.hairs, strict=True)
    asked = [before.root for before, after in pairs if _is_knowable(before) and _seen(moved, after)]
    telogen = asked.count("telogen")
    return len(asked) - telogen, telogen


def _seen(photo: AnnotatedPhoto, hair: AnnotatedHair) -> bool:
    steps = np.linalg.norm(np.diff(hair.line, axis=0), axis=1)
    length = float(steps[photo.contains(hair.line)[1:]].sum())
    return length >= max(_IN_PICTURE_PX, _IN_PICTURE_WIDTHS * hair.shaft_px)


def _answers(hairs: Sequence[Hair], truth: AnnotatedPhoto) -> dict[str, tuple[int, int]]:
    """Anagen and telogen hairs that were ``given`` a label, and the ``right`` one. A label on what
    shows no known root counts nowhere."""
    given, right = [0, 0], [0, 0]
    for hair in hairs:
        known = match(hair.strand, truth)
        if known.is_knowable and hair.label is not Label.UNSURE:
            telogen = int(known.truth == "telogen")
            given[telogen] += 1
            right[telogen] += (hair.label is Label.TELOGEN) == bool(telogen)
    return {"given": (given[0], given[1]), "right": (right[0], right[1])}


def _fewer(photo: Photo, half: int, scorer: PhotoScorer) -> Iterator[Capture]:
    """Of the hairs of a photo some at random; what is asked, given and right is a verdict."""
    hairs = scorer.score(photo).hairs
    if len(hairs) < max(COUNTS):
        return
    rng = np.random.default_rng(0)
    for count in COUNTS * _DRAWS:
        some = [hairs[i] for i in rng.permutation(len(hairs))[:count]]
        has_verdict = int(scorer.summary(some).verdict is not Verdict.TOO_FEW)
        verdicts = (has_verdict, has_verdict)
        fired = "few_hairs" in {finding.code for finding in _judged(photo, some)}
        yield Capture("few_hairs", count, half, fired, count, (1, 1), verdicts, verdicts)


def _judged(photo: Photo, hairs: Sequence[Hair]) -> tuple[Finding, ...]:
    return assess(photo, [hair.strand for hair in hairs], _unseen(hairs))


def _unseen(hairs: Sequence[Hair]) -> list[bool]:
    return [hair.reason is Reason.ROOT_NOT_SEEN for hair in hairs]


Measure = Callable[[Photo, Sequence[Hair]], float]


def _of_hairs(measure: Measure) -> Measure:
    """The measure where there are hairs, else not a number."""
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
        lambda _, hairs: cut_off_share([h.strand for h in hairs], _unseen(hairs))
    ),
}
"""What each finding goes by, of a photo and its hairs."""


def study(rendered: Path, scorer: PhotoScorer) -> list[DegradationCurve]:
    """The curve of each fault, in the order of ``DEGRADATIONS``; without photos of enough hairs
    there is
    none of ``few_hairs``.

    Raises OSError, and ShedlightError for a photo that cannot be read.
    """
    shots: list[Capture] = []
    for place, truth in enumerate(track(good_photos(rendered), "Spoiling photos")):
        photo = read_photo_file(rendered / "photos" / truth.name)
        shots += captures_of(photo, truth, place % 2, scorer)
    varied = {fault.code: fault.varied for fault in DEGRADATIONS} | {
        "few_hairs": "hairs in the photo"
    }
    taken = {shot.code for shot in shots}
    return [curve_of(code, words, shots) for code, words in varied.items() if code in taken]


def table_of(curves: Sequence[DegradationCurve]) -> str:
    """A Markdown table: where the labels fall, the limit that would follow from the choosing half,
    and how often the finding fires on the checking half while nine, eight, six tenths and less of
    the right labels are left."""
    spans = ((0.9, np.inf), (FALLEN, 0.9), (0.6, FALLEN), (-np.inf, 0.6))
    heads = ("finding", "falls at", "there it goes by", "0.9 left", "0.8 left", "0.6 left", "less")
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


def write_study(rendered: Path, out: Path) -> list[DegradationCurve]:
    """Measures when each retake finding fires; writes ``retake.json`` and ``retake.png``."""
    cv2.setNumThreads(1)
    out.mkdir(parents=True, exist_ok=True)
    curves = study(rendered, Scorer.shipped())
    (out / "retake.json").write_text(json.dumps([asdict(curve) for curve in curves], indent=1))
    picture_of(curves).savefig(out / "retake.png", dpi=90)
    return curves
