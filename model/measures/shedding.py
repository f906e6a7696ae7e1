"""The measures of all hairs together: how wide they are, how many are thin, how many short."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from model.measures.intervals import Z, median_interval, wilson
from model.measures.measure import SHARED_WIDTH_ERROR, HairMeasures

THIN_UM = 40.0
"""Thinner hairs are counted: vellus hairs measure up to 30 or 40 micrometres
(docs/how-it-works/domain.md, sizes)."""
SHORT_MM = 30.0
SHORT_SHARE = 0.1
"""Counted at home, a tenth or more of hairs of 3 cm or less suggests pattern hair loss
(docs/how-it-works/domain.md, counting at home)."""
MIN_HAIRS_FOR_SIGN = 30
"""The protocol's number of hairs. Our assumption."""
MAX_UNDECIDED_SHARE = 0.2
"""With more hairs of unknown length there is no estimate, only an interval. Our assumption."""
BIN_UM, BINS = 10, 20
"""The steps of the distribution of widths."""


@dataclass(frozen=True)
class MeasureCounts:
    """Hairs by their measures. Counts of several photos add up.

    ``widths`` in micrometres; ``lengths`` of what is in view in millimetres, and whether that is
    the whole hair. ``scale_errors`` is the sum over all hairs.
    """

    widths: Counter[float] = field(default_factory=Counter)
    lengths: Counter[tuple[int, bool]] = field(default_factory=Counter)
    scale_errors: float = 0.0

    @classmethod
    def of(cls, measures: Iterable[HairMeasures | None]) -> "MeasureCounts":
        """The counts of some hairs; those without measures (None) do not count."""
        known = [each for each in measures if each is not None]
        return cls(
            Counter(each.width_um for each in known if each.width_um is not None),
            Counter((round(each.visible_mm), each.whole) for each in known),
            sum(each.scale_error for each in known),
        )

    def __add__(self, other: "MeasureCounts") -> "MeasureCounts":
        return MeasureCounts(
            self.widths + other.widths,
            self.lengths + other.lengths,
            self.scale_errors + other.scale_errors,
        )


@dataclass(frozen=True)
class Share:
    """``count`` out of ``of`` hairs, with an interval of 95 %.

    ``undecided``: hairs of which it is not known; ``low`` takes none of them, ``high`` all. The
    interval is Wilson's, and allows for the error of the scale, and of widths what a photo's hairs
    share.
    """

    count: int
    of: int
    undecided: int
    estimate: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Shedding:
    """What the measured hairs show.

    ``median_um`` with its interval of 95 %, which allows for the errors that hairs share; its
    limits are None below six hairs. ``by_10_um``: hairs in each step of ten micrometres, 0 to 200.
    ``thin``: those under THIN_UM. ``short``: those of SHORT_MM or less. ``short_sign``: enough
    hairs are measured, and a tenth or more are short: to be seen by a clinician, never a diagnosis.
    """

    hairs: int
    widths: int
    median_um: float | None
    median_low_um: float | None
    median_high_um: float | None
    by_10_um: tuple[int, ...]
    thin: Share | None
    short: Share | None
    short_sign: bool
    scale_error: float

    @classmethod
    def of(cls, counts: MeasureCounts) -> "Shedding | None":
        """None without measured hairs."""
        hairs = counts.lengths.total()
        if not hairs:
            return None
        error = counts.scale_errors / hairs
        width_error = float(np.hypot(error, SHARED_WIDTH_ERROR))
        ordered = np.sort(np.array(list(counts.widths.elements()), float))
        limits = median_interval(ordered)
        short = _short(counts.lengths, error)
        return cls(
            hairs=hairs,
            widths=len(ordered),
            median_um=round(float(np.median(ordered)), 1) if len(ordered) else None,
            median_low_um=round(limits[0] * (1 - Z * width_error), 1) if limits else None,
            median_high_um=round(limits[1] * (1 + Z * width_error), 1) if limits else None,
            by_10_um=tuple(np.histogram(ordered, BINS, (0, BINS * BIN_UM))[0].tolist()),
            thin=_thin(counts.widths, width_error),
            short=short,
            short_sign=_is_sign(short),
            scale_error=round(error, 4),
        )

    @classmethod
    def of_json(cls, record: Mapping[str, Any] | None) -> "Shedding | None":
        """What ``as_json`` wrote."""
        if record is None:
            return None
        shares = {key: record[key] and Share(**record[key]) for key in ("thin", "short")}
        return cls(**{**record, **shares, "by_10_um": tuple(record["by_10_um"])})

    def as_json(self) -> dict[str, Any]:
        """The ``measures`` object of a summary."""
        return asdict(self) | {"by_10_um": list(self.by_10_um)}


def _thin(widths: Counter[float], error: float) -> Share | None:
    of = widths.total()
    if not of:
        return None

    def thin(factor: float) -> int:
        return sum(count for um, count in widths.items() if um * factor < THIN_UM)

    fewest, most = thin(1 + Z * error), thin(1 - Z * error)
    return _share(thin(1.0), of, 0, fewest, most)


def _short(lengths: Counter[tuple[int, bool]], error: float) -> Share:
    def short(factor: float) -> tuple[int, int]:
        near = {key: n for key, n in lengths.items() if key[0] * factor <= SHORT_MM}
        whole = sum(n for (_, is_whole), n in near.items() if is_whole)
        return whole, sum(near.values()) - whole

    (count, undecided), fewest, most = short(1.0), short(1 + Z * error)[0], short(1 - Z * error)
    return _share(count, lengths.total(), undecided, fewest, sum(most))


def _share(count: int, of: int, undecided: int, fewest: int, most: int) -> Share:
    known = of - undecided
    estimate = round(count / known, 4) if known and undecided <= MAX_UNDECIDED_SHARE * of else None
    low, high = wilson(fewest, of)[0], wilson(most, of)[1]
    return Share(count, of, undecided, estimate, round(low, 4), round(high, 4))


def _is_sign(short: Share) -> bool:
    enough = short.of - short.undecided >= MIN_HAIRS_FOR_SIGN
    return enough and short.estimate is not None and short.estimate >= SHORT_SHARE
