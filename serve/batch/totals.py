"""A run counted, photo by photo: however many there are, none is held.

What a whole run says.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from model.labelling.hair import Hair, Label
from model.report import ModelName, Status
from model.share.counts import HairCounts
from model.share.summary import Summary
from serve.batch.groups import Place
from serve.batch.results import ScoredLine
from serve.scoring.interfaces import PhotoScorer

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


@dataclass
class _Group:
    photos: int = 0
    tally: HairCounts = field(default_factory=HairCounts)

    def add(self, tally: HairCounts) -> None:
        self.photos += 1
        self.tally += tally


class Totals:
    """What a run amounts to so far."""

    def __init__(self) -> None:
        self.statuses: Counter[Status] = Counter()
        self._duplicates = 0
        self._errors: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()
        self._messages: dict[str, str] = {}
        self._confidence = {label: [0] * BINS for label in Label}
        self._all = _Group()
        self._groups: defaultdict[Place, _Group] = defaultdict(_Group)
        self._dated: defaultdict[Place, _Group] = defaultdict(_Group)

    def add(self, line: ScoredLine) -> None:
        """Counts a photo; one with the bytes of an earlier one adds to the statuses alone."""
        self.statuses[Status(line.record["status"])] += 1
        if line.record["error"] is not None:
            self._errors[line.record["error"]["code"]] += 1
        if not line.counts:
            self._duplicates += 1
            return
        self._add_findings(line)
        self._add_hairs(line)

    def summarised(self, scorer: PhotoScorer) -> RunSummary:
        """What all of it says."""
        return RunSummary(
            model=scorer.model,
            statuses=dict(self.statuses),
            duplicates=self._duplicates,
            errors=dict(sorted(self._errors.items())),
            findings={
                code: (n, self._messages[code]) for code, n in sorted(self._findings.items())
            },
            confidence={label: tuple(bins) for label, bins in self._confidence.items()},
            pool=scorer.summary_of(self._all.tally),
            groups=_pooled(self._groups, scorer),
            trend=_pooled(self._dated, scorer),
        )

    def _add_findings(self, line: ScoredLine) -> None:
        for code, message in {f["code"]: f["message"] for f in line.record["quality"]}.items():
            self._findings[code] += 1
            self._messages.setdefault(code, message)

    def _add_hairs(self, line: ScoredLine) -> None:
        for hair in line.hairs:
            self._confidence[hair.label][_bin(hair)] += 1
        self._all.add(line.tally)
        self._groups[Place(line.place.group)].add(line.tally)
        if line.place.date is not None:
            self._dated[line.place].add(line.tally)


def _bin(hair: Hair) -> int:
    """Which of the equal steps from 0 to 1 the greater of a hair's two probabilities lies in."""
    return min(BINS - 1, int(BINS * max(hair.p_telogen, hair.p_anagen)))


def _pooled(groups: Mapping[Place, _Group], scorer: PhotoScorer) -> tuple[Pooled, ...]:
    ordered = sorted(groups, key=lambda place: (place.group, place.date or ""))
    return tuple(
        Pooled(place, groups[place].photos, scorer.summary_of(groups[place].tally))
        for place in ordered
    )
