"""A scorer that crashes or hangs on photos of a certain width, for trying it in other processes."""

import os
import signal
from dataclasses import dataclass
from time import sleep

from data.images.photo import Photo
from data.scale.request import AUTO, ScaleRequest
from model.report import PhotoReport
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.fake_scorer import FakeScorer

CRASHING_PX, HANGING_PX = 301, 302
CRASHING, HANGING = (encoded(scene(width)) for width in (CRASHING_PX, HANGING_PX))


@dataclass(frozen=True)
class OddScorer(FakeScorer):
    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
        if photo.width == CRASHING_PX:
            os.kill(os.getpid(), signal.SIGSEGV)
        if photo.width == HANGING_PX:
            sleep(600)
        return super().score(photo, roots_in_view, scale)


def refuses_to_load() -> FakeScorer:
    raise RuntimeError("no memory left")
