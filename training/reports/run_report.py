"""``report.html`` of a training run: its measurements, and where the network fails."""

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
    MAKER,
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
    at_shaft_px,
    point_row,
    sweep_metrics,
    wide_ends,
)
from training.fitting.loop import CURVE
from training.reports import charts
from training.reports.diagnostics import Diagnostics

METRICS, BREAKDOWN, REPORT = "metrics.json", "breakdown.json", "report.html"
UNMEASURED = (
    "Every figure here is on held-out rendered hairs. The performance on real roots is unmeasured."
)
_NAMES = tuple(name.replace("_", " ") for name in CLASSES)
_WIDTHS = (*WIDTH_NAMES, "all")


def write_report(run: Path, evaluation: Evaluation, diagnostics: Diagnostics) -> None:
    """Writes metrics.json, breakdown.json and report.html into ``run``."""
    metrics = evaluation.metrics | sweep_metrics(diagnostics.sweep)
    (run / METRICS).write_text(json.dumps(metrics, indent=2) + "\n", "utf-8")
    save_breakdown(run / BREAKDOWN, diagnostics.groups)
    parts = [
        *_overview(diagnostics),
        *_confusion(evaluation, diagnostics),
        *_reliability(diagnostics),
        *_sweep(diagnostics),
        *_breakdown(diagnostics.groups),
        *_mistakes(diagnostics.predictions.ends),
        *_loss(run / CURVE),
        *_all_figures(evaluation.metrics),
    ]
    (run / REPORT).write_text(page("Training run", parts), "utf-8")


def _overview(diagnostics: Diagnostics) -> Iterator[Markup]:
    yield paragraph(f"Trained on: {diagnostics.provenance.trained_on}")
    yield paragraph(UNMEASURED, "warning")
    yield tiles(_key_figures(diagnostics))
    yield paragraph(f"How to make it again: {diagnostics.provenance.made}")


def _key_figures(diagnostics: Diagnostics) -> Iterator[tuple[str, str]]:
    """Up to five figures; those without data are left out."""
    predictions = diagnostics.predictions
    shares = next(group for group in diagnostics.groups if group.by == ALL).shares
    if coverage := shares.get(COVERAGE):
        yield f"{coverage.value:.0%}", f"of {coverage.of} readable hairs get a label"
    for label, figure in RIGHT.items():
        if share := shares.get(figure):
            yield f"{share.value:.0%}", f"of {share.of} labelled {label.value} hairs are right"
    if listed := predictions.not_hair_listed:
        share_listed = sum(listed) / len(listed)
        yield f"{share_listed:.0%}", f"of {len(listed)} lines that are not a hair are listed as one"
    recalls = [shares[name].value for name in CLASSES if name in shares]
    mean = sum(recalls) / len(recalls)
    yield f"{mean:.0%}", f"of {len(predictions.ends)} ends classified right, all classes alike"


def _confusion(evaluation: Evaluation, diagnostics: Diagnostics) -> Iterator[Markup]:
    yield heading("Ends: true and predicted class")
    yield paragraph("By the likeliest class, at any confidence. A row adds up to 100%.")
    yield charts.picture(charts.end_confusion(evaluation.ends), "Ends: truth by row")
    yield heading("Hairs: true and predicted label, by shaft width")
    yield paragraph("Hairs with a visible root. A hair that is not listed counts as unsure.")
    yield charts.picture(
        charts.hair_confusion(diagnostics.predictions.hairs), "Hairs: truth by row"
    )


def _reliability(diagnostics: Diagnostics) -> Iterator[Markup]:
    predictions = diagnostics.predictions
    yield heading("Reliability of the probabilities")
    yield paragraph(
        "On the dashed line, predicted probabilities match observed shares; below it, the model is "
        "overconfident. All classes, and both labels, weigh the same. A larger dot stands for more "
        "ends or hairs."
    )
    outcomes = outcomes_of_ends(predictions.ends), outcomes_of_hairs(predictions.hairs)
    yield charts.picture(charts.reliability_diagram(*outcomes), "Reliability of ends and hairs")
    yield heading("Risk and coverage of the labels")
    yield paragraph(
        "With a lower threshold, more hairs would get a label and more labels would be wrong. The "
        "dot is the active threshold. It may lie off its line, because a label also depends on "
        "other conditions."
    )
    yield charts.picture(charts.risk_coverage(predictions.hairs), "Risk by coverage for each label")


