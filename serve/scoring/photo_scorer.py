"""What batch and server need of a scorer."""

from collections.abc import Iterable
from typing import Protocol

from data.images.photo import Photo
from model.report import ModelName, PhotoReport
from model.share.counts import Tally
from model.share.summary import Summary


class PhotoScorer(Protocol):
    """What ``model.scorer.Scorer`` offers, without the runtime that it loads."""

    @property
    def model(self) -> ModelName:
        """Which model speaks."""

    def score(self, photo: Photo, roots_in_view: bool = False) -> PhotoReport:
        """The report of one photo."""

    def pool(self, reports: Iterable[PhotoReport]) -> Summary:
        """The summary of several photos together; one that was sent twice counts once."""

    def summary_of(self, tally: Tally) -> Summary:
        """The summary of hairs that were counted."""
