"""The files of a retraining run: checkpoints to resume from, progress, and the outcome.

RUN/checkpoints/   a checkpoint of each fit, deleted when the report is written
RUN/progress.json  state, step and share done, replaced as a whole each time
RUN/outcome.json   the result
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from data.io.files import atomic_writer
from data.io.jsonl import Json
from model.registry.registry import Registry
from training.labels.label_set import LabelSet
from training.labels.labelled_strand import LabelledStrand
from training.retrain.evaluation import Evidence
from training.retrain.fit import RetrainPlan
from training.retrain.learning_curve import LearningPoint
from training.retrain.promotion import Decision

CHECKPOINTS, PROGRESS, OUTCOME = "checkpoints", "progress.json", "outcome.json"
_PROMOTION = "promotion.json"


@dataclass(frozen=True)
class RunState:
    """``folder`` has a checkpoint of each fit, and the promotion that is about to be made."""

    folder: Path

    def champion_folder(self, registry: Registry) -> Path:
        """The version to compare with: the active one, or, if this run was killed after it had
        promoted its own, the one before it."""
        champion = registry.champion()
        promotion = self._promotion()
        if promotion.get("version") == champion.name:
            return registry.find(promotion["replaced"])
        return champion.folder

    def promote(self, registry: Registry, version: str, replaced: str, reason: str) -> None:
        """Promotes a version once, also if the run is killed and resumed in between."""
        if version == registry.champion().name:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        promotion = {"version": version, "replaced": replaced}
        (self.folder / _PROMOTION).write_text(json.dumps(promotion), "utf-8")
        registry.promote(version, reason)

    def _promotion(self) -> dict[str, str]:
        try:
            return dict(json.loads((self.folder / _PROMOTION).read_text("utf-8")))
        except (OSError, ValueError):  # missing or incomplete: nothing was promoted
            return {}


def run_state(
    run: Path, hairs: Sequence[LabelledStrand], base: str, arch: str, plan: RetrainPlan
) -> RunState:
    """The state of a run with these labels, this plan and the base network of this SHA-256. With
    others, a stopped run starts from the beginning."""
    labels = [(hair.photo, str(hair.where), hair.label.value, hair.root_end) for hair in hairs]
    text = json.dumps([labels, base, arch, asdict(plan)])
    return RunState(run / CHECKPOINTS / hashlib.sha256(text.encode()).hexdigest()[:16])


def remove_checkpoints(run: Path) -> None:
    """Deletes what a run no longer needs once its report is written."""
    shutil.rmtree(run / CHECKPOINTS, ignore_errors=True)


class RunStatus(StrEnum):
    """The state of a run."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class ProgressFile:
    """``progress.json`` of a run."""

    run: Path

    def write(self, state: RunStatus, step: str, done: float, message: str | None = None) -> None:
        """Writes the state, a description of the step, the share (0 to 1) done, and a message."""
        progress = {"state": state, "step": step, "done": round(done, 3), "message": message}
        with atomic_writer(self.run / PROGRESS) as file:
            file.write(json.dumps(progress) + "\n")


@dataclass(frozen=True)
class Outcome:
    """``champion`` and ``challenger`` are names of versions; ``challenger`` and ``evidence`` are
    None if there was no label to fit to. ``curve`` goes from no labels to all. ``promoted``: the
    challenger replaced the champion."""

    labels: LabelSet
    evidence: Evidence | None
    decision: Decision
    curve: tuple[LearningPoint, ...]
    champion: str
    challenger: str | None
    arch: str
    promoted: bool = False

    def as_json(self) -> Json:
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
            "groups": self.labels.group_count,
            "problems": len(self.labels.problems),
            "gain": decision.gain,
            "p_value": decision.p_value,
            "forgetting": decision.forgetting,
            "forgetting_se": decision.forgetting_se,
        }
