"""The local engine: order, crashes, stopping."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import sleep

import pytest

from data.images.photo import Photo
from data.scale.request import AUTO, ScaleRequest
from model.report import PhotoReport, Status
from serve.batch.local_engine import LocalEngine
from serve.error_codes import ServerError, ServerErrorCode
from serve.errors import CommandError
from serve.inputs.photo_files import NamedPhoto
from serve.scoring.interfaces import Arguments, Job, PhotoScorer, Result, ThreadWorkers
from serve.scoring.pool import WorkerPool
from serve.scoring.score_file import ScoreOptions
from tests.helpers.batch.faulty_scorer import CRASHING, OddScorer
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.fake_scorer import MODEL, FakeScorer


def save_photos(folder: Path, *raws: bytes) -> list[NamedPhoto]:
    photos = []
    for number, raw in enumerate(raws):
        file = folder / f"{number}.jpg"
        file.write_bytes(raw)
        photos.append(NamedPhoto(file, file.name))
    return photos


def photos_of_widths(*widths: int) -> list[bytes]:
    return [encoded(scene(width, 240)) for width in widths]


@dataclass(frozen=True)
class SlowOnWide(FakeScorer):
    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
        sleep(0.3 if photo.width == 400 else 0)
        return super().score(photo, roots_in_view, scale)


def test_reports_come_in_the_order_of_the_photos(tmp_path: Path) -> None:
    photos = save_photos(tmp_path, *photos_of_widths(400, *range(310, 330)))
    engine = LocalEngine(ThreadWorkers(SlowOnWide(), 2), 2, MODEL)
    assert [report.photo for report in engine(photos, ScoreOptions())] == [p.name for p in photos]


def test_few_photos_are_taken_ahead(tmp_path: Path) -> None:
    taken: list[str] = []

    def taking() -> Iterator[NamedPhoto]:
        for photo in save_photos(tmp_path, *photos_of_widths(300)) * 100:
            taken.append(photo.name)
            yield photo

    reports = LocalEngine(ThreadWorkers(FakeScorer(), 2), 2, MODEL)(taking(), ScoreOptions())
    next(reports)
    assert len(taken) <= 20
    assert len(list(reports)) == 99


def test_a_photo_that_kills_its_worker_twice_fails_and_the_run_continues(
    tmp_path: Path,
) -> None:
    photos = save_photos(tmp_path, *photos_of_widths(300), CRASHING, *photos_of_widths(303))
    with closing(WorkerPool(OddScorer, 1, 60.0)) as pool:
        pool.start()
        reports = list(LocalEngine(pool, 1, MODEL)(photos, ScoreOptions()))
        assert pool.restarts == 2
    assert [report.status for report in reports] == [Status.SCORED, Status.FAILED, Status.SCORED]
    assert reports[1].error is not None
    assert reports[1].error[0] is ServerErrorCode.PHOTO_CRASHED_READER
    assert reports[1].sha256 is not None


class Failing(ThreadWorkers):
    """Fails ``times`` times, then works."""

    def __init__(self, code: ServerErrorCode, times: int) -> None:
        super().__init__(FakeScorer(), 1)
        self._left, self._code = times, code

    def run(
        self, job: Job[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        if self._left:
            self._left -= 1
            raise ServerError(self._code, limit_s=1, retry_s=1)
        return super().run(job, *args, **kwargs)


@pytest.mark.parametrize(
    "code", [ServerErrorCode.PHOTO_CRASHED_READER, ServerErrorCode.TOOK_TOO_LONG]
)
def test_a_photo_whose_worker_failed_once_is_tried_again(
    tmp_path: Path, code: ServerErrorCode
) -> None:
    photos = save_photos(tmp_path, *photos_of_widths(300))
    for times, status in ((1, Status.SCORED), (2, Status.FAILED)):
        (report,) = LocalEngine(Failing(code, times), 1, MODEL)(photos, ScoreOptions())
        assert report.status is status


def test_no_photo_fails_when_no_worker_can_start(tmp_path: Path) -> None:
    photos = save_photos(tmp_path, *photos_of_widths(300))
    engine = LocalEngine(Failing(ServerErrorCode.NOT_READY, 1), 1, MODEL)
    with pytest.raises(CommandError, match="--resume"):
        list(engine(photos, ScoreOptions()))


def test_no_photo_is_started_after_a_stop(tmp_path: Path) -> None:
    stopped, begun = Event(), []

    class StopsAtSecond(ThreadWorkers):
        def run(
            self, job: Job[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
        ) -> Result:
            begun.append(args[0])
            if len(begun) == 2:
                stopped.set()
            return super().run(job, *args, **kwargs)

    scorer: PhotoScorer = FakeScorer()
    engine = LocalEngine(StopsAtSecond(scorer, 1), 1, MODEL, stopped)
    reports = list(
        engine(save_photos(tmp_path, *photos_of_widths(300, 301, 302, 303)), ScoreOptions())
    )
    assert [report.photo for report in reports] == ["0.jpg", "1.jpg"]
    assert len(begun) == 2
