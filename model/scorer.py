"""From a photo to its report: ``report = scorer.score(read_photo(raw))``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from data.images.photo import Photo
from data.quality import Finding, assess
from data.strands.crop import RootCrop, crop_end, edge_widths
from data.strands.strand import EndState, Strand
from model.inference.line_finder import Finder, shipped_finder
from model.inference.root_classifier import EndClassifier
from model.labelling.hair import EndProbabilities, Hair, Reason
from model.labelling.joint_rule import EndScores, HairScores, JointRule
from model.labelling.photo_rule import label_photo
from model.report import ModelName, PhotoReport, Status
from model.share.confusion import Confusion, confusion_of_tiers
from model.share.counts import HairCounts
from model.share.posterior import summarise_counts
from model.share.summary import Summary
from model.version import SHIPPED, load_version


@dataclass(frozen=True)
class Scorer:
    """Scores photos with one version of the model. May be used from several threads at a time.

    ``confusion`` has the error matrix of each tier of shaft width, and that of all.
    """

    model: ModelName
    classifier: EndClassifier
    rule: JointRule
    confusion: Mapping[str, Confusion]
    finder: Finder

    @classmethod
    def shipped(cls) -> "Scorer":
        """The scorer with the weights that come with the package."""
        return cls.load(SHIPPED)

    @classmethod
    def load(cls, folder: Path, finder: Finder | None = None) -> "Scorer":
        """The scorer of a version's folder, with the shipped finder unless another is given.

        Raises ShedlightError (MODEL_REFUSED).
        """
        version = load_version(folder)
        manifest = version.manifest
        classifier = EndClassifier(version)
        return cls(
            manifest.name,
            classifier,
            manifest.rule,
            manifest.confusion,
            finder or shipped_finder(),
        )

    def score(self, photo: Photo, roots_in_view: bool = False) -> PhotoReport:
        """The report of a photo; its ``photo`` field holds the hash until it is ``named``.

        ``roots_in_view``: the user says that the root ends were laid in the picture.
        """
        hairs = self._hairs(photo, roots_in_view)
        return PhotoReport(
            photo=photo.sha256,
            sha256=photo.sha256,
            status=Status.SCORED if hairs else Status.NO_HAIRS,
            model=self.model,
            width=photo.width,
            height=photo.height,
            hairs=hairs,
            quality=_judged(photo, hairs),
            summary=self.summary(hairs),
        )

    def pool(self, reports: Iterable[PhotoReport]) -> Summary:
        """The summary of several photos together; a photo that was sent twice counts once."""
        first = (report.hairs for report in reports if report.duplicate_of is None)
        return self.summary(chain.from_iterable(first))

    def summary(self, hairs: Iterable[Hair]) -> Summary:
        """What hairs amount to, given how often hairs of their widths are called what."""
        return self.summary_of(HairCounts.of(hairs))

    def summary_of(self, tally: HairCounts) -> Summary:
        """The summary of hairs that were counted."""
        confusion = confusion_of_tiers(tally.tiers, self.confusion)
        return summarise_counts(tally.by_machine, confusion, tally.by_person)

    def strands(self, photo: Photo) -> list[Strand]:
        """What the finder proposes, before the network throws out what is no hair."""
        return self.finder(photo)

    def _hairs(self, photo: Photo, roots_in_view: bool) -> tuple[Hair, ...]:
        strands = self.strands(photo)
        readings = score_ends(self.classifier, photo, strands)
        hairs = label_photo(strands, readings, self.rule, roots_in_view)
        return tuple(hair for hair in hairs if hair is not None)


def _judged(photo: Photo, hairs: Sequence[Hair]) -> tuple[Finding, ...]:
    strands = [hair.strand for hair in hairs]
    return assess(photo, strands, [hair.reason is Reason.ROOT_NOT_SEEN for hair in hairs])


def score_ends(
    classifier: EndClassifier, photo: Photo, strands: Sequence[Strand]
) -> list[HairScores]:
    """What the visible ends of each strand look like, all of them read in one go."""
    places = [(i, k) for i, strand in enumerate(strands) for k in (0, 1) if _visible(strand, k)]
    crops = [crop_end(photo, strands[i], k) for i, k in places]
    probabilities = classifier.probabilities(crops)
    read = {
        place: _reading(*pair) for place, *pair in zip(places, probabilities, crops, strict=True)
    }
    return [(read.get((i, 0)), read.get((i, 1))) for i in range(len(strands))]


def _visible(strand: Strand, end_index: int) -> bool:
    return strand.ends[end_index].state is EndState.VISIBLE


def _reading(probabilities: Sequence[float], crop: RootCrop) -> EndScores:
    return EndScores(EndProbabilities(*map(float, probabilities)), edge_widths(crop))
