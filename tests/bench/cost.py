"""Cost of scoring by photo size and number of hairs: ``python -m tests.bench.cost``."""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.bench.measure import DECODE, WHOLE
from tests.bench.scene import Scene

SCENES = (
    *(Scene(megapixels, 40) for megapixels in (3, 12, 48)),
    *(Scene(12, hairs) for hairs in (1, 10, 100, 200)),
    Scene(12, 200, clump=True),
)
REPEATS = 5
JSON_VARIABLE = "SHEDLIGHT_BENCH_JSON"
_WIDTH = 120
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Row:
    """The cost of a scene: ``whole`` and ``stages`` as printed by tests.bench.measure."""

    scene: Scene
    jpeg_bytes: int
    whole: dict[str, Any]
    stages: dict[str, Any]

    @property
    def ratio(self) -> float:
        """Time of the whole over that of a bare decode in the same process."""
        return float(self.whole["steps"][WHOLE]["ms"] / self.whole["steps"][DECODE]["ms"])

    @property
    def steps(self) -> dict[str, dict[str, float]]:
        """All steps in order: the decode, the stages, the whole."""
        first, last = (self.whole["steps"][name] for name in (DECODE, WHOLE))
        return {DECODE: first, **self.stages["steps"], WHOLE: last}

    def as_json(self) -> dict[str, Any]:
        """Everything measured."""
        return {**asdict(self), "name": self.scene.name, "ratio": self.ratio}


def measure(scene: Scene, repeats: int = REPEATS) -> Row:
    """The cost of a scene: medians of ``repeats``, whole and stages in a fresh process each."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "photo.jpg"
        file.write_bytes(scene.as_jpeg())
        whole, stages = (_measure_apart(file, what, repeats) for what in ("whole", "stages"))
        return Row(scene, file.stat().st_size, whole, stages)


def _measure_apart(file: Path, what: str, repeats: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.measure", str(file), what, str(repeats)]
    done = subprocess.run(command, cwd=_ROOT, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def times(rows: Sequence[Row]) -> Table:
    """Milliseconds of each step; the ratio is the whole over the decode."""
    ratios = [f"{row.ratio:.1f}" for row in rows]
    return _table("CPU ms on one core", rows, "ms", "ratio", ratios)


def memory(rows: Sequence[Row]) -> Table:
    """Peak of each step above the idle process, including the file and the photo."""
    idle = [f"{row.whole['idle_mib']:.0f}" for row in rows]
    return _table("Peak MiB above the idle process", rows, "peak_mib", "idle", idle)


def _table(
    title: str, rows: Sequence[Row], figure: str, last: str, last_cells: Sequence[str]
) -> Table:
    table = Table(title=title)
    table.add_column("photo", no_wrap=True)
    for name in (*rows[0].steps, last):
        table.add_column(name, justify="right")
    for row, last_cell in zip(rows, last_cells, strict=True):
        cells = [f"{step[figure]:.0f}" for step in row.steps.values()]
        table.add_row(row.scene.name, *cells, last_cell)
    return table


def main() -> None:
    """Measures all scenes, prints two tables and writes JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--json", type=Path, default=os.environ.get(JSON_VARIABLE))
    arguments = parser.parse_args()
    console = Console(width=_WIDTH)
    rows = [measure(s, arguments.repeats) for s in track(SCENES, "Measuring", console=console)]
    console.print(times(rows), memory(rows))
    if arguments.json:
        result = {
            "python": platform.python_version(),
            "opencv": cv2.__version__,
            "machine": platform.machine(),
            "repeats": arguments.repeats,
            "rows": [row.as_json() for row in rows],
        }
        Path(arguments.json).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
