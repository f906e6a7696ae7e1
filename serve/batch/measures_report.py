"""The part of ``report.html`` on widths and lengths."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from data.io.html_page import heading, paragraph, table
from data.texts.catalogue import Texts
from model.measures.shedding import Share, Shedding
from serve.advice.measures_in_words import measures_in_words
from serve.batch.totals import RunSummary
from serve.reports.svg_plots import width_histogram

_MAX_GROUPS = 200


def measures_parts(summary: RunSummary, texts: Texts) -> Iterator[Markup]:
    """Sentences on all hairs, the distribution of their widths, and a row for each group."""
    measures = summary.pool.measures
    if measures is None:
        return
    yield heading(texts("report.measures.title"))
    yield paragraph(texts("report.measures.text"))
    yield from map(paragraph, measures_in_words(measures, texts))
    yield width_histogram(measures.by_10_um)
    rows = [
        _row(group.key.group, group.summary.measures, texts)
        for group in summary.groups[:_MAX_GROUPS]
        if group.summary.measures is not None
    ]
    if len(summary.groups) > 1:
        names = ("group", "widths", "median", "thin", "short")
        yield table([texts(f"report.measures.{name}") for name in names], rows)


def _row(group: str, measures: Shedding, texts: Texts) -> Sequence[str]:
    um = (measures.median_um, measures.median_low_um, measures.median_high_um)
    median, low, high = ("-" if each is None else texts.number(round(each)) for each in um)
    shares = [_share(each, texts) for each in (measures.thin, measures.short)]
    return group, texts.number(measures.widths), f"{median} ({low} - {high})", *shares


def _share(share: Share | None, texts: Texts) -> str:
    if share is None:
        return "-"
    limits = f"{texts.percent(share.low)} - {texts.percent(share.high)}"
    return f"{share.count} / {share.of} ({limits})"
