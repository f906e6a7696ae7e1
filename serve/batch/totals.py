"""A run counted, photo by photo: however many there are, none is held."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from model.labelling.hair import Hair, Label
from model.report import Status
from model.share.counts import Tally
from serve.batch.groups import Place
from serve.batch.results import ScoredLine
from serve.batch.run_summary import BINS, Pooled, RunSummary
from serve.scoring.photo_scorer import PhotoScorer


@dataclass
class _Group:
    photos: int = 0
    tally: Tally = field(default_factory=Tally)

    def add(self, tally: Tally) -> None:
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
