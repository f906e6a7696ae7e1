"""The pictures of a run's report."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from data.io.html_page import image
from model.labelling.hair import Label
from model.version import CLASSES
from training.evaluation.breakdown import WIDTH_NAMES, width_name
from training.evaluation.predictions import HairPrediction
from training.evaluation.reliability import PredictedOutcomes, reliability, risk_curve
from training.evaluation.resolution_sweep import CONFIDENT, ResolutionPoint

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#8a8f98"
"""Okabe and Ito's, which people with any colour vision can tell apart; as on the web page."""
COLOUR_OF = {Label.TELOGEN: BLUE, Label.ANAGEN: ORANGE}
NAMES_OF_CLASSES = [name.replace("_", " ") for name in CLASSES]

Counts = NDArray[np.int64]

_LINES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("mean_confidence", {"color": GREY, "marker": "o"}, "mean chance of the likeliest class"),
    ("mean_true_probability", {"color": BLUE, "marker": "o"}, "mean chance of the true class"),
    ("accuracy", {"color": "black", "linestyle": "dotted"}, "share read right"),
)
"""Of a ladder: the rung's figure, how it is drawn, and what it is."""


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


def table_of_ends(counts: Counts) -> Figure:
    """Counts (4, 4) of true by likeliest class."""
    figure, axes = _figure(5.4, 4.2)
    _matrix(axes, counts, NAMES_OF_CLASSES, NAMES_OF_CLASSES)
    axes.set(xlabel="read as", ylabel="truly")
    return figure


def tables_of_hairs(hairs: Sequence[HairPrediction]) -> Figure:
    """What telogen and anagen hairs were called, by tier and in all."""
    figure = Figure(figsize=(9, 2.6), layout="constrained")
    tiers = {
        name: [h for h in hairs if width_name(h.example) == name] for name in WIDTH_NAMES.values()
    }
    panels = figure.subplots(1, len(tiers) + 1, sharey=True)
    for axes, (name, rows) in zip(panels, (tiers | {"all": list(hairs)}).items(), strict=True):
        _matrix(axes, hair_counts(rows), ["telogen", "anagen"], ["telogen", "anagen", "unsure"])
        axes.set(title=name)
    panels[0].set(ylabel="truly")
    figure.supxlabel("called", fontsize="medium")
    return figure


def hair_counts(hairs: Sequence[HairPrediction]) -> Counts:
    """Counts (2, 3): telogen and anagen hairs called telogen, anagen, unsure."""
    counts = np.zeros((2, 3), np.int64)
    truths, predicted = [Label.TELOGEN, Label.ANAGEN], list(Label)
    for hair in hairs:
        counts[truths.index(hair.truth), predicted.index(hair.predicted)] += 1
    return counts


def reliability_diagram(ends: PredictedOutcomes, hairs: PredictedOutcomes) -> Figure:
    """How often what was said with a chance is true; dots grow with their number."""
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    titles = ("Ends: the likeliest class", "Hairs: P(telogen)")
    for axes, claims, title in zip(figure.subplots(1, 2), (ends, hairs), titles, strict=True):
        bins = reliability(claims)
        said, true = [b.predicted for b in bins], [b.observed for b in bins]
        axes.plot([0, 1], [0, 1], color=GREY, linestyle="dashed", linewidth=1)
        axes.plot(said, true, color=BLUE, linewidth=1)
        axes.scatter(said, true, [6 + 3 * np.sqrt(b.count) for b in bins], color=BLUE)
        axes.set(title=title, xlabel="chance that was told", ylabel="share that came true")
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal")
    return figure


def risk_coverage(hairs: Sequence[HairPrediction]) -> Figure:
    """Share of wrong labels by share of hairs labelled, with what the shipped rule does."""
    figure, axes = _figure(6.4, 4)
    for label, colour in COLOUR_OF.items():
        curve = risk_curve(hairs, label)
        axes.plot(curve.coverage, curve.risk, color=colour, label=f"called {label.value}")
        if curve.point:
            axes.plot(*curve.point, "o", color=colour, markersize=9)
    axes.set(xlabel="hairs given this label, of all", ylabel="wrong, of these")
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set(xlim=(0, None), ylim=(0, None))
    axes.legend(frameon=False)
    return figure


def resolution_sweep_chart(rungs: Sequence[ResolutionPoint]) -> Figure:
    """Sureness by shaft width, with bars of what is confidently wrong."""
    figure, axes = _figure(6.4, 4)
    places = np.arange(len(rungs))
    wrong = axes.bar(places, [r.confidently_wrong for r in rungs], 0.4, color=ORANGE)
    axes.bar_label(wrong, [f"{r.confidently_wrong:.1%}" for r in rungs], padding=2, color=ORANGE)
    wrong.set_label(f"wrong with {CONFIDENT:.0%} or more")
    for name, style, label in _LINES:
        axes.plot(places, [getattr(r, name) for r in rungs], **style, label=label)
    axes.set(xticks=places, xticklabels=[f"{r.shaft_px:g} px" for r in rungs])
    axes.set(xlabel="width of the shaft in the photo", ylim=(0, 1.02))
    figure.legend(loc="outside upper center", frameon=False, ncols=2, fontsize="small")
    return figure


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of so many inches with one pair of axes, apart from pyplot's list of figures."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _matrix(axes: Axes, counts: Counts, rows: Sequence[str], columns: Sequence[str]) -> None:
    """Counts on a ground as dark as their share of the row."""
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
