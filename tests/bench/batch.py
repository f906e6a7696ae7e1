"""Compares a batch with a loop over the API: ``python -m tests.bench.batch``."""

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, process_time, sleep
from typing import Any

import cv2
import numpy as np

from tests.bench.load import SCORING, running
from tests.bench.process import worker_mib
from tests.bench.scene import Scene

ROUNDS = 3
POLL_INTERVAL_S = 0.5
_ROOT = Path(__file__).parents[2]
_HAIRS = (5, 20, 40, 40, 80, 150)


def photos_in(folder: Path, count: int, megapixels: float) -> Sequence[Path]:
    """``count`` photos with few and many hairs, no two with the same bytes."""
    folder.mkdir()
    raws = [Scene(megapixels, hairs, seed=seed).as_jpeg() for seed, hairs in enumerate(_HAIRS)]
    for number in range(count):
        suffix = number.to_bytes(4, "big")  # after the end of the picture, where decoders stop
        (folder / f"{number:05}.jpg").write_bytes(raws[number % len(raws)] + suffix)
    return sorted(folder.iterdir())


@dataclass
class BatchMonitor:
    """Lines written and memory of the workers over the time of a batch."""

    lines: list[tuple[float, int]] = field(default_factory=list)
    workers_mib: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu_s: float = 0.0

    def sample(self, pid: int, results: Path) -> None:
        """Records the number of lines and the memory of each worker."""
        done = results.read_bytes().count(b"\n") if results.exists() else 0
        if done and (not self.lines or done > self.lines[-1][1]):
            self.lines.append((monotonic(), done))
        for worker, mib in worker_mib(pid).items():
            self.workers_mib[worker].append(mib)

    @property
    def per_second(self) -> float:
        """Photos per second between the first sample with a line and the last line."""
        (start, first), (end, last) = self.lines[0], self.lines[-1]
        return (last - first) / (end - start)

    @property
    def memory(self) -> list[dict[str, float]]:
        """Peak of each worker in MiB: overall, in the second and in the last quarter."""
        peaks = []
        for mib in self.workers_mib.values():
            quarter = len(mib) // 4
            peaks.append(
                {
                    "peak": max(mib),
                    "second_quarter": max(mib[quarter : 2 * quarter], default=0),
                    "last_quarter": max(mib[3 * quarter :]),
                }
            )
        return peaks


def batch(photos: Path, out: Path, workers: int) -> BatchMonitor:
    """Scores a folder with the command line."""
    monitor, before_s = BatchMonitor(), _cpu_s_of_children()
    command = ["-m", "serve", "score", photos, "--out", out, "--workers", str(workers)]
    process = subprocess.Popen(
        [sys.executable, *command, "--overlays", "none"], cwd=_ROOT, stdout=subprocess.DEVNULL
    )
    while process.poll() is None:
        monitor.sample(process.pid, out / "results.jsonl")
        sleep(POLL_INTERVAL_S / 5 if len(monitor.lines) < 2 else POLL_INTERVAL_S)
    if process.returncode:
        raise RuntimeError("the batch failed")
    monitor.cpu_s = _cpu_s_of_children() - before_s
    return monitor


def _cpu_s_of_children() -> float:
    """CPU seconds of all ended child processes and their descendants."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def api_loop(photos: Sequence[Path], address: str) -> float:
    """Photos per second by ``curl``, one after the other."""
    start = monotonic()
    for photo in photos:
        command = ["curl", "-sf", "-o", os.devnull, "-F", f"files=@{photo}"]
        subprocess.run([*command, f"{address}/v1/photos"], check=True)
    return len(photos) / (monotonic() - start)


def decodes_per_cpu_second(photos: Sequence[Path]) -> float:
    """Bare decodes per second of CPU."""
    raws = [np.frombuffer(photo.read_bytes(), np.uint8) for photo in photos[: len(_HAIRS)]]
    cv2.setNumThreads(1)
    start = process_time()
    for raw in raws:
        cv2.imdecode(raw, cv2.IMREAD_COLOR)
    return len(raws) / (process_time() - start)


@contextmanager
def _loads() -> Iterator[list[float]]:
    """Yields a list of the machine's load averages before and, in the end, after."""
    loads = [os.getloadavg()[0]]
    yield loads
    loads.append(os.getloadavg()[0])


def compare(count: int, megapixels: float, rounds: int) -> dict[str, Any]:
    """Medians of rounds with one worker, two workers and the loop in turns, so that other load on
    the machine affects all."""
    rates: defaultdict[str, list[float]] = defaultdict(list)
    memory: list[dict[str, float]] = []
    with TemporaryDirectory() as name, _loads() as loads, running(SCORING) as (address, _):
        folder = Path(name)
        photos = photos_in(folder / "photos", count, megapixels)
        for number in range(rounds):
            for workers in (1, 2):
                out = folder / f"out-{number}-{workers}"
                monitor = batch(folder / "photos", out, workers)
                rates[f"{workers} workers"].append(monitor.per_second)
                rates[f"{workers} workers, per CPU second"].append(count / monitor.cpu_s)
                memory += monitor.memory
            rates["curl loop"].append(api_loop(photos, address))
            rates["decodes per CPU second"].append(decodes_per_cpu_second(photos))
    medians = {what: median(each) for what, each in rates.items()}
    return {
        "photos": f"{count} of {megapixels:g} MP",
        "cores": os.cpu_count(),
        "loads": loads,
        "rates": dict(rates),
        "two_over_one": medians["2 workers"] / medians["1 workers"],
        "two_over_curl": medians["2 workers"] / medians["curl loop"],
        "memory_mib": memory,
    }


def main() -> None:
    """Prints the results as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=24)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--long", action="store_true", help="one batch by two workers: memory")
    arguments = parser.parse_args()
    if not arguments.long:
        result = compare(arguments.photos, arguments.megapixels, arguments.rounds)
    else:
        with TemporaryDirectory() as name, _loads() as loads:
            photos_in(Path(name, "photos"), arguments.photos, arguments.megapixels)
            monitor = batch(Path(name, "photos"), Path(name, "out"), workers=2)
        result = {"loads": loads, "rate": monitor.per_second, "memory_mib": monitor.memory}
    print(json.dumps(result, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
