"""Scores a photo: ``report = scorer.score(read_photo(raw))``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from data.images.photo import Photo
from data.quality import Finding, assess
from data.quality.skin import grow_in_skin
from data.scale.find import find_scale
from data.scale.request import AUTO, ScaleRequest
from data.scale.scale import Scale
from data.strands.crop import crop_end, edge_widths
from data.strands.shaft_colour import shaft_colour
from data.strands.strand import EndState, Strand
from model.inference.line_finder import Finder, shipped_finder
from model.inference.root_classifier import EndClassifier
from model.inference.root_outline import root_outline
from model.labelling.hair import EndProbabilities, Hair, Reason
from model.labelling.joint_rule import EndScores, HairScores, JointRule
from model.labelling.photo_rule import label_photo
from model.measures.measure import measure_strands
from model.measures.shedding import Shedding
from model.report import ModelName, PhotoReport, Status
from model.share.answer import summarise_counts
from model.share.confusion import Confusion, confusion_of_bins
from model.share.counts import HairCounts
from model.share.summary import Summary
from model.version import SHIPPED, load_version


@dataclass(frozen=True)
class Scorer:
    """Scores photos with one version of the model. May be used from several threads at a time.

    ``confusion`` has the error matrix of each shaft width bin, and that of all.
    """

    model: ModelName
    classifier: EndClassifier
    rule: JointRule
    confusion: Mapping[str, Confusion]
    finder: Finder

    @classmethod
    def shipped(cls) -> "Scorer":
        """The scorer with the shipped weights."""
        return cls.load(SHIPPED)

    @classmethod
    def load(cls, folder: Path, finder: Finder | None = None) -> "Scorer":
        """The scorer of a version's folder, with the shipped finder unless another is given.

        Raises ShedlightError (MODEL_REFUSED).
        """
        version = load_version(folder)
        manifest = version.manifest
        return cls(
            manifest.name,
            EndClassifier(version),
            manifest.rule,
            manifest.confusion,
            finder or shipped_finder(),
        )

    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
        """The report of a photo; its ``photo`` field holds the hash until it is ``named``.

        ``roots_in_view``: the user stated that all root ends lie in the picture. ``scale``: where
        to take millimetres per pixel from.
        """
        return self.score_strands(photo, self.finder.find(photo), roots_in_view, scale)

    def score_strands(
        self,
        photo: Photo,
        strands: Sequence[Strand],
        roots_in_view: bool = False,
        scale: ScaleRequest = AUTO,
    ) -> PhotoReport:
        """The report of a photo in which the finder found ``strands``."""
        scores = score_ends(self.classifier, photo, strands)
        labelled = label_photo(strands, scores, self.rule, roots_in_view)
        in_skin = grow_in_skin(photo, strands, [hair is None for hair in labelled])
        hairs = tuple(hair for hair in labelled if hair is not None and not in_skin)
        root_not_seen = [hair.reason is Reason.ROOT_NOT_SEEN for hair in hairs]
        quality = assess(photo, [hair.strand for hair in hairs], root_not_seen, in_skin)
        found, hairs, about_scale = with_measures(photo, hairs, scale)
        return PhotoReport(
            photo=photo.sha256,
            sha256=photo.sha256,
            status=Status.SCORED if hairs else Status.NO_HAIRS,
            model=self.model,
            width=photo.width,
            height=photo.height,
            hairs=hairs,
            quality=(*quality, *about_scale),
            summary=self.summary(hairs),
            scale=found,
        )

    def pool(self, reports: Iterable[PhotoReport]) -> Summary:
        """The summary of several photos together; duplicates count once."""
        first = (report.hairs for report in reports if report.duplicate_of is None)
        return self.summary(chain.from_iterable(first))

    def summary(self, hairs: Iterable[Hair]) -> Summary:
        """The summary of hairs, with the error rates for their widths."""
        return self.summary_of(HairCounts.of(hairs))

    def summary_of(self, counts: HairCounts) -> Summary:
        """The summary of counted hairs."""
        confusion = confusion_of_bins(counts.width_bins, self.confusion)
        summary = summarise_counts(counts.by_machine, confusion, counts.by_person)
        return replace(summary, measures=Shedding.of(counts.measures))

    def strands(self, photo: Photo) -> list[Strand]:
        """The strands that the finder finds, before those that are no hairs are dropped."""
        return self.finder.find(photo)


def with_measures(
    photo: Photo, hairs: tuple[Hair, ...], wanted: ScaleRequest
) -> tuple[Scale | None, tuple[Hair, ...], tuple[Finding, ...]]:
    """The photo's scale, its hairs with their measures, and what is wrong with the scale."""
    if not hairs:
        return None, hairs, ()
    scale = find_scale(photo, wanted)
    if scale is None:
        source = wanted.source
        return None, hairs, (Finding("scale_not_found", {"variant": source}),) if source else ()
    measures, problem = measure_strands([hair.strand for hair in hairs], scale)
    if problem is not None:
        return None, hairs, (problem,)
    pairs = zip(hairs, measures, strict=True)
    return scale, tuple(replace(hair, measures=each) for hair, each in pairs), ()


_MIN_OUTLINED = 0.2
"""Probability of a root from which an end's outline is drawn: a label needs more."""


def score_ends(
    classifier: EndClassifier, photo: Photo, strands: Sequence[Strand]
) -> list[HairScores]:
    """The scores of the visible ends of each strand, classified together; None for other ends."""
    visible = [
        (i, k)
        for i, strand in enumerate(strands)
        for k, end in enumerate(strand.ends)
        if end.state is EndState.VISIBLE
    ]
    crops = [crop_end(photo, strands[i], k) for i, k in visible]
    rows, maps = classifier.read(crops)
    scores = {}
    for (i, k), row, parts, crop in zip(visible, rows.tolist(), maps, crops, strict=True):
        probabilities = EndProbabilities(*row)
        outline = None
        if parts is not None and probabilities.root >= _MIN_OUTLINED:
            outline = root_outline(parts, strands[i].ends[k], crop.shaft_px)
        scores[i, k] = EndScores(probabilities, edge_widths(crop), shaft_colour(crop), outline)
    return [(scores.get((i, 0)), scores.get((i, 1))) for i in range(len(strands))]
