"""The picture of a learning curve."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from training.reports.charts import BLUE, GREY, ORANGE
from training.retrain.label_probabilities import ANAGEN, NOTHING, TELOGEN
from training.retrain.learning import IN_WORDS
from training.retrain.outcome import CurvePoint

_COLOURS = {TELOGEN: BLUE, ANAGEN: ORANGE, NOTHING: GREY}


def learning_curve(curve: Sequence[CurvePoint]) -> Figure:
    """The log loss of held-out labels by the number of labels fitted to, in all and by kind."""
    figure = Figure(figsize=(6.4, 4), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    for kind, colour in _COLOURS.items():
        points = [(point.labels, point.by_kind[kind]) for point in curve if kind in point.by_kind]
        if points:
            axes.plot(*zip(*points, strict=True), color=colour, marker="o", label=IN_WORDS[kind])
    axes.plot(
        [point.labels for point in curve],
        [point.loss for point in curve],
        color="black",
        marker="o",
        linewidth=2,
        label="all kinds alike",
    )
    axes.set(xlabel="labels fitted to (0: the model in force)", ylabel="log loss", ylim=(0, None))
    figure.legend(loc="outside upper center", frameon=False, ncols=2, fontsize="small")
    return figure
