"""``report.html``: a whole run on one page that opens offline."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from markupsafe import Markup

from data.io.html_page import gallery, heading, page, paragraph, plots, table, tiles
from data.texts.catalogue import Texts
from model.labelling.hair import Label
from model.report import Status
from model.share.summary import ShareInterval
from serve.advice.in_words import in_words
from serve.batch.review import MAX_FAILURES, FirstFailures, LeastConfident
from serve.batch.run_folder import RunFolder
from serve.batch.totals import GroupSummary, RunSummary
from serve.drawing.style import label_caption
from serve.reports.crops import HairInPhoto, cut_crops
from serve.reports.svg_plots import confidence_histogram, interval_bar, trend_plot

REPORT = "report.html"
_MAX_GROUPS, _MAX_TRENDS = 200, 12


def report_page(
    summary: RunSummary,
    run: RunFolder,
    uncertain: LeastConfident,
    failures: FirstFailures,
    texts: Texts,
) -> str:
    """The page's HTML. Reads the photos again whose hairs it shows."""
    parts = [
        *_totals(summary, run.skipped, texts),
        *_groups(summary.groups),
        *_trends(summary.trend),
        *_confidence(summary),
        *_findings(summary),
        *_uncertain_hairs(uncertain, run),
        *_failures(failures),
    ]
    return page("Shed hairs, photo by photo", parts)


def share_text(share: ShareInterval | None) -> str:
    """A share with its interval, in per cent."""
    if share is None:
        return "no readable root"
    estimate, low, high = (round(100 * x) for x in (share.estimate, share.low, share.high))
    return f"{estimate} % ({low} to {high} %)"


def _totals(summary: RunSummary, skipped: int, texts: Texts) -> Iterator[Markup]:
    statuses, share = summary.statuses, summary.pool.share
    unreadable = statuses.get(Status.REJECTED, 0) + statuses.get(Status.FAILED, 0)
    yield tiles(
        [
            (f"{summary.photos:,}", "photos"),
            (f"{summary.pool.hairs:,}", "hairs"),
            ("-" if share is None else f"{round(100 * share.estimate)} %", "of the hairs telogen"),
            (f"{statuses.get(Status.NO_HAIRS, 0):,}", "photos without hairs"),
            (f"{unreadable:,}", "photos that could not be read"),
            (f"{summary.duplicates:,}", "duplicates, counted once"),
            (f"{summary.near_duplicates:,}", _near_duplicates(summary)),
            (f"{skipped:,}", "other files skipped"),
        ]
    )
    yield from map(paragraph, in_words(summary.pool, texts, summary.common_findings).lines())
    model = summary.model
    yield paragraph(f"Model: {model.name} {model.version}, trained on {model.trained_on}.")


def _near_duplicates(summary: RunSummary) -> str:
    once = summary.not_counted > summary.duplicates
    return f"likely copies, saved again or resized, {'counted once' if once else 'also counted'}"


def _groups(groups: Sequence[GroupSummary]) -> Iterator[Markup]:
    if len(groups) < 2:
        return
    yield heading("Groups")
    yield paragraph(
        "The share of telogen hairs in each group, with its 95 % interval. The interval describes "
        "the hairs of these photos, not how people or days differ."
    )
    heads = ("group", "photos", "hairs", "unsure", "share of telogen", "", "verdict")
    yield table(heads, map(_group_row, groups[:_MAX_GROUPS]))
    yield from _more(len(groups) - _MAX_GROUPS, "groups", "summary.json")


def _group_row(group: GroupSummary) -> Sequence[str]:
    summary = group.summary
    return (
        group.key.group,
        *(f"{number:,}" for number in (group.photos, summary.hairs, summary.unsure)),
        interval_bar(summary.share),
        share_text(summary.share),
        summary.verdict.value.replace("_", " "),
    )


def _trends(trend: Sequence[GroupSummary]) -> Iterator[Markup]:
    lines: defaultdict[str, list[tuple[date, ShareInterval]]] = defaultdict(list)
    for each in trend:
        if each.summary.share is not None and each.key.date is not None:
            day = date.fromisoformat(each.key.date)
            lines[each.key.group].append((day, each.summary.share))
    shown = list(lines.items())[:_MAX_TRENDS]
    if shown:
        yield heading("Over time")
        yield paragraph(
            "The share of telogen hairs on each day, with its 95 % interval. Where intervals "
            "overlap, a change may be chance."
        )
        yield plots([(group, trend_plot(points)) for group, points in shown])
        yield from _more(len(lines) - _MAX_TRENDS, "groups", "summary.json")


def _confidence(summary: RunSummary) -> Iterator[Markup]:
    if summary.pool.hairs:
        yield heading("Confidence of the labels")
        yield paragraph("Hairs by the greater of their two probabilities, telogen or anagen.")
        yield confidence_histogram(summary.confidence)


def _findings(summary: RunSummary) -> Iterator[Markup]:
    if not summary.findings:
        return
    yield heading("How to take better photos")
    findings = sorted(summary.findings.items(), key=lambda item: -item[1][0])
    rows = [(code.replace("_", " "), f"{n:,}", message) for code, (n, message) in findings]
    yield table(["finding", "photos", "advice for the first of these photos"], rows)


def _uncertain_hairs(uncertain: LeastConfident, run: RunFolder) -> Iterator[Markup]:
    hairs = [hair for label in Label for hair in uncertain.of(label)]
    if not hairs:
        return
    crops = cut_crops(hairs, run.listed())
    yield heading("The least certain hairs")
    for label in Label:
        shown = [
            (crop, _caption(hair))
            for crop, hair in zip(crops, hairs, strict=True)
            if hair.hair.label is label
        ]
        if shown:
            yield heading(label.value, 3)
            yield gallery(shown)


def _caption(shown: HairInPhoto) -> str:
    reason = shown.hair.reason
    if reason is not None:
        return f"{shown.photo}: {reason.value.replace('_', ' ')}"
    return f"{shown.photo}: {label_caption(shown.hair)}"


def _failures(failures: FirstFailures) -> Iterator[Markup]:
    if failures.count:
        yield heading("Photos that could not be read")
        yield table(["photo", "status", "reason"], failures.first)
        yield from _more(failures.count - MAX_FAILURES, "photos", "photos.csv")


def _more(number: int, what: str, where: str) -> Iterator[Markup]:
    if number > 0:
        yield paragraph(f"And {number:,} more {what}: see {where}.")
