"""Quality of the labels and firing rate of a retake finding, by the size of one degradation."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.reports.charts import BLUE, GREY, ORANGE

FALLEN = 0.8
"""The labels have clearly fallen where the share of right ones is at most this part of that in the
good photos: a fall by a fifth. Our choice."""
CHOOSING, CHECKING = 0, 1
"""The half of the photos on which a limit is chosen, and the half on which it is checked."""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Capture:
    """A photo of one ``half`` at one ``step`` of a degradation: whether the finding ``code``
    ``fired``, the ``measure`` it uses, and the numbers of anagen and telogen hairs that were
    ``expected``, ``given`` a label, and given the ``right`` one."""

    code: str
    step: float
    half: int
    fired: bool
    measure: float
    expected: Pair
    given: Pair
    right: Pair


@dataclass(frozen=True)
class StepPoint:
    """All photos of a half at one step. ``labelled_right`` is the share of hairs with the right
    label, ``accuracy`` the share of labels that are right, both as the mean of anagen and telogen.
    ``fired`` is the share of photos, ``measure`` their median."""

    step: float
    labelled_right: float
    accuracy: float
    fired: float
    measure: float
    photos: int


@dataclass(frozen=True)
class DegradationCurve:
    """The points of a finding by step, for both halves."""

    code: str
    varied: str
    halves: tuple[tuple[StepPoint, ...], tuple[StepPoint, ...]]

    @property
    def limit(self) -> float:
        """The measure at which the labels of the choosing half have fallen."""
        return _at_fall(self.halves[CHOOSING], [p.measure for p in self.halves[CHOOSING]])

    def fall(self, half: int) -> float:
        """The step at which the labels of a half have fallen, interpolated."""
        return _at_fall(self.halves[half], [point.step for point in self.halves[half]])

    def fired(self, half: int, low: float, high: float) -> float:
        """The firing rate where from ``low`` up to ``high`` of the good photos' right labels are
        left: the mean over such steps, NaN without any."""
        points = self.halves[half]
        good = points[0].labelled_right
        rates = [p.fired for p in points if low * good <= p.labelled_right < high * good]
        return float(np.mean(rates)) if rates else float("nan")


def curve_of(code: str, varied: str, captures: Sequence[Capture]) -> DegradationCurve:
    """The curve of one finding, from all captures."""
    of_code = [capture for capture in captures if capture.code == code]
    steps = list(dict.fromkeys(capture.step for capture in of_code))
    one, other = (
        tuple(_point([s for s in of_code if s.step == step and s.half == half]) for step in steps)
        for half in (CHOOSING, CHECKING)
    )
    return DegradationCurve(code, varied, (one, other))


def _point(captures: Sequence[Capture]) -> StepPoint:
    expected, given, right = (
        np.sum([getattr(capture, name) for capture in captures], axis=0)
        for name in ("expected", "given", "right")
    )
    measures = [capture.measure for capture in captures if not np.isnan(capture.measure)]
    return StepPoint(
        step=captures[0].step,
        labelled_right=float(np.mean(right / np.maximum(expected, 1))),
        accuracy=float(np.mean(right / given)) if given.all() else float("nan"),
        fired=float(np.mean([capture.fired for capture in captures])),
        measure=float(np.median(measures)) if measures else float("nan"),
        photos=len(captures),
    )


def _at_fall(points: Sequence[StepPoint], values: Sequence[float]) -> float:
    """``values`` where the share of right labels first falls to ``FALLEN`` of the first point's,
    interpolated linearly; NaN if it never does."""
    parts = [point.labelled_right / points[0].labelled_right for point in points]
    for i in range(1, len(parts)):
        if parts[i] < FALLEN:
            fraction = (parts[i - 1] - FALLEN) / (parts[i - 1] - parts[i])
            return values[i - 1] + fraction * (values[i] - values[i - 1])
    return float("nan")


_COLUMNS = 3


def curves_figure(curves: Sequence[DegradationCurve]) -> Figure:
    """A panel for each curve: labels and findings on the checking half, from good to worst.

    A dotted line marks where the share of right labels has fallen by a fifth.
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
    x = np.arange(len(points))
    lines = (
        ("labelled_right", BLUE, "solid", "hairs labelled right"),
        ("accuracy", GREY, "dashed", "labels that are right"),
        ("fired", ORANGE, "solid", "photos on which the finding fires"),
    )
    for name, colour, style, label in lines:
        values = [getattr(point, name) for point in points]
        axes.plot(x, values, color=colour, linestyle=style, marker="o", ms=3, label=label)
    steps = [point.step for point in points]
    forward = np.argsort(steps)
    fall = np.interp(curve.fall(CHECKING), np.array(steps)[forward], x[forward])
    axes.axvline(fall, color="black", linestyle="dotted", linewidth=1, label="fallen by a fifth")
    axes.set_xticks(x, [f"{step:g}" for step in steps])
    axes.set(title=curve.code, xlabel=curve.varied, ylim=(-0.02, 1.02))
    axes.spines[["top", "right"]].set_visible(False)
