"""Counts of a whole run, added photo by photo without holding the photos."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from data.io.jsonl import Json
from model.change.change import Change, Collection, change_over_time
from model.labelling.hair import Label
from model.report import ModelName, Status
from model.share.counts import HairCounts
from model.share.summary import Summary
from serve.advice.in_words import common_findings
from serve.batch.groups import GroupKey
from serve.batch.results import PhotoResult
from serve.scoring.interfaces import PhotoScorer

SCHEMA = "shedlight-summary/1"
CONFIDENCE_BINS = 20
"""Steps of the histogram of confidence, from 0 to 1."""


@dataclass(frozen=True)
class GroupSummary:
    """A group of photos, or its photos of one day: their number and their hairs' summary."""

    key: GroupKey
    photos: int
    summary: Summary

    def as_json(self) -> Json:
        """An entry of ``groups`` or, with its date, of ``trend``."""
        key = {name: value for name, value in asdict(self.key).items() if value is not None}
        return key | {"photos": self.photos, "summary": self.summary.as_json()}


@dataclass(frozen=True)
class RunSummary:
    """Photos of a run by status, and their hairs in all, by group, and by group and date.

    ``statuses`` and ``errors`` count all photos; everything else leaves out those ``not_counted``:
    the ``duplicates`` and, if copies count once, as many as there are ``near_duplicates``.
    ``findings``: the number of photos with each quality finding, and its first record.
    ``confidence``: per label, the number of hairs in each of ``CONFIDENCE_BINS`` equal steps from
    0 to 1 of the greater of their two probabilities.
    """

    model: ModelName
    statuses: Mapping[Status, int]
    duplicates: int
    near_duplicates: int
    not_counted: int
    errors: Mapping[str, int]
    findings: Mapping[str, tuple[int, Json]]
    confidence: Mapping[Label, tuple[int, ...]]
    pool: Summary
    groups: tuple[GroupSummary, ...]
    trend: tuple[GroupSummary, ...]

    @property
    def photos(self) -> int:
        """The number of photos, with duplicates and failures."""
        return sum(self.statuses.values())

    @property
    def common_findings(self) -> frozenset[str]:
        """The codes of what is wrong with half of the photos that could be read, or more."""
        readable = self.statuses.get(Status.SCORED, 0) + self.statuses.get(Status.NO_HAIRS, 0)
        photos = {code: count for code, (count, _) in self.findings.items()}
        return common_findings(photos, readable - self.not_counted)

    def days_of_groups(self) -> dict[str, list[tuple[date, Summary]]]:
        """The summaries of each group's days, in their order."""
        days: defaultdict[str, list[tuple[date, Summary]]] = defaultdict(list)
        for each in self.trend:
            if each.key.date is not None:
                days[each.key.group].append((date.fromisoformat(each.key.date), each.summary))
        return days

    def changes(self) -> dict[str, list[Change]]:
        """What changed over time in each group that has more than one day."""
        return {
            group: change_over_time(Collection.of(*point) for point in points)
            for group, points in self.days_of_groups().items()
            if len(points) > 1
        }

    def as_json(self, skipped: int) -> Json:
        """The content of ``summary.json``; ``skipped`` counts files without an image suffix."""
        counts = {status.value: self.statuses.get(status, 0) for status in Status}
        return {
            "schema": SCHEMA,
            "model": asdict(self.model),
            "photos": {
                "all": self.photos,
                **counts,
                "duplicates": self.duplicates,
                "near_duplicates": self.near_duplicates,
                "not_counted": self.not_counted,
                "skipped": skipped,
            },
            "errors": dict(self.errors),
            "retake_findings": {code: n for code, (n, _) in self.findings.items()},
            "confidence": {label.value: list(bins) for label, bins in self.confidence.items()},
            "pool": self.pool.as_json(),
            "groups": [group.as_json() for group in self.groups],
            "trend": [group.as_json() for group in self.trend],
            "change": {
                group: [each.as_json() for each in found] for group, found in self.changes().items()
            },
        }


@dataclass
class _Count:
    photos: int = 0
    hairs: HairCounts = field(default_factory=HairCounts)

    def add(self, hairs: HairCounts) -> None:
        self.photos += 1
        self.hairs += hairs


class Totals:
    """Adds up the photos of a run."""

    def __init__(self) -> None:
        self.statuses: Counter[Status] = Counter()
        self._duplicates = self._near_duplicates = self._not_counted = 0
        self._errors: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()
        self._first: dict[str, Json] = {}
        self._confidence = {label: [0] * CONFIDENCE_BINS for label in Label}
        self._all = _Count()
        self._groups: defaultdict[GroupKey, _Count] = defaultdict(_Count)
        self._dated: defaultdict[GroupKey, _Count] = defaultdict(_Count)

    def add(self, result: PhotoResult) -> None:
        """Counts a photo; one that does not count adds to statuses and errors alone."""
        self.statuses[Status(result.record["status"])] += 1
        if result.record["error"] is not None:
            self._errors[result.record["error"]["code"]] += 1
        self._duplicates += "duplicate_of" in result.record
        self._near_duplicates += "near_duplicate_of" in result.record
        if not result.counts:
            self._not_counted += 1
            return
        for code, finding in {each["code"]: each for each in result.record["quality"]}.items():
            self._findings[code] += 1
            self._first.setdefault(code, finding)
        self._add_hairs(result)

    def summary(self, scorer: PhotoScorer) -> RunSummary:
        """The summary of all photos added."""
        return RunSummary(
            model=scorer.model,
            statuses=dict(self.statuses),
            duplicates=self._duplicates,
            near_duplicates=self._near_duplicates,
            not_counted=self._not_counted,
            errors=dict(sorted(self._errors.items())),
            findings={code: (n, self._first[code]) for code, n in sorted(self._findings.items())},
            confidence={label: tuple(bins) for label, bins in self._confidence.items()},
            pool=scorer.summary_of(self._all.hairs),
            groups=_summaries(self._groups, scorer),
            trend=_summaries(self._dated, scorer),
        )

    def _add_hairs(self, result: PhotoResult) -> None:
        for hair in result.hairs:
            confidence = max(hair.p_telogen, hair.p_anagen)
            bin_ = min(CONFIDENCE_BINS - 1, int(CONFIDENCE_BINS * confidence))
            self._confidence[hair.label][bin_] += 1
        counts = HairCounts.of(result.hairs)
        self._all.add(counts)
        self._groups[GroupKey(result.key.group)].add(counts)
        if result.key.date is not None:
            self._dated[result.key].add(counts)


def _summaries(groups: Mapping[GroupKey, _Count], scorer: PhotoScorer) -> tuple[GroupSummary, ...]:
    ordered = sorted(groups, key=lambda key: (key.group, key.date or ""))
    return tuple(
        GroupSummary(key, groups[key].photos, scorer.summary_of(groups[key].hairs))
        for key in ordered
    )
