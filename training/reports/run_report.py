"""The report of a run, to be read by a person: what was measured, and where it fails."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from markupsafe import Markup

from data.arrays import Pixels
from data.io.html_page import gallery, heading, page, paragraph, soft, table, tiles
from model.version import CLASSES
from training.evaluation.breakdown import (
    ALL,
    BACKGROUND,
    COVERAGE,
    RIGHT,
    ROOT,
    SHADE,
    WIDTH,
    WIDTH_NAMES,
    Group,
    Share,
    save_breakdown,
)
from training.evaluation.metrics import Evaluation
from training.evaluation.predictions import PER_PHOTO, EndPrediction, worst_end_mistakes
from training.evaluation.reliability import outcomes_of_ends, outcomes_of_hairs
from training.evaluation.resolution_sweep import (
    CONFIDENT,
    MIN_SHAFT_PX,
    TABLE_HEADER,
    ResolutionPoint,
    at_shaft_px,
    sweep_metrics,
    table_row,
    wide_ends,
)
from training.fitting.loop import CURVE
from training.reports import charts
from training.reports.diagnostics import Diagnostics

METRICS, BREAKDOWN, REPORT = "metrics.json", "breakdown.json", "report.html"
UNMEASURED = (
    "Every figure here is on rendered hairs that were held out. On real roots it is unmeasured: "
    "how well it reads them, nobody knows yet."
)
_NAMES = tuple(name.replace("_", " ") for name in CLASSES)
_TIERS = (*WIDTH_NAMES, "all")


def write_report(run: Path, evaluation: Evaluation, study: Diagnostics) -> None:
    """Writes metrics.json, breakdown.json and report.html into ``run``."""
    metrics = evaluation.metrics | sweep_metrics(study.rungs)
    (run / METRICS).write_text(json.dumps(metrics, indent=2) + "\n", "utf-8")
    save_breakdown(run / BREAKDOWN, study.groups)
    parts = [
        *_first_screen(study),
        *_ends(evaluation, study),
        *_hairs(study),
        *_sureness(study),
        *_ladder(study),
        *_breakdown(study.groups),
        *_mistakes(study.judged.ends),
        *_loss(run / CURVE),
        *_all_figures(evaluation.metrics),
    ]
    (run / REPORT).write_text(page("Training run", parts), "utf-8")


def _first_screen(study: Diagnostics) -> Iterator[Markup]:
    yield paragraph(f"Trained on: {study.origin.trained_on}")
    yield paragraph(UNMEASURED, "warning")
    yield tiles(list(_five(study)))
    yield paragraph(f"How to make it again: {study.origin.made}")


def _five(study: Diagnostics) -> Iterator[tuple[str, str]]:
    """The figures that matter; those that could not be counted are left out."""
    shares = next(group for group in study.groups if group.by == ALL).shares
    if coverage := shares.get(COVERAGE):
        yield f"{coverage.value:.0%}", f"of {coverage.of} readable hairs get a label"
    for label, figure in RIGHT.items():
        if share := shares.get(figure):
            yield f"{share.value:.0%}", f"of {share.of} labelled {label.value} hairs are right"
    if not_hair_listed := study.judged.not_hair_listed:
        listed = sum(not_hair_listed) / len(not_hair_listed)
        yield f"{listed:.0%}", f"of {len(not_hair_listed)} lines that are no hair are listed as one"
    recalls = [shares[name].value for name in CLASSES if name in shares]
    mean = sum(recalls) / len(recalls)
    yield (
        f"{mean:.0%}",
        f"of {len(study.judged.ends)} ends read right, every class weighing the same",
    )


def _ends(evaluation: Evaluation, study: Diagnostics) -> Iterator[Markup]:
    yield heading("Ends: what is taken for what")
    yield paragraph("By the likeliest class, however unsure. A row adds up to 100%.")
    yield charts.picture(
        charts.table_of_ends(evaluation.ends), "Ends: truth by row, reading by column"
    )


def _hairs(study: Diagnostics) -> Iterator[Markup]:
    yield heading("Hairs: what they are called, by shaft width")
    yield paragraph("Hairs that can be told from what is in view. One not listed counts as unsure.")
    yield charts.picture(
        charts.tables_of_hairs(study.judged.hairs), "Hairs: truth by row, label by column"
    )


def _sureness(study: Diagnostics) -> Iterator[Markup]:
    judged = study.judged
    yield heading("Whether chances mean what they say")
    yield paragraph(
        "On the dashed line they do; below it the model is too sure. Every class, and "
        "either label, weighs the same. The bigger a dot, the more ends or hairs."
    )
    claims = outcomes_of_ends(judged.ends), outcomes_of_hairs(judged.hairs)
    yield charts.picture(charts.reliability_diagram(*claims), "Reliability of ends and hairs")
    yield heading("What a label costs")
    yield paragraph(
        "Were labels given down to a lower chance, more hairs would get one and more "
        "would be wrong. The dot is what is done; it may lie off its line, because "
        "more than this chance decides whether a label is given."
    )
    yield charts.picture(charts.risk_coverage(judged.hairs), "Risk by coverage for each label")


def _ladder(study: Diagnostics) -> Iterator[Markup]:
    if not study.rungs:
        return
    yield heading("The ladder: one hair, ever fewer pixels")
    yield paragraph(
        f"{study.rungs[0].ends} ends of hairs of {MIN_SHAFT_PX:g} px and more, shown as if fewer "
        "pixels had been taken. Sureness has to fall, and must not turn into being confidently "
        f"wrong (a wrong class with {CONFIDENT:.0%} or more). {_climb(study.rungs)}"
    )
    yield charts.picture(charts.resolution_sweep_chart(study.rungs), "Sureness by shaft width")
    yield table(TABLE_HEADER, map(table_row, study.rungs), numeric=True)
    yield gallery(_copies(study))


def _climb(rungs: Sequence[ResolutionPoint]) -> str:
    top, foot = rungs[0], rungs[-1]
    return (
        f"From {top.shaft_px:g} to {foot.shaft_px:g} px the mean chance of the likeliest class "
        f"goes from {top.mean_confidence:.2f} to {foot.mean_confidence:.2f}, and what is "
        f"confidently wrong from {top.confidently_wrong:.1%} to {foot.confidently_wrong:.1%}."
    )


def _copies(study: Diagnostics) -> Iterator[tuple[Pixels, str]]:
    """The first end of each class on every rung."""
    ends = wide_ends(study.judged.ends)
    for truth in sorted({end.truth for end in ends}):
        crop = next(end.crop for end in ends if end.truth == truth)
        for rung in study.rungs:
            copy = at_shaft_px(crop, rung.shaft_px)
            yield copy.pixels, f"{_NAMES[truth]} at {rung.shaft_px:g} px"


def _breakdown(groups: Sequence[Group]) -> Iterator[Markup]:
    yield heading("Where it fails")
    yield paragraph(
        "Recall of each kind of end, how many hairs get a label, and how many of the labelled ones "
        "are right, each with the number it is out of. By root, only the root's own end counts; "
        "a bare end counts where the hair has no root. On a hair, an end that is no hair's is one "
        "where the shaft goes on."
    )
    figures = (*CLASSES, COVERAGE, *RIGHT.values())
    for by in (WIDTH, SHADE, BACKGROUND, ROOT):
        rows = [group for group in groups if group.by == by]
        shown = [figure for figure in figures if any(figure in group.shares for group in rows)]
        if rows:
            yield heading(f"By {by}", 3)
            heads = (by, *(figure.replace("_", " ") for figure in shown))
            yield table(heads, (_row(group, shown) for group in rows), numeric=True)


def _row(group: Group, figures: Sequence[str]) -> list[str]:
    return [group.name, *(_cell(group.shares.get(figure)) for figure in figures)]


def _cell(share: Share | None) -> str:
    if share is None:
        return ""
    return str(share) if share.is_enough else soft(str(share))


def _mistakes(ends: Sequence[EndPrediction]) -> Iterator[Markup]:
    shown = worst_end_mistakes(ends)
    yield heading("The worst mistakes")
    yield paragraph(
        "Ends read wrong, the surest first. The shaft comes in from the left, and the end as found "
        f"lies in the middle. Of a photo at most {PER_PHOTO} are shown."
    )
    yield gallery((end.crop.pixels, _told(end)) for end in shown)


def _told(end: EndPrediction) -> str:
    facts = end.example.annotated.attributes
    about = ", ".join(filter(None, [facts.shade, facts.kind, facts.background])).replace("_", " ")
    reading = f"{_NAMES[end.truth]}, read as {_NAMES[end.likeliest]} with {end.confidence:.0%}"
    return f"{reading} ({end.crop.shaft_px:.1f} px; {about}; {end.example.photo})"


def _loss(file: Path) -> Iterator[Markup]:
    """Nothing for a version that was calibrated anew, which has no curve."""
    if file.exists():
        with file.open(newline="", encoding="utf-8") as lines:
            epochs = [(int(epoch), float(loss)) for epoch, loss in csv.reader(lines)]
        yield heading("Loss")
        yield charts.picture(charts.loss_curve(epochs), "Loss by epoch")


def _all_figures(metrics: Mapping[str, float]) -> Iterator[Markup]:
    """Those that go by tier in a table of their own, with a column for each tier."""
    yield heading("All figures")
    by_tier, others = _by_tier(metrics)
    yield table(("by shaft width", *WIDTH_NAMES.values(), "all"), by_tier, numeric=True)
    rows = ([name.replace("_", " "), f"{value:.3f}"] for name, value in others)
    yield table(("", ""), rows, numeric=True)


def _by_tier(metrics: Mapping[str, float]) -> tuple[list[list[str]], list[tuple[str, float]]]:
    """Rows of figures by tier, and the names and values of the others."""
    tier_of = {name: tier for name in metrics for tier in _TIERS if name.endswith(f"_{tier}")}
    stems = dict.fromkeys(name.removesuffix(f"_{tier}") for name, tier in tier_of.items())
    rows = [
        [stem.replace("_", " "), *(_figure(metrics.get(f"{stem}_{tier}")) for tier in _TIERS)]
        for stem in stems
    ]
    return rows, [(name, value) for name, value in metrics.items() if name not in tier_of]


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
