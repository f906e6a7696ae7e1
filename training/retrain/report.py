"""The report of teaching, to be read by a person: what labels changed, and what would help.

The picture of a learning curve.

What a report tells of the frozen set: whether anything is forgotten.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from numpy.typing import NDArray

from data.io.html_page import bullets, gallery, heading, page, paragraph, table, tiles
from model.version import CLASSES
from training.labels.issues import Issue
from training.labels.label_set import LabelSet
from training.reports.charts import BLUE, GREY, ORANGE, picture
from training.retrain.evaluation import Evidence, FrozenLosses, JudgedLabel
from training.retrain.label_probabilities import ANAGEN, NOTHING, TELOGEN
from training.retrain.learning_curve import IN_WORDS, CurvePoint, advice_of
from training.retrain.promotion import Verdict, Z, growth
from training.retrain.report_comparison import (
    PER_PHOTO,
    Change,
    by_kind,
    by_tier,
    changes,
    is_right,
    log_loss,
    tile_of,
    what_changed,
    worst_mistakes,
)
from training.retrain.run_state import Outcome

_HEADS = ("", "ends", "right before", "right after", "log loss before", "log loss after")


def of_frozen(frozen: FrozenLosses) -> Iterator[Markup]:
    """The frozen set by class, and how much worse it may be read by chance."""
    grown, noise = growth(frozen)
    yield paragraph(
        f"On {len(frozen.classes)} ends of {len(set(frozen.photos))} rendered photos that no model "
        "is ever fitted to, a new model must not be worse for sure. The log loss, every class "
        f"weighing the same, {'grows' if grown > 0 else 'falls'} by {abs(grown):.3f}; up to "
        f"{Z * noise:.3f} of growth could be chance, and more than that keeps a model back."
    )
    groups = [(name, frozen.classes == k) for k, name in enumerate(CLASSES)]
    rows = [_row(frozen, name.replace("_", " "), rows) for name, rows in groups if rows.any()]
    yield table(
        _HEADS, [*rows, _row(frozen, "every class alike", frozen.weights > 0)], numeric=True
    )


def _row(frozen: FrozenLosses, name: str, rows: NDArray[np.bool_]) -> list[str]:
    """Weighted means over some of the ends."""
    weights = frozen.weights[rows] / frozen.weights[rows].sum()
    shares = (weights @ right[rows] for right in (frozen.right_before, frozen.right_after))
    losses = (weights @ loss[rows] for loss in (frozen.before, frozen.after))
    return [name, str(rows.sum()), *(f"{s:.0%}" for s in shares), *(f"{x:.3f}" for x in losses)]


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


REPORT, OUTCOME = "report.html", "outcome.json"
MOST_LISTED = 200
"""More problems than this are counted, not listed."""
PRIVACY = (
    "Your photos and labels stay on the machine that this page was made on. The page holds small "
    "pieces of the photos and the names of files: mind whom you give it to."
)


def write_report(run: Path, outcome: Outcome) -> None:
    """Writes report.html and outcome.json into ``run``."""
    parts = [*_verdict(outcome), *_labels(outcome), *_evidence(outcome), *_remarks(outcome.labels)]
    (run / REPORT).write_text(page("What your labels taught", parts), "utf-8")
    (run / OUTCOME).write_text(json.dumps(outcome.as_json(), indent=2) + "\n", "utf-8")


def _verdict(outcome: Outcome) -> Iterator[Markup]:
    yield heading(_headline(outcome))
    yield paragraph(outcome.decision.reason)
    yield paragraph(_in_force(outcome))


def _headline(outcome: Outcome) -> str:
    if outcome.promoted:
        return "The new model reads your hairs better, and is in force."
    if outcome.decision.verdict is Verdict.BETTER:
        return "The new model reads your hairs better, but was not put in force."
    if outcome.decision.verdict is Verdict.MANY_SLIPS:
        return "Look at your labels first: many seem to say the opposite. The model in force stays."
    if outcome.challenger is None:
        return "No new model was made. The model in force stays."
    return "The model in force stays: a new one takes its place only if it is better for sure."


def _in_force(outcome: Outcome) -> str:
    """What is in force at the end of the run, and how to change that."""
    new, old = outcome.challenger, outcome.champion
    if outcome.promoted:
        return f"In force is {new}; before, it was {old}. To go back: `shedlight models rollback`."
    kept = f"In force is {old}, as before."
    if outcome.decision.verdict is Verdict.BETTER:
        promote = f"`shedlight models promote {new}`"
        return (
            f"{kept} To use the new one: {promote}; to go back then: `shedlight models rollback`."
        )
    fitted = "" if new in (None, old) else f" The new one is called {new}."
    return f"{kept}{fitted} Nothing was changed, so there is nothing to take back."


def _labels(outcome: Outcome) -> Iterator[Markup]:
    labels = outcome.labels
    yield tiles(list(_sizes(outcome)))
    yield paragraph(
        "Photos of one person, and photos that look the same, are one group. A group is never "
        "divided: what the new model makes of a hair is told by one that was fitted alike, but to "
        "other groups alone. Groups that the model in force was fitted to are not compared."
    )
    if labels.given:
        counts = (f"{label.display_name} {count}" for label, count in labels.given.most_common())
        yield paragraph(f"Labels given: {', '.join(counts)}.")
    yield paragraph(PRIVACY)


def _sizes(outcome: Outcome) -> Iterator[tuple[str, str]]:
    labels = outcome.labels
    if outcome.evidence:
        counts = outcome.evidence.counts
        yield str(counts[TELOGEN]), "labels of telogen hairs to judge by"
        yield str(counts[ANAGEN]), "labels of anagen hairs to judge by"
        yield str(counts[NOTHING]), "labels of what is no hair to judge by"
    yield str(labels.given.total()), "labels given in all"
    yield str(len(labels.pictures)), "photos and crops"
    yield str(len(set(labels.groups.values()))), "groups"


def _evidence(outcome: Outcome) -> Iterator[Markup]:
    if outcome.evidence is None:
        return
    judged = outcome.evidence.judged
    loss = changes(judged, log_loss)
    if judged:
        yield from _compared(judged, loss)
        yield from _mistakes(judged)
    yield from _curve(outcome.curve, loss)
    yield from _frozen(outcome.evidence)


def _compared(judged: Sequence[JudgedLabel], loss: dict[str, Change]) -> Iterator[Markup]:
    yield heading("Before and after, on the same hairs")
    yield paragraph(
        "A hair counts as right where the likeliest of telogen, anagen and no hair is what you "
        "said. The log loss also counts how sure the model was: less is better, and 0.71 is what "
        "the toss of a coin between two kinds would get. In brackets is where a change lies with a "
        "chance of 95%, found by drawing your groups of photos anew; if both ends are on one side "
        "of 0, the change is hardly chance. All of it is by your own labels: where one is wrong, "
        "so is what is counted here."
    )
    yield from by_kind(judged, changes(judged, is_right), loss)
    yield heading("By width of the shaft in the photo", 3)
    yield by_tier(judged)
    yield heading("Hairs that changed", 3)
    yield what_changed(judged)


def _mistakes(judged: Sequence[JudgedLabel]) -> Iterator[Markup]:
    shown = worst_mistakes(judged)
    yield heading("The worst mistakes of the new model")
    if not shown:
        yield paragraph("There are none: every labelled hair is read as you said.")
        return
    yield paragraph(
        "Labelled hairs that the new model takes for something else, the surest first. A wrong "
        "label ends up here as well: look at these first, and correct it at the place told. The "
        f"shaft comes in from the left. Of a photo at most {PER_PHOTO} are shown."
    )
    yield gallery(map(tile_of, shown))


def _curve(curve: Sequence[CurvePoint], loss: dict[str, Change]) -> Iterator[Markup]:
    noise = {kind: change.noise for kind, change in loss.items() if change.noise is not None}
    yield heading("Whether more labels would help")
    yield paragraph(advice_of(curve, noise))
    if len(curve) > 1:
        yield picture(learning_curve(curve), "Log loss by number of labels")


def _frozen(evidence: Evidence) -> Iterator[Markup]:
    if evidence.frozen.photos:
        yield heading("Whether anything is forgotten")
        yield from of_frozen(evidence.frozen)


def _remarks(labels: LabelSet) -> Iterator[Markup]:
    yield from _listed("Problems of the labels", labels.problems)
    yield from _listed("Notes on the labels", labels.notes)


def _listed(head: str, remarks: Sequence[Issue]) -> Iterator[Markup]:
    if not remarks:
        return
    yield heading(f"{head} ({len(remarks)})")
    yield bullets(map(str, remarks[:MOST_LISTED]))
    if len(remarks) > MOST_LISTED:
        yield paragraph(f"And {len(remarks) - MOST_LISTED} more.")
