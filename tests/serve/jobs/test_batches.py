"""Batches over HTTP: from many photos to one download."""

import json
import socket
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest

from data.quality import Finding
from serve.batch import BatchRequest, Overlays, score_batch
from serve.jobs.batches.storage import BatchFolder
from serve.jobs.state import BatchStage, BatchState
from tests.helpers.serve.batches import (
    all_files,
    batch_client,
    files_of_servers,
    parse_events,
    photos,
    result_lines,
    run_batch,
    settings_in,
    wait_until,
    zip_of,
)
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import OTHER, PHOTO, error_of, files

SCORER = FakeScorer(telogen=2, misshapen=1, unsure=1)
RESULTS = ["results.jsonl", "photos.csv", "hairs.csv", "summary.json", "report.html"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("batches")


@pytest.fixture(scope="module")
def client(place: Path) -> Iterator[httpx.Client]:
    with batch_client(settings_in(place), SCORER) as client:
        yield client


def test_good_and_bad_photos_and_zips_come_back_in_order(client: httpx.Client) -> None:
    packed = zip_of({"b/2.jpg": OTHER, "1.jpg": PHOTO, "read me.txt": b"hello"})
    sent = files(("a.jpg", PHOTO), ("two.zip", packed), ("bad.jpg", b"hello"), ("c.zip", b"PK"))
    batch = run_batch(client, sent, context='{"shedding": "slight"}')
    assert (batch["state"], batch["photos"], batch["done"], batch["skipped"]) == ("done", 5, 5, 1)
    assert (batch["rejected"], batch["failed"], batch["error"]) == (2, 0, None)
    lines = result_lines(client, batch)
    assert [line["photo"] for line in lines] == ["a.jpg", "1.jpg", "b/2.jpg", "bad.jpg", "c.zip"]
    assert [line["error"] and line["error"]["code"] for line in lines] == [
        *(None, None, None),
        *("not_an_image", "damaged_zip"),
    ]
    assert lines[1]["duplicate_of"] == "a.jpg"
    assert batch["answer"]["pool"]["telogen"] == 4
    assert batch["answer"]["in_words"]["count"].startswith("4 of ")
    blurred = Finding("blurred", {"part": 3, "count": 22})
    assert batch["answer"]["retake"] == [
        {"code": "blurred", "photos": 2, "message": blurred.message}
    ]


def test_a_list_in_a_zip_groups_its_photos(client: httpx.Client) -> None:
    table = b"photo,person\n1.jpg,Anna\n"
    packed = zip_of({"1.jpg": PHOTO, "2.jpg": OTHER, "groups.csv": table})
    batch = run_batch(client, files(("all.zip", packed)))
    summary = client.get(f"{batch['links']['results']}/summary.json").json()
    assert {group["group"] for group in summary["groups"]} == {"Anna", "(no person)"}
    wrong = zip_of({"1.jpg": PHOTO, "groups.csv": table + b"1.jpg,Ben\n"})
    answer = client.post("/v1/batches", files=files(("all.zip", wrong)))
    assert (answer.status_code, error_of(answer)["code"]) == (422, "invalid_request")


def test_the_results_are_those_of_the_command(client: httpx.Client, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    named = {"1.jpg": PHOTO, "a/2.jpg": OTHER, "a/broken.png": b"\x89PNG", "b.jpg": PHOTO}
    for name, raw in named.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    order = BatchRequest((folder,), tmp_path / "out", roots_in_view=True, overlays=Overlays.NONE)
    score_batch(order, SCORER)
    packed = zip_of(dict(reversed(named.items())))
    batch = run_batch(client, files(("all.zip", packed)), roots_in_view="true")
    for name in RESULTS:
        fetched = client.get(f"{batch['links']['results']}/{name}")
        assert fetched.content == (tmp_path / "out" / name).read_bytes(), name
        assert fetched.headers["content-disposition"] == f'attachment; filename="{name}"'


def test_all_results_come_as_one_zip(client: httpx.Client) -> None:
    batch = run_batch(client, files(("a.jpg", PHOTO)))
    fetched = client.get(batch["links"]["results"])
    with zipfile.ZipFile(BytesIO(fetched.content)) as results:
        assert results.testzip() is None
        assert results.namelist() == RESULTS
        assert json.loads(results.read("summary.json"))["photos"]["scored"] == 1
        assert results.read("report.html") == client.get(fetched.url.path + "/report.html").content


def test_uncertain_hairs_are_shown_in_the_report(client: httpx.Client) -> None:
    batch = run_batch(client, files(("a.zip", zip_of({"day/1.jpg": PHOTO}))))
    report = client.get(f"{batch['links']['results']}/report.html").text
    assert "day/1.jpg: ambiguous" in report
    assert "data:image/" in report


def test_a_hundred_photos_are_watched_to_their_end(client: httpx.Client) -> None:
    sent = files(*((f"{number}.jpg", raw) for number, raw in enumerate(photos(100))))
    batch = client.post("/v1/batches", files=sent).json()
    with client.stream("GET", batch["links"]["events"]) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = list(parse_events(answer))
    assert [name for name, _ in events] == ["progress"] * (len(events) - 1) + ["done"]
    counts = [state["done"] for _, state in events]
    assert counts == sorted(counts)
    assert events[-1][1] == client.get(batch["links"]["self"]).json()
    assert (events[-1][1]["done"], events[-1][1]["answer"]["pool"]["telogen"]) == (100, 200)
    with client.stream("GET", batch["links"]["events"], headers={"Last-Event-ID": "7"}) as again:
        assert list(parse_events(again)) == events[-1:]


def test_photos_are_deleted_when_they_are_scored(client: httpx.Client, place: Path) -> None:
    batch = run_batch(client, files(("a.jpg", PHOTO), ("b.zip", zip_of({"1.jpg": OTHER}))))
    (folder,) = place.glob(f"*/{batch['id']}")
    assert all_files(folder) == sorted(["out", "state.json", *RESULTS])
    assert folder.parent.stat().st_mode & 0o777 == 0o700


def test_a_deleted_batch_is_not_found(client: httpx.Client, place: Path) -> None:
    batch = run_batch(client, files(("a.jpg", PHOTO)))
    links = batch["links"]
    assert client.delete(links["self"]).status_code == 204
    for address in (*links.values(), f"{links['results']}/photos.csv"):
        answer = client.get(address)
        assert (answer.status_code, error_of(answer)["code"]) == (404, "batch_not_found")
    assert client.delete(links["self"]).status_code == 404
    assert not list(place.glob(f"*/*{batch['id']}"))


def test_advice_follows_other_answers(client: httpx.Client) -> None:
    batch = run_batch(client, files(("a.jpg", PHOTO)), context='{"shedding": "slight"}')
    asked = {"context": {"shedding": "severe"}}
    advised = client.post(f"{batch['links']['self']}/advice", json=asked).json()
    assert advised["pool"] == batch["answer"]["pool"]
    assert advised["advice"][0]["id"] == "severe_shedding"
    assert "severe_shedding" not in [each["id"] for each in batch["answer"]["advice"]]


def test_the_servers_limits_hold(tmp_path: Path) -> None:
    small = settings_in(tmp_path, max_pixels=320 * 240, max_file_bytes=100_000)
    with batch_client(small, SCORER) as client:
        large = PHOTO + bytes(100_000)
        sent = files(("a.jpg", PHOTO), ("b.jpg", OTHER), ("c.jpg", large))
        lines = result_lines(client, run_batch(client, sent))
        counted = client.get("/metrics").text
    assert 'shedlight_photos_total{status="scored"} 1.0' in counted
    assert 'shedlight_photos_total{status="rejected"} 2.0' in counted
    assert "shedlight_photo_seconds_count 3.0" in counted
    assert [line["error"] and line["error"]["code"] for line in lines] == [
        *(None, "too_many_pixels", "file_too_large"),
    ]


@pytest.mark.parametrize(
    ("sent", "fields", "code", "field"),
    [
        ([("a.zip", b"PK\x03\x04" + bytes(100))], {}, "damaged_zip", "files"),
        ([("a.zip", zip_of({}))], {}, "not_an_image", "files"),
        ([("a.zip", zip_of({"read me.txt": b"hello"}))], {}, "not_an_image", "files"),
        ([("a.jpg", PHOTO)] * 6, {}, "too_many_files", "files"),
        ([("a.jpg", bytes(700_000))], {}, "file_too_large", "body"),
        ([("a.jpg", PHOTO)], {"context": "{"}, "invalid_request", "context"),
        ([("a.jpg", PHOTO)], {"context": "x" * 70_000}, "invalid_request", "body"),
        ([("a.jpg", PHOTO)], {"retention": "link"}, "invalid_request", "retention"),
        ([("a.jpg", PHOTO)], {"roots_in_view": "maybe"}, "invalid_request", "roots_in_view"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refused_batch_leaves_no_files(
    tmp_path: Path, sent: list[tuple[str, bytes]], fields: dict[str, str], code: str, field: str
) -> None:
    small = settings_in(tmp_path, max_batch_photos=5, max_batch_bytes=600_000)
    with batch_client(small, SCORER) as client:
        answer = client.post("/v1/batches", files=files(*sent), data=fields)
        assert (error_of(answer)["code"], error_of(answer)["field"]) == (code, field)
        assert 400 <= answer.status_code < 500
        assert files_of_servers(tmp_path) <= {"lock"}
        assert run_batch(client, files(("a.jpg", PHOTO)))["state"] == "done"
    assert all_files(tmp_path) == []


def test_a_body_too_large_is_refused_while_it_streams(tmp_path: Path) -> None:
    def body() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        for _ in range(10):
            yield bytes(100_000)

    with batch_client(settings_in(tmp_path, max_batch_bytes=600_000), SCORER) as client:
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        answer = client.post("/v1/batches", content=body(), headers=kind)
        assert (answer.status_code, error_of(answer)["code"]) == (413, "file_too_large")
        assert files_of_servers(tmp_path) == {"lock"}


def test_a_full_disk_stops_a_batch_and_not_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with batch_client(settings_in(tmp_path), SCORER) as client:
        put = BatchFolder.put

        def full(self: BatchFolder, state: BatchState) -> None:
            if state.stage is not BatchStage.WAITING:
                raise OSError(28, "No space left on device")
            put(self, state)

        monkeypatch.setattr(BatchFolder, "put", full)
        batch = client.post("/v1/batches", files=files(("a.jpg", PHOTO))).json()
        wait_until(lambda: client.get(batch["links"]["self"]).status_code == 404)
        monkeypatch.undo()
        assert run_batch(client, files(("a.jpg", PHOTO)))["state"] == "done"


def test_a_client_that_disconnects_leaves_no_files(tmp_path: Path) -> None:
    with batch_client(settings_in(tmp_path, waiting_batches=0), SCORER) as client:
        head = (
            "POST /v1/batches HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
            '--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        )
        line = socket.create_connection((client.base_url.host, client.base_url.port), 10)
        line.sendall(head.encode() + bytes(10_000))
        wait_until(lambda: bool(list(tmp_path.glob("*/*/photos/*"))))
        full = client.post("/v1/batches", files=files(("a.jpg", PHOTO)))
        assert error_of(full)["code"] == "too_busy"
        line.close()
        wait_until(lambda: files_of_servers(tmp_path) == {"lock"})
        assert run_batch(client, files(("a.jpg", PHOTO)))["state"] == "done"


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("application/json", b"{}", 415, "unsupported_type"),
        ("", b"", 415, "unsupported_type"),
        ("multipart/form-data", b"x", 422, "invalid_request"),
        ("multipart/form-data; boundary=x", b"y", 422, "invalid_request"),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 422, "invalid_request"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\ncut short',
            *(422, "invalid_request"),
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="files"\r\n\r\nno file\r\n--x--\r\n',
            *(422, "invalid_request"),
        ),
    ],
)
def test_a_body_that_is_not_a_form_is_refused(
    client: httpx.Client, kind: str, body: bytes, status: int, code: str
) -> None:
    answer = client.post("/v1/batches", content=body, headers={"content-type": kind})
    assert (answer.status_code, error_of(answer)["code"]) == (status, code)


@pytest.mark.parametrize(
    ("batch_id", "part", "status", "code"),
    [
        ("A" * 22, "", 404, "batch_not_found"),
        ("..", "", 404, "not_found"),
        ("%2e%2e", "/results/results.jsonl", 404, "batch_not_found"),
        ("lock", "", 404, "batch_not_found"),
        ("A" * 22, "/results/..%2fstate.json", 404, "not_found"),
        ("A" * 22, "/results/state.json", 404, "batch_not_found"),
    ],
)
def test_only_batches_are_found(
    client: httpx.Client, batch_id: str, part: str, status: int, code: str
) -> None:
    answer = client.get(f"/v1/batches/{batch_id}{part}")
    assert (answer.status_code, error_of(answer)["code"]) == (status, code)


def test_only_result_files_can_be_fetched(client: httpx.Client) -> None:
    batch = run_batch(client, files(("a.jpg", PHOTO)))
    answer = client.get(f"{batch['links']['results']}/state.json")
    assert (answer.status_code, error_of(answer)["code"]) == (422, "invalid_request")
