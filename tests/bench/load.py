"""The server under load, beside one that only decodes: ``python -m tests.bench.load``."""

import argparse
import json
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from threading import local
from time import monotonic, sleep
from typing import Any

import httpx

from tests.bench.process import family_mib
from tests.bench.scene import Scene

SCORING = ("-m", "serve", "serve", "--port")
DECODING = ("-m", "uvicorn", "--no-access-log", "tests.bench.bare:app", "--port")
PATIENCE_S = 300.0
_ROOT = Path(__file__).parents[2]
_BOUNDARY = "photo"


@dataclass(frozen=True)
class Load:
    """What came of some requests: answers by status, seconds in all and of half and nearly all
    requests, and the memory of the server's processes in MiB along the way."""

    statuses: dict[int, int]
    seconds: float
    median_s: float
    p95_s: float
    memory_mib: list[float]

    @property
    def per_second(self) -> float:
        """Photos answered in a second; what was refused does not count."""
        return self.statuses.get(200, 0) / self.seconds


def put_under_load(program: Sequence[str], raw: bytes, requests: int, clients: int) -> Load:
    """Runs a server and has ``clients`` send the same photo until ``requests`` are answered."""
    with _running(program) as (address, pid), ThreadPoolExecutor(clients) as senders:
        own, body = local(), _form(raw)
        memory_mib: list[float] = []

        def send(number: int) -> tuple[int, float]:
            if not hasattr(own, "client"):
                own.client = httpx.Client(base_url=address, timeout=PATIENCE_S)
            start = monotonic()
            kind = {"content-type": f"multipart/form-data; boundary={_BOUNDARY}"}
            status = own.client.post("/v1/photos", content=body, headers=kind).status_code
            took_s = monotonic() - start
            if number % max(1, requests // 10) == 0:
                memory_mib.append(round(family_mib(pid)))
            return status, took_s

        start = monotonic()
        answers = list(senders.map(send, range(requests)))
        seconds = monotonic() - start
    steps = quantiles([took_s for _, took_s in answers], n=20)
    statuses = dict(Counter(status for status, _ in answers))
    return Load(statuses, seconds, steps[9], steps[18], memory_mib)


@contextmanager
def _running(program: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yields address and process id of a server that is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *program, str(port)], cwd=_ROOT, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_ready(address, process)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    end = monotonic() + PATIENCE_S
    while process.poll() is None and monotonic() < end:
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        sleep(0.1)
    raise RuntimeError("the server did not get ready")


def _form(raw: bytes) -> bytes:
    head = (
        f"--{_BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="files"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return head.encode() + raw + f"\r\n--{_BOUNDARY}--\r\n".encode()


def compare(scene: Scene, requests: int, clients: int) -> dict[str, Any]:
    """Both servers under the same load, one after the other, and how their throughputs compare."""
    raw = scene.as_jpeg()
    decoding = put_under_load(DECODING, raw, requests, clients)
    scoring = put_under_load(SCORING, raw, requests, clients)
    return {
        "photo": f"{scene.name}, {len(raw)} bytes",
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
        "decoding": asdict(decoding) | {"per_second": decoding.per_second},
        "scoring": asdict(scoring) | {"per_second": scoring.per_second},
        "ratio": scoring.per_second / decoding.per_second,
    }


def main() -> None:
    """Prints what was measured as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--hairs", type=int, default=40)
    asked = parser.parse_args()
    result = compare(Scene(12, asked.hairs), asked.requests, asked.clients)
    json.dump(result, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
