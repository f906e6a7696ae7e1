"""Measures one photo in a process of its own: ``python -m tests.bench.measure FILE whole 5``."""

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
from data.strands.find import find_strands
from data.strands.strand import EndState, Strand
from model.inference.line_finder import shipped_line_detector
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import EndScores, HairScores
from model.labelling.photo_rule import label_photo
from model.scorer import Scorer
from tests.bench.process import forget_peak, peak_mib, pin_to_one_core, resident_mib

DECODE, WHOLE = "imdecode", "whole"
Result = TypeVar("Result")


class Costs:
    """The CPU times of steps by their names, and the peak memory of each one's first run.

    CPU time of a single core is the time on the clock of a core that does nothing else.
    """

    def __init__(self) -> None:
        self.idle_mib = resident_mib()
        self._seconds: dict[str, list[float]] = {}
        self._peak_mib: dict[str, float] = {}

    def of(self, name: str, step: Callable[[], Result]) -> Result:
        """Does a step."""
        forget_peak()
        start = process_time()
        result = step()
        self._seconds.setdefault(name, []).append(process_time() - start)
        self._peak_mib.setdefault(name, peak_mib() - self.idle_mib)
        return result

    def as_json(self) -> dict[str, dict[str, float]]:
        """By step: the median time, and the peak above the idle process."""
        return {
            name: {"ms": 1000 * median(times), "peak_mib": self._peak_mib[name]}
            for name, times in self._seconds.items()
        }


def run_whole(costs: Costs, scorer: Scorer, raw: bytes) -> dict[str, object]:
    """From bytes to the report, beside what any program that shows the photo must do."""
    costs.of(DECODE, lambda: cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR))
    report = costs.of(WHOLE, lambda: scorer.score(read_photo(raw)))
    return {"status": report.status.value, "hairs": len(report.hairs)}


def run_stages(costs: Costs, scorer: Scorer, raw: bytes) -> dict[str, object]:
    """The same in its stages, as ``Scorer.score`` goes through them.

    "find" traces, joins and measures; "label" judges the photo too.
    """
    photo = costs.of("read", lambda: read_photo(raw))
    lines = costs.of("map", lambda: shipped_line_detector().predict(photo))
    strands = costs.of("find", lambda: find_strands(photo, lines))
    ends = [(s, k) for s in strands for k in (0, 1) if s.ends[k].state is EndState.VISIBLE]
    crops = costs.of("crops", lambda: [crop_end(photo, *end) for end in ends])
    rows = costs.of("classify", lambda: scorer.classifier.probabilities(crops).tolist())
    costs.of("label", lambda: _label_and_judge(scorer, photo, strands, rows, crops))
    return {"strands": len(strands), "ends": len(ends)}


def _label_and_judge(
    scorer: Scorer,
    photo: Photo,
    strands: list[Strand],
    rows: list[list[float]],
    crops: list[RootCrop],
) -> None:
    pairs = zip(rows, crops, strict=True)
    readings = (EndScores(EndProbabilities(*row), edge_widths(crop)) for row, crop in pairs)
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
