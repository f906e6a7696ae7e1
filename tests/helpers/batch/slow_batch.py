"""The command with a scorer that takes its time: ``python -m tests.helpers.batch.slow_batch
score``. ``PHOTO_S`` in the environment sets how much."""

import os
from dataclasses import dataclass
from time import sleep

import serve.scoring.model
from data.images.photo import Photo
from data.scale.request import AUTO, ScaleRequest
from model.report import PhotoReport
from serve.cli.main import main
from tests.helpers.serve.fake_scorer import FakeScorer

PHOTO_S = float(os.environ.get("PHOTO_S", "0.1"))


@dataclass(frozen=True)
class SlowScorer(FakeScorer):
    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
        sleep(PHOTO_S)
        return super().score(photo, roots_in_view, scale)


if __name__ == "__main__":
    from tests.helpers.batch.slow_batch import SlowScorer as OfThisModule  # where workers find it

    serve.scoring.model.load_active_scorer = lambda _: OfThisModule  # type: ignore[assignment,return-value]
    main()
