"""A batch by workers, beside a loop over the API: ``python -m tests.bench.batch``."""

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
LOOK_S = 0.5
_ROOT = Path(__file__).parents[2]
_HAIRS = (5, 20, 40, 40, 80, 150)


def photos_in(folder: Path, count: int, megapixels: float) -> Sequence[Path]:
    """So many photos with few and many hairs, no two with the same bytes."""
    folder.mkdir()
    raws = [Scene(megapixels, hairs, seed=seed).as_jpeg() for seed, hairs in enumerate(_HAIRS)]
    for number in range(count):
        unlike = number.to_bytes(4, "big")  # after the picture's end, where nobody looks
        (folder / f"{number:05}.jpg").write_bytes(raws[number % len(raws)] + unlike)
    return sorted(folder.iterdir())


@dataclass
class Watched:
    """A batch while it runs: when how many lines were there, and what each worker held then."""

    lines: list[tuple[float, int]] = field(default_factory=list)
    workers_mib: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu_s: float = 0.0

    def look(self, pid: int, results: Path) -> None:
        """Notes how far the batch is."""
        done = results.read_bytes().count(b"\n") if results.exists() else 0
        if done and (not self.lines or done > self.lines[-1][1]):
            self.lines.append((monotonic(), done))
        for worker, mib in worker_mib(pid).items():
            self.workers_mib[worker].append(mib)

    @property
    def per_second(self) -> float:
        """Photos in a second between the first look with a line and the last line."""
        (start, first), (end, last) = self.lines[0], self.lines[-1]
        return (last - first) / (end - start)

    @property
    def memory(self) -> list[dict[str, float]]:
        """Of each worker in MiB: the most, and the most in the second and in the last quarter."""
        told = []
        for mib in self.workers_mib.values():
            quarter = len(mib) // 4
            told.append(
                {
                    "most": max(mib),
                    "second_quarter": max(mib[quarter : 2 * quarter], default=0),
                    "last_quarter": max(mib[3 * quarter :]),
                }
            )
        return told


def batch(photos: Path, out: Path, workers: int) -> Watched:
    """Scores a folder as a user does."""
    watched, before_s = Watched(), _cpu_s_of_children()
    command = ["-m", "serve", "score", photos, "--out", out, "--workers", str(workers)]
    process = subprocess.Popen(
        [sys.executable, *command, "--overlays", "none"], cwd=_ROOT, stdout=subprocess.DEVNULL
    )
    while process.poll() is None:
        watched.look(process.pid, out / "results.jsonl")
        sleep(LOOK_S / 5 if len(watched.lines) < 2 else LOOK_S)
    if process.returncode:
        raise RuntimeError("the batch failed")
    watched.cpu_s = _cpu_s_of_children() - before_s
    return watched


def _cpu_s_of_children() -> float:
    """Of all that ended, and what they started."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def api_loop(photos: Sequence[Path], address: str) -> float:
    """Photos in a second by ``curl``, one after the other."""
    start = monotonic()
    for photo in photos:
        command = ["curl", "-sf", "-o", os.devnull, "-F", f"files=@{photo}"]
        subprocess.run([*command, f"{address}/v1/photos"], check=True)
    return len(photos) / (monotonic() - start)


def decodes_per_cpu_second(photos: Sequence[Path]) -> float:
    """How many bare decodes a core does."""
    raws = [np.frombuffer(photo.read_bytes(), np.uint8) for photo in photos[: len(_HAIRS)]]
    cv2.setNumThreads(1)
    start = process_time()
    for raw in raws:
        cv2.imdecode(raw, cv2.IMREAD_COLOR)
    return len(raws) / (process_time() - start)


@contextmanager
def _loads() -> Iterator[list[float]]:
    """Yields the machine's load before and after."""
    loads = [os.getloadavg()[0]]
    yield loads
    loads.append(os.getloadavg()[0])


def compare(count: int, megapixels: float, rounds: int) -> dict[str, Any]:
    """One worker, two workers and the loop in turns, so that what else the machine does falls on
    all; medians of the rounds."""
    rates: defaultdict[str, list[float]] = defaultdict(list)
    memory: list[dict[str, float]] = []
    with TemporaryDirectory() as name, _loads() as loads, running(SCORING) as (address, _):
        folder = Path(name)
        photos = photos_in(folder / "photos", count, megapixels)
        for number in range(rounds):
            for workers in (1, 2):
                out = folder / f"out-{number}-{workers}"
                watched = batch(folder / "photos", out, workers)
                rates[f"{workers} workers"].append(watched.per_second)
                rates[f"{workers} workers, per CPU second"].append(count / watched.cpu_s)
                memory += watched.memory
            rates["curl loop"].append(api_loop(photos, address))
            rates["decodes per CPU second"].append(decodes_per_cpu_second(photos))
    middle = {what: median(each) for what, each in rates.items()}
    return {
        "photos": f"{count} of {megapixels:g} MP",
        "cores": os.cpu_count(),
        "loads": loads,
        "rates": dict(rates),
        "two_over_one": middle["2 workers"] / middle["1 workers"],
        "two_over_curl": middle["2 workers"] / middle["curl loop"],
        "memory_mib": memory,
    }


def main() -> None:
    """Prints what was measured as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=24)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--long", action="store_true", help="one batch by two workers: memory")
    asked = parser.parse_args()
    if not asked.long:
        result = compare(asked.photos, asked.megapixels, asked.rounds)
    else:
        with TemporaryDirectory() as name, _loads() as loads:
            photos_in(Path(name, "photos"), asked.photos, asked.megapixels)
            watched = batch(Path(name, "photos"), Path(name, "out"), workers=2)
        result = {"loads": loads, "rate": watched.per_second, "memory_mib": watched.memory}
    print(json.dumps(result, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
