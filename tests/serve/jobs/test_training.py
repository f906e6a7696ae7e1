"""Training over the API, on a real server with a fake training that takes no time."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from model.registry.registry import Registry
from serve.jobs.training import manager
from serve.jobs.training.label_counts import MIN_LABELS, MIN_OF_KIND
from tests.helpers.model.versions import SHIPPED_NAME, make_version
from tests.helpers.serve.batches import parse_events
from tests.helpers.serve.fake_training import VERSION
from tests.helpers.serve.http import error_of
from tests.helpers.serve.saved_photos import label, save_photo
from tests.helpers.serve.training_jobs import (
    TRAINING,
    add_enough_labels,
    is_alive,
    labelled_server,
    run_training,
    server,
    training_input,
    use_fake_training,
    wait_until_ended,
    wait_until_fitting,
)

PROMOTION, ROLLBACK = f"{TRAINING}/promotion", "/v1/models/rollback"


def left_in(folder: Path) -> list[str]:
    """The files of the last training."""
    run = folder / "training" / "run"
    return sorted(str(path.relative_to(run)) for path in run.rglob("*") if path.is_file())


def test_asking_for_the_status_makes_no_files(tmp_path: Path) -> None:
    with server(tmp_path) as client:
        status = client.get(TRAINING).json()
    assert (status["state"], status["waiting"], status["outcome"]) == ("idle", 0, None)
    assert status["labels"] == {"telogen": 0, "anagen": 0, "not_hair": 0}
    assert (status["champion"], status["can_roll_back"]) == (SHIPPED_NAME, False)
    assert list(tmp_path.iterdir()) == []


def test_a_training_runs_and_its_model_is_promoted_and_rolled_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_training(monkeypatch, "better")
    Registry(tmp_path / "models").add(make_version(tmp_path / "made", VERSION))
    with labelled_server(tmp_path) as client:
        before = client.get(TRAINING).json()
        assert before["labels"] == {"telogen": 25, "anagen": 5, "not_hair": 0}
        assert (before["waiting"], before["missing"]) == (30, None)
        status = run_training(client)
        assert (status["state"], status["done"], status["waiting"]) == ("done", 1.0, 0)
        assert status["outcome"]["verdict"] == "better"
        assert (status["outcome"]["promoted"], status["champion"]) == (False, SHIPPED_NAME)
        assert training_input(tmp_path)["labels"] == 31
        assert training_input(tmp_path)["promote"] is False
        assert training_input(tmp_path)["nice"] >= 10
        report = client.get(f"{TRAINING}/report")
        assert "Report" in report.text
        assert "sandbox" in report.headers["content-security-policy"]
        assert "script-src" not in report.headers["content-security-policy"]
        for _ in range(2):
            status = client.post(PROMOTION, json={"version": VERSION}).json()
            assert (status["champion"], status["can_roll_back"]) == (VERSION, True)
        assert status["outcome"]["promoted"] is True
        status = client.post(ROLLBACK).json()
        assert (status["champion"], status["outcome"]["promoted"]) == (SHIPPED_NAME, False)
        refused = client.post(ROLLBACK)
        assert (refused.status_code, error_of(refused)["code"]) == (409, "training_conflict")
    moves = [(move.kind, move.name) for move in Registry(tmp_path / "models").events()]
    assert moves[1:] == [("promoted", VERSION), ("rolled_back", SHIPPED_NAME)]


def test_photos_are_deleted_when_a_training_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_training(monkeypatch, "better")
    with labelled_server(tmp_path) as client:
        run_training(client)
    out = [f"out/{name}" for name in ("outcome.json", "progress.json", "report.html")]
    assert left_in(tmp_path) == ["log.txt", *out, "started"]


def test_a_newer_label_waits_for_the_next_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_training(monkeypatch, "not_better")
    with labelled_server(tmp_path) as client:
        run_training(client)
        label(client, save_photo(client, retention="improve"), 0, "not_hair")
        status = client.get(TRAINING).json()
    assert (status["waiting"], status["labels"]["not_hair"]) == (1, 1)


def test_too_few_labels_are_a_conflict_and_nothing_starts(tmp_path: Path) -> None:
    with server(tmp_path) as client:
        nothing = client.post(TRAINING)
        photo = save_photo(client, retention="improve")
        label(client, photo, 0, "telogen")
        label(client, save_photo(client, retention="link"), 0, "telogen")
        refused = client.post(TRAINING)
        assert client.get(TRAINING).json()["missing"] == error_of(refused)["message"]
    assert (nothing.status_code, refused.status_code) == (409, 409)
    assert re.findall(r"\d+", error_of(refused)["message"]) == ["1", "1", "0", "30", "5"]
    assert not (tmp_path / "training" / "run").exists()


def test_the_needed_labels_are_those_of_training() -> None:
    decision = pytest.importorskip("training.retrain.promotion")
    assert (MIN_LABELS, MIN_OF_KIND) == (decision.MIN_LABELS, decision.MIN_PER_KIND)


@pytest.mark.parametrize("verdict", ["not_better", "forgetting", "too_few"])
def test_a_model_that_is_not_better_is_not_promoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verdict: str
) -> None:
    use_fake_training(monkeypatch, verdict)
    registry = Registry(tmp_path / "models")
    registry.add(make_version(tmp_path / "made", VERSION))
    with labelled_server(tmp_path) as client:
        run_training(client)
        refused = client.post(PROMOTION, json={"version": VERSION})
    assert refused.status_code == 409
    assert f"Verdict: {verdict}." in error_of(refused)["message"]
    assert registry.champion().name == SHIPPED_NAME


def test_only_a_model_compared_with_the_active_one_is_promoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_training(monkeypatch, "better")
    registry = Registry(tmp_path / "models")
    registry.add(make_version(tmp_path / "made", VERSION))
    registry.add(make_version(tmp_path / "made", "other"))
    with server(tmp_path) as client:
        assert client.post(PROMOTION, json={"version": VERSION}).status_code == 409
        add_enough_labels(client)
        run_training(client)
        assert client.post(PROMOTION, json={"version": "other"}).status_code == 409
        registry.promote("other", "by hand")
        refused = client.post(PROMOTION, json={"version": VERSION})
    assert refused.status_code == 409
    assert "other" in error_of(refused)["message"]
    assert registry.champion().name == "other"


def test_a_missing_version_is_not_promoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_fake_training(monkeypatch, "better")
    with labelled_server(tmp_path) as client:
        run_training(client)
        refused = client.post(PROMOTION, json={"version": VERSION})
    assert (refused.status_code, error_of(refused)["code"]) == (409, "training_conflict")


def test_progress_is_watched_until_it_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_training(monkeypatch, "forever")
    with labelled_server(tmp_path) as client:
        assert client.post(TRAINING).json()["state"] == "running"
        wait_until_fitting(client)
        with client.stream("GET", f"{TRAINING}/events") as watched:
            events = parse_events(watched)
            assert next(events) == (
                "progress",
                {"state": "running", "step": "Fitting 2 of 2", "done": 0.75, "message": None},
            )
            assert client.delete(TRAINING).status_code == 204
            assert [(name, state["state"]) for name, state in events] == [("done", "stopped")]
        assert client.get(f"{TRAINING}/report").status_code == 409
        assert client.get(TRAINING).json()["waiting"] == 30
    assert not is_alive(training_input(tmp_path)["pid"])
    assert left_in(tmp_path) == ["end.json", "log.txt", "out/progress.json", "started", "stop"]


def test_after_a_stop_another_one_can_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_training(monkeypatch, "forever")
    with server(tmp_path) as client:
        client.delete(TRAINING)
        add_enough_labels(client)
        client.post(TRAINING)
        wait_until_fitting(client)
        client.delete(TRAINING)
        assert wait_until_ended(client)["state"] == "stopped"
        use_fake_training(monkeypatch, "better")
        assert run_training(client)["state"] == "done"


def test_of_two_starts_at_once_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_training(monkeypatch, "forever")
    with server(tmp_path) as client, server(tmp_path) as other:
        add_enough_labels(client)
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(lambda each: each.post(TRAINING), (client, other)))
        assert sorted(answer.status_code for answer in answers) == [202, 409]
        for each in (client, other):
            wait_until_fitting(each)
            assert client.get(TRAINING).json()["state"] == "running"
            assert each.post(TRAINING).status_code == 409
        other.delete(TRAINING)
        assert wait_until_ended(client)["state"] == wait_until_ended(other)["state"] == "stopped"


@pytest.mark.parametrize(
    ("how", "message"),
    [("crash", "log.txt"), ("refuse", "The labels are of another planet.")],
)
def test_a_training_that_fails_has_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, message: str
) -> None:
    use_fake_training(monkeypatch, how)
    with labelled_server(tmp_path) as client:
        status = run_training(client)
    assert (status["state"], status["done"], status["outcome"]) == ("failed", 0.5, None)
    assert message in status["message"]
    assert "labels.zip" not in left_in(tmp_path)


def test_a_missing_package_is_a_conflict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manager, "REQUIRED_PACKAGES", ("json", "shedlight_has_no_such_package"))
    with labelled_server(tmp_path) as client:
        refused = client.post(TRAINING)
    assert refused.status_code == 409
    assert "shedlight[train]" in error_of(refused)["message"]
