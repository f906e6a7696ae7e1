"""``report.html``: a whole run on one page that opens offline."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from markupsafe import Markup

from data.io.html_page import gallery, heading, page, paragraph, plots, table, tiles
from model.labelling.hair import Hair, Label
from model.report import Status
from model.share.summary import ShareInterval, Summary
from serve.advice.summary_text import summary_lines
from serve.batch.review import MOST_FAILURES, Failures, LeastConfident
from serve.batch.run_folder import RunFolder
from serve.batch.totals import Pooled, RunSummary
from serve.drawing.style import label_caption
from serve.reports.crops import cut_crops
from serve.reports.svg_plots import confidence_histogram, interval_bar, trend_plot

REPORT = "report.html"
_MOST_GROUPS, _MOST_TRENDS = 200, 12
_TITLE = "Shed hairs, photo by photo"


def report_page(
    summary: RunSummary, run: RunFolder, doubtful: LeastConfident, failures: Failures
) -> str:
    """The page's HTML. Reads the few photos again whose hairs it shows."""
    parts = [
        *_totals(summary, run.skipped),
        *_groups(summary.groups),
        *_trends(summary.trend),
        *_confidence(summary),
        *_findings(summary),
        *_gallery(doubtful, run),
        *_failures(failures),
    ]
    return page(_TITLE, parts)


def _totals(summary: RunSummary, skipped: int) -> Iterator[Markup]:
    statuses = summary.statuses
    bad = statuses.get(Status.REJECTED, 0) + statuses.get(Status.FAILED, 0)
    yield tiles(
        [
            (f"{summary.photos:,}", "photos"),
            (f"{summary.pool.hairs:,}", "hairs"),
            (_share(summary.pool.share), "of the hairs telogen"),
            (f"{statuses.get(Status.NO_HAIRS, 0):,}", "photos without hairs"),
            (f"{bad:,}", "photos that could not be read"),
            (f"{summary.duplicates:,}", "duplicates, counted once"),
            (f"{skipped:,}", "other files skipped"),
        ]
    )
    yield from map(paragraph, summary_lines(summary.pool))
    model = summary.model
    yield paragraph(f"Read by {model.name} {model.version}, trained on {model.trained_on}.")


def _groups(groups: Sequence[Pooled]) -> Iterator[Markup]:
    if len(groups) < 2:
        return
    yield heading("Groups")
    yield paragraph(
        "The share of telogen hairs in each group, with its 95 % interval. The interval speaks of "
        "the hairs of these photos, not of how people or days differ."
    )
    rows = [(each.place.group, *_row(each)) for each in groups[:_MOST_GROUPS]]
    yield table(["group", *_HEADS], rows)
    yield from _more(len(groups) - _MOST_GROUPS, "groups", "summary.json")


_HEADS = ("photos", "hairs", "unsure", "share of telogen", "", "verdict")


def _row(each: Pooled) -> Sequence[str]:
    summary = each.summary
    return (
        *(f"{number:,}" for number in (each.photos, summary.hairs, summary.unsure)),
        interval_bar(summary.share),
        _interval(summary),
        summary.verdict.value.replace("_", " "),
    )


def _trends(trend: Sequence[Pooled]) -> Iterator[Markup]:
    lines: defaultdict[str, list[tuple[date, ShareInterval]]] = defaultdict(list)
    for each in trend:
        if each.summary.share is not None and each.place.date is not None:
            day = date.fromisoformat(each.place.date)
            lines[each.place.group].append((day, each.summary.share))
    shown = list(lines.items())[:_MOST_TRENDS]
    if shown:
        yield heading("Over time")
        yield paragraph(
            "The share of telogen hairs on each day, with its 95 % interval. Where intervals "
            "overlap, a change may be chance."
        )
        yield plots([(group, trend_plot(points)) for group, points in shown])
        yield from _more(len(lines) - _MOST_TRENDS, "groups", "summary.json")


def _confidence(summary: RunSummary) -> Iterator[Markup]:
    if summary.pool.hairs:
        yield heading("How sure the labels are")
        yield paragraph("Hairs by the greater of their two probabilities, telogen or anagen.")
        yield confidence_histogram(summary.confidence)


def _findings(summary: RunSummary) -> Iterator[Markup]:
    if not summary.findings:
        return
    yield heading("What to do better in the next photos")
    findings = sorted(summary.findings.items(), key=lambda item: -item[1][0])
    rows = [(code.replace("_", " "), f"{n:,}", told) for code, (n, told) in findings]
    yield table(["finding", "photos", "what to do, as the first of them was told"], rows)


def _gallery(doubtful: LeastConfident, run: RunFolder) -> Iterator[Markup]:
    kept = {label: doubtful.most(label) for label in Label}
    wanted = [each for hairs in kept.values() for each in hairs]
    if not wanted:
        return
    crops = cut_crops(wanted, run.listed())
    yield heading("The hairs most in doubt")
    for label, hairs in kept.items():
        if hairs:
            yield heading(label.value, 3)
            yield gallery((crops.get(id(each)), _caption(each.photo, each.hair)) for each in hairs)


def _caption(photo: str, hair: Hair) -> str:
    if hair.reason is not None:
        return f"{photo}: {hair.reason.value.replace('_', ' ')}"
    return f"{photo}: {label_caption(hair)}"


def _failures(failures: Failures) -> Iterator[Markup]:
    if failures.count:
        yield heading("Photos that could not be read")
        yield table(["photo", "status", "why"], failures.first)
        yield from _more(failures.count - MOST_FAILURES, "photos", "photos.csv")


def _more(number: int, what: str, where: str) -> Iterator[Markup]:
    if number > 0:
        yield paragraph(f"And {number:,} more {what}: see {where}.")


def _share(share: ShareInterval | None) -> str:
    return "-" if share is None else f"{round(100 * share.estimate)} %"


def _interval(summary: Summary) -> str:
    share = summary.share
    if share is None:
        return "no readable root"
    return f"{_share(share)} ({round(100 * share.low)} to {round(100 * share.high)} %)"