def _sweep(diagnostics: Diagnostics) -> Iterator[Markup]:
    points = diagnostics.sweep
    if not points:
        return
    first, last = points[0], points[-1]
    yield heading("Resolution sweep: the same hairs with fewer pixels")
    yield paragraph(
        f"{first.ends} ends of hairs of {MIN_SHAFT_PX:g} px and more, scaled to fewer pixels. "
        "Confidence should fall, without more confident errors (a wrong class with "
        f"{CONFIDENT:.0%} or more). From {first.shaft_px:g} to {last.shaft_px:g} px, the mean "
        f"probability of the likeliest class goes from {first.mean_confidence:.2f} to "
        f"{last.mean_confidence:.2f}, and the share of confident errors from "
        f"{first.confidently_wrong:.1%} to {last.confidently_wrong:.1%}."
    )
    yield charts.picture(charts.resolution_sweep_chart(points), "Confidence by shaft width")
    yield table(TABLE_HEADER, map(point_row, points), numeric=True)
    yield gallery(_scaled_crops(diagnostics))


def _scaled_crops(diagnostics: Diagnostics) -> Iterator[tuple[Pixels, str]]:
    """The first end of each class at each resolution."""
    ends = wide_ends(diagnostics.predictions.ends)
    for truth in sorted({end.truth for end in ends}):
        crop = next(end.crop for end in ends if end.truth == truth)
        for point in diagnostics.sweep:
            scaled = at_shaft_px(crop, point.shaft_px)
            yield scaled.pixels, f"{_NAMES[truth]} at {point.shaft_px:g} px"


def _breakdown(groups: Sequence[Group]) -> Iterator[Markup]:
    yield heading("Where it fails")
    yield paragraph(
        "Recall of each class of end, the share of hairs that get a label, and the share of right "
        "labels, each with its sample size. By root, only the end with the root counts, or a bare "
        "end if the hair has no root. An end on a hair that is not a hair's end is one where the "
        "shaft continues."
    )
    figures = (*CLASSES, COVERAGE, *RIGHT.values())
    for by in (MAKER, WIDTH, SHADE, BACKGROUND, ROOT):
        rows = [group for group in groups if group.by == by]
        shown = [figure for figure in figures if any(figure in group.shares for group in rows)]
        if rows:
            yield heading(f"By {by}", 3)
            heads = (by, *(figure.replace("_", " ") for figure in shown))
            cells = ([group.name, *(_cell(group.shares.get(f)) for f in shown)] for group in rows)
            yield table(heads, cells, numeric=True)


def _cell(share: Share | None) -> str:
    if share is None:
        return ""
    return str(share) if share.is_enough else soft(str(share))


def _mistakes(ends: Sequence[EndPrediction]) -> Iterator[Markup]:
    shown = worst_end_mistakes(ends)
    yield heading("The worst mistakes")
    yield paragraph(
        "Misclassified ends, the most confident first. The shaft enters from the left, and the end "
        f"is in the middle. At most {PER_PHOTO} per photo are shown."
    )
    yield gallery((end.crop.pixels, _caption(end)) for end in shown)


def _caption(end: EndPrediction) -> str:
    known = end.example.annotated.attributes
    about = ", ".join(filter(None, [known.shade, known.kind, known.background])).replace("_", " ")
    classes = f"{_NAMES[end.truth]}, predicted {_NAMES[end.likeliest]} with {end.confidence:.0%}"
    return f"{classes} ({end.crop.shaft_px:.1f} px; {about}; {end.example.photo})"


def _loss(file: Path) -> Iterator[Markup]:
    """Empty for a recalibrated version, which has no loss curve."""
    if file.exists():
        with file.open(newline="", encoding="utf-8") as lines:
            epochs = [(int(epoch), float(loss)) for epoch, loss in csv.reader(lines)]
        yield heading("Loss")
        yield charts.picture(charts.loss_curve(epochs), "Loss by epoch")


def _all_figures(metrics: Mapping[str, float]) -> Iterator[Markup]:
    """A table of metrics by shaft width, and one of the others."""
    yield heading("All figures")
    by_width, others = _by_width(metrics)
    yield table(("by shaft width", *WIDTH_NAMES.values(), "all"), by_width, numeric=True)
    rows = ([name.replace("_", " "), f"{value:.3f}"] for name, value in others)
    yield table(("", ""), rows, numeric=True)


def _by_width(metrics: Mapping[str, float]) -> tuple[list[list[str]], list[tuple[str, float]]]:
    """Rows of metrics by shaft width, and the names and values of the others."""
    width_of = {name: width for name in metrics for width in _WIDTHS if name.endswith(f"_{width}")}
    stems = dict.fromkeys(name.removesuffix(f"_{width}") for name, width in width_of.items())
    rows = []
    for stem in stems:
        values = (metrics.get(f"{stem}_{width}") for width in _WIDTHS)
        cells = ("" if value is None else f"{value:.3f}" for value in values)
        rows.append([stem.replace("_", " "), *cells])
    return rows, [(name, value) for name, value in metrics.items() if name not in width_of]
