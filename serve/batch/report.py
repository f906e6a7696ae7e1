"""``report.html``: a whole run on one page that opens offline."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from data.errors import error_of_record
from data.io.html_page import gallery, heading, page, paragraph, table, tiles
from data.quality.finding import text_of_record
from data.texts.catalogue import Texts
from model.labelling.hair import Label
from model.report import Status
from model.share.summary import Summary
from serve.advice.in_words import in_words, share_percents
from serve.batch.measures_report import measures_parts
from serve.batch.review import MAX_FAILURES, FirstFailures, LeastConfident
from serve.batch.run_folder import RunFolder
from serve.batch.totals import GroupSummary, RunSummary
from serve.drawing.style import label_caption
from serve.reports.crops import HairInPhoto, cut_crops
from serve.reports.svg_plots import confidence_histogram, interval_bar
from serve.reports.trends import trend_parts

REPORT = "report.html"
_MAX_GROUPS = 200


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
        *_groups(summary.groups, texts),
        *measures_parts(summary, texts),
        *trend_parts(summary.days_of_groups(), summary.changes(), texts),
        *_confidence(summary, texts),
        *_findings(summary, texts),
        *_uncertain_hairs(uncertain, run, texts),
        *_failures(failures, texts),
    ]
    return page(texts("report.title"), parts, texts.language)


def share_text(summary: Summary, texts: Texts) -> str:
    """A share with its interval in per cent, or counts below ten readable roots."""
    if not summary.readable:
        return texts("report.no_roots")
    if percents := share_percents(summary, texts):
        return texts("report.share", **percents)
    return texts("report.counts", part=summary.telogen, count=summary.readable)


def _totals(summary: RunSummary, skipped: int, texts: Texts) -> Iterator[Markup]:
    statuses, percents = summary.statuses, share_percents(summary.pool, texts)
    unreadable = statuses.get(Status.REJECTED, 0) + statuses.get(Status.FAILED, 0)
    copies_once = summary.not_counted > summary.duplicates
    figures = {
        "photos": texts.number(summary.photos),
        "hairs": texts.number(summary.pool.hairs),
        "share": percents["estimate"] if percents else "-",
        "no_hairs": texts.number(statuses.get(Status.NO_HAIRS, 0)),
        "unreadable": texts.number(unreadable),
        "duplicates": texts.number(summary.duplicates),
        "copies_once" if copies_once else "copies_each": texts.number(summary.near_duplicates),
        "skipped": texts.number(skipped),
    }
    yield tiles((value, texts(f"report.tiles.{name}")) for name, value in figures.items())
    yield from map(paragraph, in_words(summary.pool, texts, summary.common_findings).lines())
    yield paragraph(texts("report.model", **vars(summary.model)))


def _groups(groups: Sequence[GroupSummary], texts: Texts) -> Iterator[Markup]:
    if len(groups) < 2:
        return
    yield heading(texts("report.groups.title"))
    yield paragraph(texts("report.groups.text"))
    names = ("group", "photos", "hairs", "unsure", "share", "", "answer")
    heads = [texts(f"report.groups.{name}") if name else "" for name in names]
    yield table(heads, [_group_row(group, texts) for group in groups[:_MAX_GROUPS]])
    yield from _more("groups", len(groups) - _MAX_GROUPS, "summary.json", texts)


def _group_row(group: GroupSummary, texts: Texts) -> Sequence[str]:
    summary = group.summary
    return (
        group.key.group,
        *(texts.number(number) for number in (group.photos, summary.hairs, summary.unsure)),
        interval_bar(summary.share),
        share_text(summary, texts),
        in_words(summary, texts).verdict,
    )


def _confidence(summary: RunSummary, texts: Texts) -> Iterator[Markup]:
    if summary.pool.hairs:
        yield heading(texts("report.confidence.title"))
        yield paragraph(texts("report.confidence.text"))
        yield confidence_histogram(summary.confidence)


def _findings(summary: RunSummary, texts: Texts) -> Iterator[Markup]:
    if not summary.findings:
        return
    yield heading(texts("report.findings.title"))
    findings = sorted(summary.findings.items(), key=lambda item: -item[1][0])
    rows = [
        (code.replace("_", " "), texts.number(n), text_of_record(first, texts))
        for code, (n, first) in findings
    ]
    yield table([texts(f"report.findings.{name}") for name in ("finding", "photos", "text")], rows)


def _uncertain_hairs(uncertain: LeastConfident, run: RunFolder, texts: Texts) -> Iterator[Markup]:
    hairs = [hair for label in Label for hair in uncertain.of(label)]
    if not hairs:
        return
    crops = cut_crops(hairs, run.listed())
    yield heading(texts("report.uncertain.title"))
    for label in Label:
        shown = [
            (crop, _caption(hair, texts))
            for crop, hair in zip(crops, hairs, strict=True)
            if hair.hair.label is label
        ]
        if shown:
            yield heading(texts(f"report.uncertain.{label}"), 3)
            yield gallery(shown)


def _caption(shown: HairInPhoto, texts: Texts) -> str:
    reason = shown.hair.reason
    if reason is not None:
        return f"{shown.photo}: {texts(f'label.why.{reason}')}"
    return f"{shown.photo}: {label_caption(shown.hair)}"


def _failures(failures: FirstFailures, texts: Texts) -> Iterator[Markup]:
    if failures.count:
        yield heading(texts("report.failures.title"))
        heads = [texts(f"report.failures.{name}") for name in ("photo", "status", "reason")]
        rows = [
            (photo, texts(f"label.status.{status}"), error_of_record(error, texts))
            for photo, status, error in failures.first
        ]
        yield table(heads, rows)
        yield from _more("photos", failures.count - MAX_FAILURES, "photos.csv", texts)


def _more(what: str, number: int, where: str, texts: Texts) -> Iterator[Markup]:
    if number > 0:
        yield paragraph(texts(f"report.more_{what}", count=number, file=where))
