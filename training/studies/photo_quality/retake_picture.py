"""A panel for each retake finding."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.reports.charts import BLUE, GREY, ORANGE
from training.studies.photo_quality.curves import CHECKING, Curve

_COLUMNS = 3


def picture_of(curves: Sequence[Curve]) -> Figure:
    """Labels and findings on the checking half of the photos, from the good photo to the worst.

    A dotted line stands where the share of right labels has fallen by a fifth.
    """
    rows = -(-len(curves) // _COLUMNS)
    figure = Figure(figsize=(10, 2.9 * rows), layout="constrained")
    panels = figure.subplots(rows, _COLUMNS, sharey=True, squeeze=False).ravel()
    for axes, curve in zip(panels, curves, strict=False):
        _draw(axes, curve)
    for axes in panels[len(curves) :]:
        axes.set_axis_off()
    lines = panels[0].get_legend_handles_labels()
    figure.legend(*lines, loc="outside upper center", frameon=False, ncols=4, fontsize="small")
    return figure


def _draw(axes: Axes, curve: Curve) -> None:
    points = curve.halves[CHECKING]
    places = np.arange(len(points))
    lines = (
        ("labelled_right", BLUE, "solid", "hairs labelled rightly"),
        ("accuracy", GREY, "dashed", "labels that are right"),
        ("fired", ORANGE, "solid", "photos on which the finding fires"),
    )
    for name, colour, style, words in lines:
        values = [getattr(point, name) for point in points]
        axes.plot(places, values, color=colour, linestyle=style, marker="o", ms=3, label=words)
    steps = [point.step for point in points]
    forward = np.argsort(steps)
    fall = np.interp(curve.fall(CHECKING), np.array(steps)[forward], places[forward])
    axes.axvline(fall, color="black", linestyle="dotted", linewidth=1, label="fallen by a fifth")
    axes.set_xticks(places, [f"{step:g}" for step in steps])
    axes.set(title=curve.code, xlabel=curve.varied, ylim=(-0.02, 1.02))
    axes.spines[["top", "right"]].set_visible(False)
