"""The command with a scorer that takes its time: ``python -m tests.serve.slow_batch score``."""

from dataclasses import dataclass
from time import sleep

import serve.champion
from data.photo import Photo
from model.report import PhotoReport
from serve.cli import main
from tests.serve.fake_scorer import FakeScorer

PHOTO_S = 0.1


@dataclass(frozen=True)
class SlowScorer(FakeScorer):
    def score(self, photo: Photo, roots_in_view: bool = False) -> PhotoReport:
        sleep(PHOTO_S)
        return super().score(photo, roots_in_view)


if __name__ == "__main__":
    from tests.serve.slow_batch import SlowScorer as OfThisModule  # where workers find it

    serve.champion.scorer_in_force = lambda _: OfThisModule  # type: ignore[assignment,return-value]
    main()
