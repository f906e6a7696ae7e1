"""Counts what is listed and labelled in photos of lookalikes: ``shedlight study lookalikes``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.progress import track
from rich.table import Table

from data.images.photo import Photo
from data.images.read import read_photo_file
from data.render.lookalikes.dataset import KINDS
from model.labelling.hair import Hair, Label
from model.report import PhotoReport
from model.share.summary import Summary
from training.datasets.annotations import (
    AnnotatedHair,
    AnnotatedPhoto,
    distance_to_line,
    load_annotations,
)
from training.datasets.matching import match

NO_HAIR = "not_hair"
_NEAR_PX, _NEAR_WIDTHS, _MIN_ALONG = 8.0, 2.0, 0.6
"""A listed strand is a hair if this share of it lies this near to its line, as in matching.py."""


class PhotoScorer(Protocol):
    """The part of ``model.scorer.Scorer`` that this study uses."""

    def score(self, photo: Photo) -> PhotoReport:
        """The report of a photo."""

    def pool(self, reports: Iterable[PhotoReport]) -> Summary:
        """The summary of several photos together."""


@dataclass(frozen=True)
class KindCounts:
    """Counts of the photos of one kind.

    ``present`` are the hairs in them with an end in view, ``found`` those of them that are listed.
    ``invented`` is listed and lies on no hair; ``labelled`` and ``wrongly_labelled`` count listed
    strands with a label other than unsure, and those of them on no hair. ``findings`` are the codes
    of findings with the number of photos that have them, ``verdict`` that of all photos together.
    """

    kind: str
    photos: int
    present: int
    found: int
    listed: int
    invented: int
    labelled: int
    wrongly_labelled: int
    findings: dict[str, int]
    verdict: str


def count_lookalikes(folder: Path, scorer: PhotoScorer, most: int = 30) -> list[KindCounts]:
    """The counts of the first ``most`` photos of each kind in a folder of lookalikes.

    Raises ShedlightError for a photo that cannot be read.
    """
    by_kind: dict[str, list[AnnotatedPhoto]] = {}
    for truth in load_annotations(folder):
        kind = next((kind for kind in KINDS if truth.name.startswith(f"{kind}_")), "other")
        by_kind.setdefault(kind, []).append(truth)
    order = [kind for kind in (*KINDS, "other") if kind in by_kind]
    return [_counts(kind, by_kind[kind][:most], folder, scorer) for kind in order]


def _counts(
    kind: str, truths: Sequence[AnnotatedPhoto], folder: Path, scorer: PhotoScorer
) -> KindCounts:
    reports, present, found = [], 0, 0
    listed = invented = labelled = wrong = 0
    findings: dict[str, int] = {}
    for truth in track(truths, kind, console=Console(stderr=True), transient=True):
        report = scorer.score(read_photo_file(folder / "photos" / truth.name))
        reports.append(report)
        for finding in report.quality:
            findings[finding.code] = findings.get(finding.code, 0) + 1
        in_view = [hair for hair in truth.hairs if hair.root_in_photo or hair.tip_in_photo]
        present += len(in_view)
        found += sum(any(_is_along(hair, one) for one in report.hairs) for hair in in_view)
        for hair in report.hairs:
            on_none = match(hair.strand, truth).truth == NO_HAIR
            listed, invented = listed + 1, invented + on_none
            if hair.label is not Label.UNSURE:
                labelled, wrong = labelled + 1, wrong + on_none
    verdict = scorer.pool(reports).verdict.value
    return KindCounts(
        kind, len(truths), present, found, listed, invented, labelled, wrong, findings, verdict
    )


def _is_along(hair: AnnotatedHair, listed: Hair) -> bool:
    """Whether most of a listed strand runs along the hair."""
    points = listed.strand.path[:: max(1, len(listed.strand.path) // 25)]
    near = distance_to_line(points, hair.line) <= max(_NEAR_PX, _NEAR_WIDTHS * hair.shaft_px)
    return bool(near.mean() >= _MIN_ALONG)


def counts_table(counts: Sequence[KindCounts]) -> Table:
    """A row for each kind and a footer with the sums."""
    table = Table(show_footer=True)
    table.add_column("kind", "all")
    for name in (
        "photos",
        "present",
        "found",
        "listed",
        "invented",
        "labelled",
        "wrongly_labelled",
    ):
        total = sum(getattr(each, name) for each in counts)
        table.add_column(name.replace("_", " "), str(total), justify="right")
    table.add_column("verdict")
    table.add_column("hairs in skin")
    for each in counts:
        numbers = (each.photos, each.present, each.found, each.listed, each.invented,
                   each.labelled, each.wrongly_labelled)  # fmt: skip
        in_skin = str(each.findings.get("hairs_in_skin", 0))
        table.add_row(each.kind, *map(str, numbers), each.verdict, in_skin)
    return table
