"""The part of ``report.html`` on changes over time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from markupsafe import Markup

from data.io.html_page import heading, paragraph, plots
from data.texts.catalogue import Texts
from model.change.change import Change, Measure, Verdict
from model.share.summary import Summary
from serve.reports.svg_plots import PlotPoint, trend_plot

MAX_TRENDS = 12


def trend_parts(
    days: Mapping[str, Sequence[tuple[date, Summary]]],
    changes: Mapping[str, Sequence[Change]],
    texts: Texts,
) -> Iterator[Markup]:
    """Plots of each group's share, number of hairs and width by day, and what changed."""
    shown = [group for group, points in days.items() if any(s.share for _, s in points)]
    if not shown:
        return
    yield heading(texts("report.trend.title"))
    yield paragraph(texts("report.trend.text"))
    for group in shown[:MAX_TRENDS]:
        if len(shown) > 1:
            yield heading(group, 3)
        yield plots(list(_plots(days[group], texts)))
        if len(days[group]) > 1:
            yield from (paragraph(change_text(each, texts)) for each in changes.get(group, ()))
    if len(shown) > MAX_TRENDS:
        count = len(shown) - MAX_TRENDS
        yield paragraph(texts("report.more_groups", count=count, file="summary.json"))


def change_text(change: Change, texts: Texts) -> str:
    """A sentence on the change of one measure."""
    low, high, size = change.low, change.high, change.effect
    if change.verdict is Verdict.UNKNOWN or size is None or low is None or high is None:
        return texts(f"change.{change.measure}.unknown", count=change.collections)
    values = [_written(abs(each), change.measure, texts) for each in (size,)]
    limits = [_written(each, change.measure, texts) for each in (low, high)]
    return texts(
        f"change.{change.measure}.{change.verdict}",
        count=change.collections,
        effect=values[0],
        low=limits[0],
        high=limits[1],
    )


def _written(value: float, measure: Measure, texts: Texts) -> str:
    if measure is Measure.SHARE:
        return texts.number(round(100 * value))
    return texts.number(round(value, 1))


def _plots(points: Sequence[tuple[date, Summary]], texts: Texts) -> Iterator[tuple[str, Markup]]:
    shares = [
        PlotPoint(day, s.share.estimate, s.share.low, s.share.high) for day, s in points if s.share
    ]
    yield texts("change.share.name"), trend_plot(shares, 1.0, "100 %")
    hairs = [PlotPoint(day, s.hairs) for day, s in points]
    top = max(1, *(s.hairs for _, s in points))
    yield texts("change.hairs.name"), trend_plot(hairs, top, texts.number(top))
    widths = [
        PlotPoint(day, m.median_um, m.median_low_um, m.median_high_um)
        for day, s in points
        if (m := s.measures) is not None and m.median_um is not None
    ]
    if widths:
        top_um = max(max(point.high or 0, point.value) for point in widths)
        yield texts("change.width.name"), trend_plot(widths, top_um, f"{top_um:.0f} µm")
