"""Small plots as SVG text, without a plotting library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from model.labelling.hair import Label
from model.share.summary import ShareInterval
from serve.drawing.style import STYLES

_INK, _SOFT, _GRID = "#22252a", "#5d636c", "#dcdad3"
_BAR = (150.0, 16.0)
_PLOT = (560.0, 240.0)
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 12.0, 10.0, 34.0


def interval_bar(share: ShareInterval | None) -> Markup:
    """A share from 0 to 1 with its interval; a grey line if there is none."""
    width, height = _BAR
    middle = height / 2
    parts = [_line(0, middle, width, middle, _GRID), _line(width / 2, 3, width / 2, 13, _GRID)]
    if share is not None:
        low, high, at = (width * part for part in (share.low, share.high, share.estimate))
        parts.append(_rect(low, 4, max(high - low, 1), 8, _colour(Label.TELOGEN)))
        parts.append(_line(at, 1, at, height - 1, _INK, 2))
    return _svg(_BAR, parts)


def confidence_histogram(counts: Mapping[Label, Sequence[int]]) -> Markup:
    """Histogram of hairs by probability, stacked by label."""
    bins = len(next(iter(counts.values())))
    highest = max(sum(column) for column in zip(*counts.values(), strict=True)) or 1
    (left, right), (bottom, top) = _frame()
    step, parts = (right - left) / bins, _grid(f"{highest:,}")
    stacked = [0] * bins
    for label, column in counts.items():
        for index, count in enumerate(column):
            high = (bottom - top) * count / highest
            base = bottom - (bottom - top) * stacked[index] / highest
            parts.append(
                _rect(left + index * step + 1, base - high, step - 2, high, _colour(label))
            )
            stacked[index] += count
    parts += [
        _text(left, bottom + 16, "0 %", "start"),
        _text((left + right) / 2, bottom + 30, "probability of the likelier label", "middle"),
        _text(right, bottom + 16, "100 %", "end"),
        *_legend(list(counts), left + 12, top + 12),
    ]
    return _svg(_PLOT, parts)


def width_histogram(by_10_um: Sequence[int]) -> Markup:
    """Histogram of hairs by width, in steps of ten micrometres from 0."""
    highest = max(by_10_um) or 1
    (left, right), (bottom, top) = _frame()
    step, parts = (right - left) / len(by_10_um), _grid(f"{highest:,}")
    for index, count in enumerate(by_10_um):
        high = (bottom - top) * count / highest
        parts.append(_rect(left + index * step + 1, bottom - high, step - 2, high, _SOFT))
    for index in range(0, len(by_10_um) + 1, 4):
        parts.append(_text(left + index * step, bottom + 16, f"{10 * index} µm", "middle"))
    return _svg(_PLOT, parts)


@dataclass(frozen=True)
class PlotPoint:
    """A value of one day, with its interval if there is one."""

    day: date
    value: float
    low: float | None = None
    high: float | None = None


def trend_plot(points: Sequence[PlotPoint], highest: float, top_label: str) -> Markup:
    """Values by day from 0 to ``highest``, each with its interval."""
    (left, right), (bottom, top) = _frame()
    days = [point.day.toordinal() for point in points]
    span = max(days) - min(days) or 1
    across = [left + 12 + (right - left - 24) * (day - min(days)) / span for day in days]
    parts, up = _grid(top_label), (bottom - top) / highest
    places = list(zip(across, points, strict=True))
    line = " ".join(f"{x:.1f},{bottom - up * point.value:.1f}" for x, point in places)
    parts.append(f'<polyline points="{line}" fill="none" stroke="{_SOFT}" stroke-width="1"/>')
    for x, point in places:
        if point.low is not None and point.high is not None:
            low, high = bottom - up * point.low, bottom - up * point.high
            parts.append(_line(x, low, x, high, _colour(Label.TELOGEN), 5))
        at = bottom - up * point.value
        parts.append(f'<circle cx="{x:.1f}" cy="{at:.1f}" r="4" fill="{_INK}"/>')
    parts.append(_text(across[0] - 12, bottom + 18, points[0].day.isoformat(), "start"))
    if len(points) > 1:
        parts.append(_text(right, bottom + 18, points[-1].day.isoformat(), "end"))
    return _svg(_PLOT, parts)


def _frame() -> tuple[tuple[float, float], tuple[float, float]]:
    """Left and right, bottom and top of the plotting area, in pixels."""
    width, height = _PLOT
    return (_LEFT, width - _RIGHT), (height - _BOTTOM, _TOP)


def _grid(top_label: str) -> list[str]:
    """Three horizontal lines; the lowest is 0."""
    (left, right), (bottom, top) = _frame()
    lines = [_line(left, y, right, y, _GRID) for y in (bottom, (bottom + top) / 2, top)]
    return [
        *lines,
        _text(left - 6, top + 8, top_label, "end"),
        _text(left - 6, bottom + 4, "0", "end"),
    ]


def _legend(labels: Sequence[Label], x: float, y: float) -> list[str]:
    parts = []
    for number, label in enumerate(labels):
        parts.append(_rect(x, y + 18 * number - 9, 12, 10, _colour(label)))
        parts.append(_text(x + 18, y + 18 * number, label.value, "start"))
    return parts


def _colour(label: Label) -> str:
    return "#{:02x}{:02x}{:02x}".format(*STYLES[label].colour)


def _svg(size: tuple[float, float], parts: Sequence[str]) -> Markup:
    width, height = size
    return Markup(
        f'<svg width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _line(x: float, y: float, to_x: float, to_y: float, colour: str, width: float = 1) -> str:
    return (
        f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" '
        f'stroke="{colour}" stroke-width="{width:g}"/>'
    )


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
