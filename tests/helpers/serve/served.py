"""The command ``shedlight serve`` as a process, with a scorer that takes its time."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server

import httpx

from tests.helpers.serve.batches import wait_until


@contextmanager
def served_from(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """A ready server with one worker, and its client; batches are in ``folder``."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"SHEDLIGHT_BATCH_FOLDER": str(folder), "SHEDLIGHT_WORKERS": "1"}
    command = [sys.executable, "-m", "tests.helpers.batch.slow_server", str(port)]
    process = subprocess.Popen(command, env=os.environ | settings)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            wait_until(lambda: is_ready(client))
            yield process, client
    finally:
        process.kill()
        process.wait()


def is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False
