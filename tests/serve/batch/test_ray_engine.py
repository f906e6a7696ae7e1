"""A batch on a real cluster of two Ray nodes, both on this machine."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest

from serve.batch import BatchRequest, BatchResult, score_batch
from serve.batch.local_engine import local_engine
from serve.errors import CommandError
from serve.scoring.interfaces import PhotoScorer
from tests.helpers.batch.crashing_scorer import KILLING, DoomedScorer, RuthlessScorer
from tests.helpers.batch.faulty_scorer import CRASHING
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.serve.batch.test_resume import contents, stop_after

pytest.importorskip("ray")
pytestmark = pytest.mark.slow
SCORER = FakeScorer(telogen=2, misshapen=1, unsure=1)
"""The scorer of ``stop_after``, which continues its runs."""
OnPhoto = Callable[[int, int], None]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """The first node; each test adds its second one and ends both after it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        from ray.cluster_utils import Cluster

        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
        yield cluster
        cluster.shutdown()


@pytest.fixture
def second(cluster: Any) -> Iterator[Any]:
    node = cluster.add_node(num_cpus=1)
    yield node
    if node in cluster.worker_nodes:
        cluster.remove_node(node)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(24):
        (folder / f"{number:02}.jpg").write_bytes(encoded(scene(310 + number, 240)))
    return folder


def on_ray(
    cluster: Any,
    request: BatchRequest,
    make_scorer: Callable[[], PhotoScorer],
    on_photo: OnPhoto = lambda done, photos: None,
) -> BatchResult:
    from serve.batch.ray_engine import ray_engine

    scorer = make_scorer()
    with ray_engine(make_scorer, cluster.address, scorer.model, Event()) as engine:
        assert engine.count >= 2, "one core per node; a lost one may still be counted"
        return score_batch(request, scorer, engine, on_photo)


def on_this_machine(request: BatchRequest, make_scorer: Callable[[], PhotoScorer]) -> BatchResult:
    scorer = make_scorer()
    with local_engine(make_scorer, 2, scorer.model, Event()) as engine:
        return score_batch(request, scorer, engine)


def test_a_run_that_loses_a_node_has_the_local_results(
    cluster: Any, second: Any, photos: Path, tmp_path: Path
) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    doomed = second.all_processes["raylet"][0].process.pid

    def kill_second() -> None:
        while not list(marks.glob(f"*-{doomed}")):
            sleep(0.05)
        cluster.remove_node(second, allow_graceful=False)

    killer = Thread(target=kill_second, daemon=True)
    killer.start()
    on_ray(
        cluster,
        BatchRequest((photos,), tmp_path / "ray"),
        partial(DoomedScorer, marks=marks, doomed=doomed),
    )
    killer.join()
    begun = Counter(mark.name.split("-")[0] for mark in marks.iterdir())
    assert len(begun) == 24
    assert max(begun.values()) == 2, "the other node repeats what the lost one had started"
    on_this_machine(BatchRequest((photos,), tmp_path / "local"), FakeScorer)
    assert contents(tmp_path / "ray") == contents(tmp_path / "local")


def test_a_photo_that_kills_its_worker_twice_fails_as_on_this_machine(
    cluster: Any, second: Any, photos: Path, tmp_path: Path
) -> None:
    (photos / "03a.jpg").write_bytes(CRASHING)
    (photos / "04a.jpg").write_bytes(b"no picture")
    for out, score in (("ray", partial(on_ray, cluster)), ("local", on_this_machine)):
        result = score(BatchRequest((photos,), tmp_path / out), RuthlessScorer)
        assert (result.statuses["failed"], result.statuses["rejected"]) == (1, 1)  # type: ignore[index]
    assert contents(tmp_path / "ray") == contents(tmp_path / "local")


def test_a_photo_that_kills_the_process_of_ray_fails(
    cluster: Any, second: Any, photos: Path, tmp_path: Path
) -> None:
    (photos / "03a.jpg").write_bytes(KILLING)
    on_ray(cluster, BatchRequest((photos,), tmp_path / "out"), RuthlessScorer)
    lines = [json.loads(line) for line in (tmp_path / "out/results.jsonl").open()]
    (failed,) = (line for line in lines if line["status"] != "scored")
    assert (failed["photo"], failed["status"]) == ("03a.jpg", "failed")
    assert failed["error"]["code"] == "photo_crashed_reader"


def test_a_run_begun_on_this_machine_continues_on_ray(
    cluster: Any, second: Any, photos: Path, tmp_path: Path
) -> None:
    request = BatchRequest((photos,), tmp_path / "both", resume=True)
    assert stop_after(5, request).stopped
    assert not on_ray(cluster, request, partial(FakeScorer, 2, 1, 1)).stopped
    score_batch(BatchRequest((photos,), tmp_path / "whole"), SCORER)
    assert contents(request.out) == contents(tmp_path / "whole")


def test_after_a_stop_finished_photos_are_saved_and_no_other_is_started(
    cluster: Any, second: Any, photos: Path, tmp_path: Path
) -> None:
    from serve.batch.ray_engine import ray_engine

    scorer, request, stopped = FakeScorer(), BatchRequest((photos,), tmp_path / "out"), Event()

    def stop(done: int, _: int) -> None:
        if done == 4:
            stopped.set()

    with ray_engine(FakeScorer, cluster.address, scorer.model, stopped) as engine:
        result = score_batch(request, scorer, engine, stop)
    assert result.stopped
    assert 4 <= result.statuses.total() < 24
    assert on_ray(cluster, BatchRequest((photos,), request.out, resume=True), FakeScorer).summary


def test_a_photo_that_only_this_machine_can_read_is_an_error_of_the_cluster(
    cluster: Any, second: Any, photos: Path, tmp_path: Path
) -> None:
    with (photos / "00.jpg").open("rb") as file:
        request = BatchRequest((Path(f"/proc/self/fd/{file.fileno()}"),), tmp_path / "out")
        with pytest.raises(CommandError, match="cluster"):
            on_ray(cluster, request, FakeScorer)
    gone = on_ray(cluster, BatchRequest((photos / "gone.jpg",), tmp_path / "gone"), FakeScorer)
    assert gone.statuses.total() == 1


def test_a_cluster_that_cannot_score_is_an_error(
    cluster: Any, second: Any, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from serve.batch import ray_engine

    def lost(*_: object) -> None:
        raise ray_engine.RayError("all is lost")

    monkeypatch.setattr(ray_engine.ray, "get", lost)
    with pytest.raises(CommandError, match=r"all is lost.*--resume"):
        on_ray(cluster, BatchRequest((photos,), tmp_path / "out"), FakeScorer)
