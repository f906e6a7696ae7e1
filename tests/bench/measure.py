"""Measures the cost of one photo: ``python -m tests.bench.measure FILE whole 5``."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, TypeVar

import cv2
import numpy as np

from data.images.photo import Photo
from data.images.read import read_photo
from data.quality import assess
from data.strands.crop import RootCrop, crop_end, edge_widths
from data.strands.shaft_colour import shaft_colour
from data.strands.strand import EndState, Strand
from model.inference.line_finder import shipped_finder
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import EndScores, HairScores
from model.labelling.photo_rule import label_photo
from model.scorer import Scorer
from tests.bench.process import peak_mib, pin_to_one_core, reset_peak, resident_mib

DECODE, WHOLE = "imdecode", "whole"
Result = TypeVar("Result")


class Costs:
    """CPU times of named steps, and the peak memory of each step's first run.

    On a single idle core, CPU time equals wall time.
    """

    def __init__(self) -> None:
        self.idle_mib = resident_mib()
        self._seconds: dict[str, list[float]] = {}
        self._peak_mib: dict[str, float] = {}

    def measure(self, name: str, step: Callable[[], Result]) -> Result:
        """Runs a step and returns its result."""
        reset_peak()
        start = process_time()
        result = step()
        self._seconds.setdefault(name, []).append(process_time() - start)
        self._peak_mib.setdefault(name, peak_mib() - self.idle_mib)
        return result

    def as_json(self) -> dict[str, dict[str, float]]:
        """By step: the median time in ms, and the peak in MiB above the idle process."""
        return {
            name: {"ms": 1000 * median(times), "peak_mib": self._peak_mib[name]}
            for name, times in self._seconds.items()
        }


def run_whole(costs: Costs, scorer: Scorer, raw: bytes) -> dict[str, object]:
    """From bytes to the report, beside a bare decode of the same bytes."""
    costs.measure(DECODE, lambda: cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR))
    report = costs.measure(WHOLE, lambda: scorer.score(read_photo(raw)))
    return {"status": report.status.value, "hairs": len(report.hairs)}


def run_stages(costs: Costs, scorer: Scorer, raw: bytes) -> dict[str, object]:
    """The same in its stages, as ``Scorer.score`` goes through them.

    "find" traces, joins and measures; "label" judges the photo too.
    """
    photo = costs.measure("read", lambda: read_photo(raw))
    lines = costs.measure("map", lambda: shipped_finder().detector.predict(photo))
    strands = costs.measure("find", lambda: shipped_finder().strands_in(photo, lines))
    ends = [(s, k) for s in strands for k in (0, 1) if s.ends[k].state is EndState.VISIBLE]
    crops = costs.measure("crops", lambda: [crop_end(photo, *end) for end in ends])
    rows = costs.measure("classify", lambda: scorer.classifier.probabilities(crops).tolist())
    costs.measure("label", lambda: _label_and_judge(scorer, photo, strands, rows, crops))
    return {"strands": len(strands), "ends": len(ends)}


def _label_and_judge(
    scorer: Scorer,
    photo: Photo,
    strands: list[Strand],
    rows: list[list[float]],
    crops: list[RootCrop],
) -> None:
    pairs = zip(rows, crops, strict=True)
    readings = (
        EndScores(EndProbabilities(*row), edge_widths(crop), shaft_colour(crop))
        for row, crop in pairs
    )
    pairs: list[HairScores] = []
    for strand in strands:
        seen = [end.state is EndState.VISIBLE for end in strand.ends]
        pairs.append((next(readings) if seen[0] else None, next(readings) if seen[1] else None))
    labelled = label_photo(strands, pairs, scorer.rule)
    hairs = [hair for hair in labelled if hair is not None]
    assess(photo, [hair.strand for hair in hairs])
    scorer.summary(hairs)


_RUNS = {"whole": run_whole, "stages": run_stages}


def measure(file: Path, what: str, repeats: int) -> dict[str, Any]:
    """The costs of one of ``_RUNS``, and what was found."""
    pin_to_one_core()
    scorer = Scorer.shipped()
    costs = Costs()
    raw = file.read_bytes()
    for _ in range(repeats):
        found = _RUNS[what](costs, scorer, raw)
    return {"idle_mib": costs.idle_mib, "steps": costs.as_json(), "found": found}


if __name__ == "__main__":
    path, run, times = sys.argv[1:]
    json.dump(measure(Path(path), run, int(times)), sys.stdout)
