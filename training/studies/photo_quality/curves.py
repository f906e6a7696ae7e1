"""What labels are worth, and how often a finding fires, while one fault grows.

A panel for each retake finding.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.reports.charts import BLUE, GREY, ORANGE

FALLEN = 0.8
"""The labels have clearly fallen where the share of right ones is this part of that in the good
photos: by a fifth. Our choice."""
CHOOSING, CHECKING = 0, 1
"""The half of the photos on which a limit is chosen, and that on which it is checked."""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Capture:
    """A photo of one ``half`` under one ``step`` of the fault that the finding ``code`` is for:
    whether it ``fired``, the ``measure`` it goes by, and of anagen and telogen hairs how many were
    ``asked`` about, ``given`` a label, and given the ``right`` one."""

    code: str
    step: float
    half: int
    fired: bool
    measure: float
    asked: Pair
    given: Pair
    right: Pair


@dataclass(frozen=True)
class Point:
    """All photos of a half under one step. ``labelled_right`` is the share of hairs that got their
    right label, ``accuracy`` that of the labels that are right, both balanced: the mean of anagen
    and telogen. ``fired`` is the share of photos, ``measure`` their median."""

    step: float
    labelled_right: float
    accuracy: float
    fired: float
    measure: float
    photos: int


@dataclass(frozen=True)
class DegradationCurve:
    """The points of a finding by step, of either half."""

    code: str
    varied: str
    halves: tuple[tuple[Point, ...], tuple[Point, ...]]

    @property
    def limit(self) -> float:
        """The measure at which the labels of the choosing half have fallen."""
        return _at_fall(self.halves[CHOOSING], [p.measure for p in self.halves[CHOOSING]])

    def fall(self, half: int) -> float:
        """The step at which the labels of a half have fallen, between two of those made."""
        return _at_fall(self.halves[half], [point.step for point in self.halves[half]])

    def fired(self, half: int, low: float, high: float) -> float:
        """How often it fires where from ``low`` up to ``high`` of the good photos' right labels
        are left: the mean over such steps, not a number where there is none."""
        points = self.halves[half]
        good = points[0].labelled_right
        rates = [p.fired for p in points if low * good <= p.labelled_right < high * good]
        return float(np.mean(rates)) if rates else float("nan")


def curve_of(code: str, varied: str, shots: Sequence[Capture]) -> DegradationCurve:
    """The curve of one finding out of all that was taken."""
    own = [shot for shot in shots if shot.code == code]
    steps = list(dict.fromkeys(shot.step for shot in own))
    one, other = (
        tuple(_point([s for s in own if s.step == step and s.half == half]) for step in steps)
        for half in (CHOOSING, CHECKING)
    )
    return DegradationCurve(code, varied, (one, other))


def _point(shots: Sequence[Capture]) -> Point:
    asked, given, right = (
        np.sum([getattr(shot, name) for shot in shots], axis=0)
        for name in ("asked", "given", "right")
    )
    measures = [shot.measure for shot in shots if not np.isnan(shot.measure)]
    return Point(
        step=shots[0].step,
        labelled_right=float(np.mean(right / np.maximum(asked, 1))),
        accuracy=float(np.mean(right / given)) if given.all() else float("nan"),
        fired=float(np.mean([shot.fired for shot in shots])),
        measure=float(np.median(measures)) if measures else float("nan"),
        photos=len(shots),
    )


def _at_fall(points: Sequence[Point], values: Sequence[float]) -> float:
    """``values`` where the share of right labels first falls to ``FALLEN`` of the first point's,
    on a straight line between the two points around; not a number if it never does."""
    parts = [point.labelled_right / points[0].labelled_right for point in points]
    for i in range(1, len(parts)):
        if parts[i] < FALLEN:
            way = (parts[i - 1] - FALLEN) / (parts[i - 1] - parts[i])
            return values[i - 1] + way * (values[i] - values[i - 1])
    return float("nan")


_COLUMNS = 3


def picture_of(curves: Sequence[DegradationCurve]) -> Figure:
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


def _draw(axes: Axes, curve: DegradationCurve) -> None:
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
