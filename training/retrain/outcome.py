"""What came of teaching."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from training.labels.label_set import LabelSet
from training.retrain.evaluation import Evidence
from training.retrain.promotion import Decision


@dataclass(frozen=True)
class CurvePoint:
    """The balanced log loss of held-out labels after fitting to so many ``labels``, and that of
    each kind (of ``KINDS``) that counts. None at all: the champion as it was."""

    labels: int
    loss: float
    by_kind: Mapping[str, float]


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
