"""Compares the server under load with one that only decodes: ``python -m tests.bench.load``."""

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
from pathlib import Path
from statistics import quantiles
from threading import local
from time import monotonic, sleep
from typing import Any

import httpx

from tests.bench.process import process_tree_mib
from tests.bench.scene import Scene

SCORING = ("-m", "serve", "serve", "--port")
DECODING = ("-m", "uvicorn", "--no-access-log", "tests.bench.decode_server:app", "--port")
TIMEOUT_S = 300.0
ROUNDS = 5
_ROOT = Path(__file__).parents[2]
_BOUNDARY = "photo"


class Load:
    """Results of requests to one server, over several rounds."""

    def __init__(self, address: str, pid: int, raw: bytes, clients: int) -> None:
        self._address, self._pid, self._clients = address, pid, clients
        self._body = _form(raw)
        self._took_s: list[float] = []
        self._statuses: Counter[int] = Counter()
        self._memory_mib: list[int] = []
        self._seconds = 0.0

    def run(self, requests: int) -> None:
        """Sends the photo from all clients until ``requests`` more are answered."""
        with ThreadPoolExecutor(self._clients) as senders:
            thread, start = local(), monotonic()
            for status, took_s in senders.map(lambda _: self._send(thread), range(requests)):
                self._statuses[status] += 1
                self._took_s.append(took_s)
            self._seconds += monotonic() - start
        self._memory_mib.append(round(process_tree_mib(self._pid)))

    def _send(self, thread: local) -> tuple[int, float]:
        if not hasattr(thread, "client"):
            thread.client = httpx.Client(base_url=self._address, timeout=TIMEOUT_S)
        start = monotonic()
        headers = {"content-type": f"multipart/form-data; boundary={_BOUNDARY}"}
        status = thread.client.post("/v1/photos", content=self._body, headers=headers).status_code
        return status, monotonic() - start

    @property
    def per_second(self) -> float:
        """Photos scored per second; refused requests do not count."""
        return self._statuses[200] / self._seconds

    def as_json(self) -> dict[str, Any]:
        """Counts by status, seconds in all, median and 95th percentile of a request, and the memory
        of the server's processes in MiB after each round."""
        steps = quantiles(self._took_s, n=20)
        return {
            "statuses": dict(self._statuses),
            "seconds": self._seconds,
            "median_s": steps[9],
            "p95_s": steps[18],
            "memory_mib": self._memory_mib,
            "per_second": self.per_second,
        }


@contextmanager
def running(program: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yields address and process id of a ready server."""
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
    end = monotonic() + TIMEOUT_S
    while process.poll() is None and monotonic() < end:
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        sleep(0.1)
    raise RuntimeError("the server is not ready")


def _form(raw: bytes) -> bytes:
    head = (
        f"--{_BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="files"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return head.encode() + raw + f"\r\n--{_BOUNDARY}--\r\n".encode()


def compare(scene: Scene, requests: int, clients: int) -> dict[str, Any]:
    """Both servers under the same load, and the ratio of their throughputs.

    They alternate in rounds, so that other load on the machine affects both.
    """
    raw = scene.as_jpeg()
    with running(DECODING) as decoder, running(SCORING) as scorer:
        decoding, scoring = (Load(*server, raw, clients) for server in (decoder, scorer))
        for _ in range(ROUNDS):
            decoding.run(requests // ROUNDS)
            scoring.run(requests // ROUNDS)
    return {
        "photo": f"{scene.name}, {len(raw)} bytes",
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
        "decoding": decoding.as_json(),
        "scoring": scoring.as_json(),
        "ratio": scoring.per_second / decoding.per_second,
    }


def main() -> None:
    """Prints the results as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--hairs", type=int, default=40)
    arguments = parser.parse_args()
    result = compare(Scene(12, arguments.hairs), arguments.requests, arguments.clients)
    json.dump(result, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
