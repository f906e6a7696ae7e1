"""Batches as a client sends and watches them, and zips of every kind."""

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx

from serve.scoring.interfaces import PhotoScorer
from serve.settings import Settings
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.running_server import running_server

PATIENCE_S = 60.0
Files = list[tuple[str, tuple[str, bytes, str]]]


@contextmanager
def batch_client(settings: Settings, scorer: PhotoScorer) -> Iterator[httpx.Client]:
    """A client of a new server."""
    with (
        running_server(settings, scorer) as address,
        httpx.Client(base_url=address, timeout=PATIENCE_S) as client,
    ):
        yield client


def wait_until(true: Callable[[], bool]) -> None:
    """Waits for a condition that another thread or process makes true."""
    end = monotonic() + PATIENCE_S
    while not true():
        assert monotonic() < end
        sleep(0.02)


def zip_of(files: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as packed:
        for name, raw in files.items():
            packed.writestr(name, raw)
    return buffer.getvalue()


def run_batch(client: httpx.Client, files: Files, **fields: str) -> dict[str, Any]:
    """A batch that was sent, once it has ended."""
    answer = client.post("/v1/batches", files=files, data=fields)
    assert answer.status_code == 202, answer.text
    return wait_until_ended(client, answer.json()["links"]["self"])


def wait_until_ended(client: httpx.Client, batch: str) -> dict[str, Any]:
    end = monotonic() + PATIENCE_S
    while (state := client.get(batch).json())["state"] in ("waiting", "running"):
        assert monotonic() < end
        sleep(0.02)
    return dict(state)


def result_lines(client: httpx.Client, batch: Mapping[str, Any]) -> list[dict[str, Any]]:
    results = client.get(f"{batch['links']['results']}/results.jsonl")
    return [json.loads(line) for line in results.text.splitlines()]


def parse_events(answer: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a stream, as their names and data."""
    name = ""
    for line in answer.iter_lines():
        kind, _, rest = line.partition(": ")
        if kind == "event":
            name = rest
        elif kind == "data":
            yield name, json.loads(rest)


def settings_in(folder: Path, **more: Any) -> Settings:
    return Settings(batch_folder=folder, **more)


def photos(count: int) -> list[bytes]:
    return [encoded(scene(300 + number, 240)) for number in range(count)]


def all_files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def files_of_servers(folder: Path) -> set[str]:
    """What lies in the folders of servers."""
    return {path.name for server in folder.iterdir() for path in server.iterdir()}
