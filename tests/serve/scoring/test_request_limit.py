from io import BytesIO
from threading import Event, Thread

import anyio
import httpx
import pytest
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from data.errors import ShedlightError
from data.images.photo import Photo
from data.scale.request import AUTO, ScaleRequest
from model.report import PhotoReport
from serve.api.routes.photos import score_all
from serve.api.save_photos import SavePhotos
from serve.api.uploads import PhotoOptions, Submission
from serve.error_codes import ServerErrorCode
from serve.resources import Resources
from serve.scoring.interfaces import ThreadWorkers
from serve.scoring.request_limit import RequestLimiter
from serve.settings import Settings
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import PHOTO, error_of, files
from tests.helpers.serve.running_server import running_server

ONE = Settings(workers=1, waiting_requests=0)


class WaitingScorer(FakeScorer):
    """Sets ``begun`` when it starts, and waits for ``go``."""

    begun, go = Event(), Event()

    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
        self.begun.set()
        assert self.go.wait(30)
        return super().score(photo, roots_in_view, scale)


def test_a_request_too_many_is_refused_with_a_time_to_retry() -> None:
    limiter = RequestLimiter(workers=2, waiting=1)
    with limiter.admit(), limiter.admit():
        with limiter.admit():
            with pytest.raises(ShedlightError) as refused, limiter.admit():
                pass
            assert (refused.value.code, refused.value.retry_s) == (ServerErrorCode.TOO_BUSY, 2)
        assert limiter.active == 2
        with limiter.admit():
            assert limiter.active == 3
    assert limiter.active == 0


def test_a_full_queue_is_a_503_while_the_rest_of_the_server_answers() -> None:
    scorer = WaitingScorer()
    sent = files(("a.jpg", PHOTO))
    with running_server(ONE, scorer) as address, httpx.Client(base_url=address) as client:
        answers: list[httpx.Response] = []
        first = Thread(target=lambda: answers.append(client.post("/v1/photos", files=sent)))
        first.start()
        assert scorer.begun.wait(30)
        refused = client.post("/v1/photos", files=sent)
        assert (refused.status_code, error_of(refused)["code"]) == (503, "too_busy")
        assert refused.headers["retry-after"] == "1"
        metrics = client.get("/metrics").text
        scorer.go.set()
        first.join()
        assert client.post("/v1/photos", files=sent).status_code == 200
    assert [answer.status_code for answer in answers] == [200]
    assert "shedlight_requests_active 1.0" in metrics


def test_a_sender_who_leaves_while_waiting_frees_its_slot_at_once() -> None:
    left, done = Event(), Event()

    async def gone() -> bool:
        return left.is_set()

    async def leave_the_queue() -> None:
        scorer = FakeScorer(fault=AssertionError("scored after a disconnect"))
        shared = Resources.of(Settings(workers=1), scorer, ThreadWorkers(scorer, 1))
        sent = Submission((("a.jpg", UploadFile(BytesIO(PHOTO))),), PhotoOptions(), gone)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(shared.limiter.run, lambda: done.wait(30))
            await anyio.wait_all_tasks_blocked()
            tasks.start_soon(_leave_when_waiting, shared.limiter, left)
            with pytest.raises(ClientDisconnect):
                await score_all(sent, shared, SavePhotos(shared.photo_service, sent.options))
            assert not done.is_set()
            assert (shared.limiter.active, shared.limiter.waiting) == (0, 0)
            done.set()

    anyio.run(leave_the_queue)


async def _leave_when_waiting(limiter: RequestLimiter, left: Event) -> None:
    while not limiter.waiting:
        await anyio.sleep(0.01)
    left.set()
