"""Counts false hairs in photos without hair: ``shedlight study no-hair``."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from data.images.photo import Photo
from data.images.read import read_photo_file
from data.strands.strand import Strand
from model.labelling.hair import Label
from model.report import PhotoReport
from training.datasets.annotations import AnnotatedPhoto, load_annotations


class StrandScorer(Protocol):
    """The part of ``model.scorer.Scorer`` that this study uses."""

    def strands(self, photo: Photo) -> list[Strand]:
        """The strands that the finder proposes."""

    def score(self, photo: Photo) -> PhotoReport:
        """The report of the photo."""


@dataclass(frozen=True)
class NoHairPhoto:
    """Counts of one photo: strands that the finder proposed, hairs listed, and hairs given a label
    other than unsure."""

    name: str
    proposed: int
    listed: int
    labelled: int


@dataclass(frozen=True)
class NoHairCounts:
    """Counts by photo, and their sums."""

    photos: tuple[NoHairPhoto, ...]

    @property
    def proposed(self) -> int:
        """Strands proposed in all photos."""
        return sum(photo.proposed for photo in self.photos)

    @property
    def listed(self) -> int:
        """Hairs listed in all photos."""
        return sum(photo.listed for photo in self.photos)

    @property
    def labelled(self) -> int:
        """Hairs labelled in all photos."""
        return sum(photo.labelled for photo in self.photos)

    @property
    def photos_with_a_label(self) -> int:
        """Number of photos with a labelled hair."""
        return sum(photo.labelled > 0 for photo in self.photos)


def count_false_hairs(folders: Sequence[Path], scorer: StrandScorer) -> NoHairCounts:
    """The counts of folders that ``shedlight render`` filled.

    Raises ValueError when a photo has a hair, ShedlightError for a photo that cannot be read.
    """
    photos: list[NoHairPhoto] = []
    for folder in folders:
        truths = load_annotations(folder)
        if haired := [truth.name for truth in truths if truth.hairs]:
            raise ValueError(f"{folder} has photos with hairs, such as {haired[0]}")
        shown = track(truths, "Scoring", console=Console(stderr=True), transient=True)
        photos += [_counts(folder, truth, scorer) for truth in shown]
    return NoHairCounts(tuple(photos))


def _counts(folder: Path, truth: AnnotatedPhoto, scorer: StrandScorer) -> NoHairPhoto:
    photo = read_photo_file(folder / "photos" / truth.name)
    hairs = scorer.score(photo).hairs
    labelled = sum(hair.label is not Label.UNSURE for hair in hairs)
    return NoHairPhoto(truth.name, len(scorer.strands(photo)), len(hairs), labelled)


def counts_table(counts: NoHairCounts) -> Table:
    """A row for each photo and a footer with their sums."""
    table = Table(show_footer=True)
    table.add_column("photo", f"{len(counts.photos)} photos", overflow="fold")
    for name in ("proposed", "listed", "labelled"):
        table.add_column(name, str(getattr(counts, name)), justify="right")
    for photo in counts.photos:
        numbers = (photo.proposed, photo.listed, photo.labelled)
        table.add_row(Text(photo.name), *map(str, numbers))
    return table
