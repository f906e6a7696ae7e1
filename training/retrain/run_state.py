"""What a run keeps of its work until its report is written, so that it can go on after a kill.

How far teaching is, for whoever looks into its folder.

What came of teaching.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from data.io.files import atomic_writer
from model.registry.registry import Registry
from training.labels.label_set import LabelSet
from training.labels.labelled_strand import LabelledStrand
from training.retrain.evaluation import Evidence
from training.retrain.fit import RetrainPlan
from training.retrain.learning_curve import CurvePoint
from training.retrain.promotion import Decision

FITS = "fits"
_MOVE = "move.json"


@dataclass(frozen=True)
class RunState:
    """``folder`` has a checkpoint of each fit, and what is about to be put in force."""

    folder: Path

    def to_beat(self, registry: Registry) -> Path:
        """The version that a challenger is compared with: the one in force, or, where this run
        was killed after it had put its own in force, the one before it."""
        champion = registry.champion()
        move = self._move()
        if move.get("version") == champion.name:
            return registry.find(move["in_place_of"])
        return champion.folder

    def promote(self, registry: Registry, version: str, in_place_of: str, reason: str) -> None:
        """Puts a version in force, once, however often the run is killed on the way."""
        if version == registry.champion().name:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        told = {"version": version, "in_place_of": in_place_of}
        (self.folder / _MOVE).write_text(json.dumps(told), "utf-8")
        registry.promote(version, reason)

    def _move(self) -> dict[str, str]:
        try:
            return dict(json.loads((self.folder / _MOVE).read_text("utf-8")))
        except (OSError, ValueError):  # none, or cut short: then nothing was put in force
            return {}


def run_state(
    run: Path, hairs: Sequence[LabelledStrand], base: str, arch: str, plan: RetrainPlan
) -> RunState:
    """That of these labels, fitted so from the network with this SHA-256: with others, a stopped
    run begins anew."""
    said = [(hair.photo, str(hair.where), hair.label.value, hair.root_end) for hair in hairs]
    text = json.dumps([said, base, arch, asdict(plan)])
    return RunState(run / FITS / hashlib.sha256(text.encode()).hexdigest()[:16])


def finish(run: Path) -> None:
    """Deletes what a run needs no longer once its report is written."""
    shutil.rmtree(run / FITS, ignore_errors=True)


PROGRESS = "progress.json"
RUNNING, DONE, FAILED, STOPPED = "running", "done", "failed", "stopped"


@dataclass(frozen=True)
class ProgressFile:
    """``progress.json`` in the folder of a run, replaced as a whole each time."""

    run: Path

    def tell(self, state: str, step: str, done: float, message: str | None = None) -> None:
        """Notes a state, the step in words, the share (0 to 1) that is done, and a sentence if
        there is one to say."""
        told = {"state": state, "step": step, "done": round(done, 3), "message": message}
        with atomic_writer(self.run / PROGRESS) as file:
            file.write(json.dumps(told) + "\n")


@dataclass(frozen=True)
class Outcome:
    """``champion`` and ``challenger`` are names of versions; ``challenger`` is None where nothing
    was fitted. ``promoted``: the challenger took the champion's place. ``curve``: from no labels to
    all. ``evidence`` is None where no label could be fitted to."""

    labels: LabelSet
    evidence: Evidence | None
    decision: Decision
    curve: tuple[CurvePoint, ...]
    champion: str
    challenger: str | None
    arch: str
    promoted: bool = False

    def as_json(self) -> dict[str, Any]:
        """The contents of ``outcome.json``."""
        decision, evidence = self.decision, self.evidence
        return {
            "verdict": decision.verdict.value,
            "reason": decision.reason,
            "promoted": self.promoted,
            "champion": self.champion,
            "challenger": self.challenger,
            "arch": self.arch,
            "labels": dict(evidence.counts) if evidence else {},
            "fitted": evidence.fitted if evidence else 0,
            "photos": len(self.labels.pictures),
            "groups": len(set(self.labels.groups.values())),
            "problems": len(self.labels.problems),
            "gain": decision.gain,
            "p_value": decision.p_value,
            "forgotten": decision.forgotten,
            "noise": decision.noise,
        }
