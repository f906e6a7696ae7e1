"""The charts of a run's report."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from data.io.html_page import image
from model.labelling.hair import Label
from model.version import CLASSES
from training.evaluation.breakdown import WIDTH_NAMES, width_name
from training.evaluation.metrics import Counts
from training.evaluation.predictions import HairPrediction
from training.evaluation.reliability import PredictedOutcomes, reliability, risk_curve
from training.evaluation.resolution_sweep import CONFIDENT, ResolutionPoint

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#8a8f98"
"""From the palette of Okabe and Ito, distinct for people with any colour vision; as on the web
page."""
LABEL_COLOURS = {Label.TELOGEN: BLUE, Label.ANAGEN: ORANGE}
CLASS_NAMES = [name.replace("_", " ") for name in CLASSES]

_LINES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("mean_confidence", {"color": GREY, "marker": "o"}, "mean probability of the likeliest class"),
    ("mean_true_probability", {"color": BLUE, "marker": "o"}, "mean probability of the true class"),
    ("accuracy", {"color": "black", "linestyle": "dotted"}, "accuracy"),
)
"""Lines of the resolution sweep: field of a point, line style, and name."""


def picture(figure: Figure, alt: str) -> Markup:
    """A figure as part of a page; ``alt`` describes it to people who cannot see it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, transparent=True)
    return image(buffer.getvalue(), "image/png", alt)


def loss_curve(epochs: Sequence[tuple[int, float]]) -> Figure:
    """The mean loss by epoch."""
    figure, axes = _figure(6, 3)
    axes.plot(*zip(*epochs, strict=True), color=BLUE)
    axes.set(xlabel="epoch", ylabel="mean loss", ylim=(0, None))
    return figure


def end_confusion(counts: Counts) -> Figure:
    """Counts (4, 4) of true class by likeliest class."""
    figure, axes = _figure(5.4, 4.2)
    _matrix(axes, counts, CLASS_NAMES, CLASS_NAMES)
    axes.set(xlabel="predicted", ylabel="true")
    return figure


def hair_confusion(hairs: Sequence[HairPrediction]) -> Figure:
    """Counts of true by predicted label, by shaft width and in all."""
    figure = Figure(figsize=(9, 2.6), layout="constrained")
    by_width = {
        name: [h for h in hairs if width_name(h.example) == name] for name in WIDTH_NAMES.values()
    }
    panels = figure.subplots(1, len(by_width) + 1, sharey=True)
    for axes, (name, rows) in zip(panels, (by_width | {"all": list(hairs)}).items(), strict=True):
        _matrix(axes, hair_counts(rows), ["telogen", "anagen"], ["telogen", "anagen", "unsure"])
        axes.set(title=name)
    panels[0].set(ylabel="true")
    figure.supxlabel("predicted", fontsize="medium")
    return figure


def hair_counts(hairs: Sequence[HairPrediction]) -> Counts:
    """Counts (2, 3): telogen and anagen hairs predicted to be telogen, anagen, unsure."""
    counts = np.zeros((2, 3), np.int64)
    truths, predicted = [Label.TELOGEN, Label.ANAGEN], list(Label)
    for hair in hairs:
        counts[truths.index(hair.truth), predicted.index(hair.predicted)] += 1
    return counts


def reliability_diagram(ends: PredictedOutcomes, hairs: PredictedOutcomes) -> Figure:
    """Observed share by predicted probability; the dot grows with the number of cases."""
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    titles = ("Ends: the likeliest class", "Hairs: P(telogen)")
    for axes, outcomes, title in zip(figure.subplots(1, 2), (ends, hairs), titles, strict=True):
        bins = reliability(outcomes)
        predicted, observed = [b.predicted for b in bins], [b.observed for b in bins]
        axes.plot([0, 1], [0, 1], color=GREY, linestyle="dashed", linewidth=1)
        axes.plot(predicted, observed, color=BLUE, linewidth=1)
        sizes = [6 + 3 * np.sqrt(b.count) for b in bins]
        axes.scatter(predicted, observed, sizes, color=BLUE)
        axes.set(title=title, xlabel="predicted probability", ylabel="observed share")
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal")
    return figure


def risk_coverage(hairs: Sequence[HairPrediction]) -> Figure:
    """Share of wrong labels by share of hairs labelled; the dot is the active rule."""
    figure, axes = _figure(6.4, 4)
    for label, colour in LABEL_COLOURS.items():
        curve = risk_curve(hairs, label)
        axes.plot(curve.coverage, curve.risk, color=colour, label=f"labelled {label.value}")
        if curve.point:
            axes.plot(*curve.point, "o", color=colour, markersize=9)
    axes.set(xlabel="hairs given this label, of all", ylabel="wrong, of these")
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set(xlim=(0, None), ylim=(0, None))
    axes.legend(frameon=False)
    return figure


def resolution_sweep_chart(points: Sequence[ResolutionPoint]) -> Figure:
    """Confidence by shaft width, with bars for the share that is confidently wrong."""
    figure, axes = _figure(6.4, 4)
    xs = np.arange(len(points))
    shares = [point.confidently_wrong for point in points]
    wrong = axes.bar(xs, shares, 0.4, color=ORANGE)
    axes.bar_label(wrong, [f"{share:.1%}" for share in shares], padding=2, color=ORANGE)
    wrong.set_label(f"wrong with {CONFIDENT:.0%} or more")
    for name, style, label in _LINES:
        axes.plot(xs, [getattr(point, name) for point in points], **style, label=label)
    axes.set(xticks=xs, xticklabels=[f"{point.shaft_px:g} px" for point in points])
    axes.set(xlabel="width of the shaft in the photo", ylim=(0, 1.02))
    figure.legend(loc="outside upper center", frameon=False, ncols=2, fontsize="small")
    return figure


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure with one pair of axes, in inches; not registered with pyplot."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _matrix(axes: Axes, counts: Counts, rows: Sequence[str], columns: Sequence[str]) -> None:
    """A table of counts, shaded by their share of the row."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    for (row, column), share in np.ndenumerate(shares):
        ink = "white" if share > 0.5 else "black"
        text = f"{share:.0%}\n({counts[row, column]})"
        axes.text(column, row, text, ha="center", va="center", color=ink, fontsize="small")
