"""Scorers that take a process of Ray's with them, or that wait for its end."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from data.images.photo import Photo
from data.scale.request import AUTO, ScaleRequest
from model.report import PhotoReport
from tests.helpers.batch.faulty_scorer import OddScorer
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.fake_scorer import FakeScorer

KILLING_PX = 303
KILLING = encoded(scene(KILLING_PX))


@dataclass(frozen=True)
class RuthlessScorer(OddScorer):
    """Kills the process that started its own, too, on photos of a certain width."""

    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
        if photo.width == KILLING_PX:
            os.kill(os.getppid(), signal.SIGKILL)
            sleep(600)
        return super().score(photo, roots_in_view, scale)


@dataclass(frozen=True)
class DoomedScorer(FakeScorer):
    """Leaves a file HASH-NODE in ``marks`` for each photo that it begins; on the node ``doomed``
    (the process number of its raylet), it never ends one."""

    marks: Path = Path()
    doomed: int = 0

    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
        node, parent = os.environ["RAY_RAYLET_PID"], os.getppid()
        (self.marks / f"{photo.sha256}-{node}").touch()
        while node == str(self.doomed) and os.getppid() == parent:
            sleep(0.05)
        return super().score(photo, roots_in_view, scale)
