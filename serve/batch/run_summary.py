"""What a whole run says."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from model.labelling.hair import Label
from model.report import ModelName, Status
from model.share.summary import Summary
from serve.batch.groups import Place

SCHEMA = "shedlight-summary/1"
BINS = 20
"""Steps of the histogram of confidence, from 0 to 1."""


@dataclass(frozen=True)
class Pooled:
    """Photos that belong together: how many count, and what their hairs say."""

    place: Place
    photos: int
    summary: Summary

    def as_json(self) -> dict[str, Any]:
        """An entry of ``groups`` or, with its date, of ``trend``."""
        named = {name: value for name, value in asdict(self.place).items() if value is not None}
        return named | {"photos": self.photos, "summary": self.summary.as_json()}


@dataclass(frozen=True)
class RunSummary:
    """A run's photos by status, and what their hairs say in all, by group, and by group and date.

    ``statuses`` and ``errors`` count all photos; all else leaves out the ``duplicates``.
    ``findings``: of how many photos each retake finding is said, and what it says. ``confidence``:
    per label, how many hairs lie in each of ``BINS`` equal steps from 0 to 1 of the greater of
    their two probabilities.
    """

    model: ModelName
    statuses: Mapping[Status, int]
    duplicates: int
    errors: Mapping[str, int]
    findings: Mapping[str, tuple[int, str]]
    confidence: Mapping[Label, tuple[int, ...]]
    pool: Summary
    groups: tuple[Pooled, ...]
    trend: tuple[Pooled, ...]

    @property
    def photos(self) -> int:
        """All photos, duplicates and failures too."""
        return sum(self.statuses.values())

    def as_json(self, skipped: int) -> dict[str, Any]:
        """The object in ``summary.json``; ``skipped`` files were no pictures."""
        counts = {status.value: self.statuses.get(status, 0) for status in Status}
        return {
            "schema": SCHEMA,
            "model": asdict(self.model),
            "photos": {
                "all": self.photos,
                **counts,
                "duplicates": self.duplicates,
                "skipped": skipped,
            },
            "errors": dict(self.errors),
            "retake_findings": {code: n for code, (n, _) in self.findings.items()},
            "confidence": {label.value: list(bins) for label, bins in self.confidence.items()},
            "pool": self.pool.as_json(),
            "groups": [group.as_json() for group in self.groups],
            "trend": [group.as_json() for group in self.trend],
        }
