"""A scorer that finds the same hairs in every photo, so that the server can be tried alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np

from data.images.photo import Photo
from data.quality import Finding
from data.scale.request import AUTO, ScaleRequest
from data.scale.scale import ScaleSource
from data.strands.strand import End, EndState, Strand
from model.labelling.hair import ALL, EndProbabilities, Hair, Label, Reason, RootType
from model.measures.shedding import Shedding
from model.report import ModelName, PhotoReport, Status
from model.scorer import with_measures
from model.share.answer import summarise_counts
from model.share.confusion import FAULTLESS, Confusion, confusion_of_bins
from model.share.counts import HairCounts
from model.share.summary import Summary

MODEL = ModelName("fake", "0", "0" * 64, "nothing")


@dataclass(frozen=True)
class FakeScorer:
    """Finds ``telogen`` + ``misshapen`` + ``no_bulb`` + ``unsure`` hairs; fails with ``fault``.

    Its labels are faultless by default; ``confusion`` is by width bin; all shafts are 6 px wide.
    Hairs are unsure unless ``roots_in_view`` is set, when ``heeds_roots_in_view``.
    """

    telogen: int = 19
    misshapen: int = 1
    unsure: int = 2
    fault: Exception | None = None
    heeds_roots_in_view: bool = False
    model: ModelName = MODEL
    confusion: Mapping[str, Confusion] = field(default_factory=lambda: {ALL: FAULTLESS})
    no_bulb: int = 0

    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
        if self.fault:
            raise self.fault
        hairs, found = self._hairs(photo, roots_in_view), None
        if scale.source is ScaleSource.TYPED:
            found, hairs, _ = with_measures(photo, hairs, scale)
        return PhotoReport(
            photo=photo.sha256,
            sha256=photo.sha256,
            status=Status.SCORED if hairs else Status.NO_HAIRS,
            model=self.model,
            width=photo.width,
            height=photo.height,
            hairs=hairs,
            quality=(Finding("blurred", {"part": 3, "count": 22}, (0, 0, 10, 10)),),
            summary=self.summary_of(HairCounts.of(hairs)),
            scale=found,
        )

    def pool(self, reports: Iterable[PhotoReport]) -> Summary:
        counted = (report.hairs for report in reports if report.duplicate_of is None)
        return self.summary_of(HairCounts.of(chain.from_iterable(counted)))

    def summary_of(self, tally: HairCounts) -> Summary:
        confusion = confusion_of_bins(tally.width_bins, self.confusion)
        summary = summarise_counts(tally.by_machine, confusion, tally.by_person)
        return replace(summary, measures=Shedding.of(tally.measures))

    def _hairs(self, photo: Photo, roots_in_view: bool) -> tuple[Hair, ...]:
        kinds = [Label.TELOGEN] * self.telogen + [Label.ANAGEN] * (self.misshapen + self.no_bulb)
        kinds += [Label.UNSURE] * self.unsure
        if self.heeds_roots_in_view and not roots_in_view:
            kinds = [Label.UNSURE] * len(kinds)
        gap = photo.height / (len(kinds) + 1)
        x = 0.1 * photo.width
        hairs = [hair_at(kind, photo, x, (i + 1) * gap) for i, kind in enumerate(kinds)]
        bare = range(self.telogen + self.misshapen, len(hairs) - self.unsure)
        for i in bare:
            hairs[i] = replace(hairs[i], root_type=RootType.NONE)
        return tuple(hairs)


def hair_at(label: Label, photo: Photo, x: float, y: float) -> Hair:
    """A level hair with its root at (x, y); it leaves the photo on the right."""
    root = End(x, y, np.pi, EndState.VISIBLE)
    tip = End(float(photo.width), y, 0.0, EndState.OUT_OF_PHOTO)
    xs = np.arange(root.x, tip.x, 8.0)
    path = np.column_stack([xs, np.full_like(xs, y)])
    strand = Strand(path, 6.0, (root, tip), -80.0, shaft_px_error=0.3)
    kinds = {Label.TELOGEN: RootType.CLUB, Label.ANAGEN: RootType.MISSHAPEN, Label.UNSURE: None}
    sure = {Label.TELOGEN: (0.94, 0.05), Label.ANAGEN: (0.08, 0.9), Label.UNSURE: (0.4, 0.3)}
    return Hair(
        strand=strand,
        ends=(EndProbabilities(0.7, 0.2, 0.05, 0.05), None),
        label=label,
        reason=Reason.AMBIGUOUS if label is Label.UNSURE else None,
        p_telogen=sure[label][0],
        p_anagen=sure[label][1],
        root_type=kinds[label],
        root_end=None if label is Label.UNSURE else 0,
    )
