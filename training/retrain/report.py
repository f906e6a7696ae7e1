"""The report of retraining: the verdict, what the labels changed, and whether more would help."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from markupsafe import Markup
from matplotlib.figure import Figure

from data.arrays import Mask
from data.io.html_page import bullets, gallery, heading, page, paragraph, table, tiles
from model.version import CLASSES
from training.labels.issues import Issue
from training.labels.label import HairKind
from training.reports.charts import BLUE, GREY, ORANGE, picture
from training.retrain.evaluation import Evidence, FrozenLosses
from training.retrain.learning_curve import KIND_NAMES, LearningPoint, advice_of
from training.retrain.promotion import PromotionVerdict, Z
from training.retrain.report_comparison import (
    MAX_PER_PHOTO,
    Labels,
    MetricChange,
    by_correctness,
    by_kind,
    by_width,
    confident_mistakes,
    is_right,
    loss_of,
    metric_changes,
    mistake_tile,
)
from training.retrain.run_state import OUTCOME, Outcome

REPORT = "report.html"
MAX_ISSUES = 200
"""More issues are counted, not listed."""
PRIVACY = (
    "Your photos and labels stay on the machine that made this page. The page contains small parts "
    "of the photos and the names of files: share it with care."
)
_TITLE = "Retraining on your labels"


def write_retrain_report(run: Path, outcome: Outcome) -> None:
    """Writes report.html and outcome.json into ``run``."""
    parts = [
        heading(_headline(outcome)),
        paragraph(outcome.decision.reason),
        paragraph(_active_version(outcome)),
        *_labels(outcome),
        *(_evidence(outcome.evidence, outcome.curve) if outcome.evidence else ()),
        *_issues("Problems with the labels", outcome.labels.problems),
        *_issues("Notes on the labels", outcome.labels.notes),
    ]
    (run / REPORT).write_text(page(_TITLE, parts), "utf-8")
    (run / OUTCOME).write_text(json.dumps(outcome.as_json(), indent=2) + "\n", "utf-8")


def _headline(outcome: Outcome) -> str:
    if outcome.promoted:
        return "The new model is better on your hairs, and is active now."
    if outcome.decision.verdict is PromotionVerdict.BETTER:
        return "The new model is better on your hairs, but was not promoted."
    if outcome.decision.verdict is PromotionVerdict.MANY_LABEL_ERRORS:
        return "Check your labels first: many seem to be wrong. The active model stays."
    if outcome.challenger is None:
        return "No new model was made. The active model stays."
    return "The active model stays: a new one replaces it only if it is significantly better."


def _active_version(outcome: Outcome) -> str:
    """The active version at the end of the run, and how to change it."""
    new, old = outcome.challenger, outcome.champion
    undo = "`shedlight models rollback`"
    if outcome.promoted:
        return f"Version {new} is active; before, it was {old}. To undo: {undo}."
    stays = f"Version {old} stays active."
    if outcome.decision.verdict is PromotionVerdict.BETTER:
        promote = f"`shedlight models promote {new}`"
        return f"{stays} To use the new one: {promote}; to undo that: {undo}."
    return stays if new in (None, old) else f"{stays} The new one is called {new}."


def _labels(outcome: Outcome) -> Iterator[Markup]:
    labels = outcome.labels
    yield tiles(list(_sizes(outcome)))
    yield paragraph(
        "Photos of one person, and photos that look the same, are one group. A group is not "
        "divided: each label is predicted by a model that was fitted to other groups only. Groups "
        "that the active model was fitted to are not compared."
    )
    if labels.given:
        counts = (f"{label.display_name} {count}" for label, count in labels.given.most_common())
        yield paragraph(f"Labels given: {', '.join(counts)}.")
    yield paragraph(PRIVACY)


def _sizes(outcome: Outcome) -> Iterator[tuple[str, str]]:
    labels = outcome.labels
    if outcome.evidence:
        for kind, name in KIND_NAMES.items():
            yield str(outcome.evidence.counts[kind]), f"labels of {name} compared"
    yield str(labels.given.total()), "labels given"
    yield str(len(labels.pictures)), "photos and crops"
    yield str(labels.group_count), "groups"


def _evidence(evidence: Evidence, curve: Sequence[LearningPoint]) -> Iterator[Markup]:
    loss = metric_changes(evidence.labels, loss_of)
    if evidence.labels:
        yield from _comparison(evidence.labels, loss)
        yield from _mistakes(evidence.labels)
    errors = {kind: change.error for kind, change in loss.items() if change.error is not None}
    yield heading("Would more labels help?")
    yield paragraph(advice_of(curve, errors).text)
    if len(curve) > 1:
        yield picture(draw_learning_curve(curve), "Log loss by number of labels")
    if evidence.frozen.photos:
        yield heading("Is anything forgotten?")
        yield from _frozen_set(evidence.frozen)


def _comparison(labels: Labels, loss: Mapping[str, MetricChange]) -> Iterator[Markup]:
    yield heading("Before and after, on the same hairs")
    yield paragraph(
        "A hair is right if the most likely of telogen, anagen and no hair is your label. The log "
        "loss also measures confidence: less is better, and tossing a coin between two kinds gets "
        "0.71. The brackets are the 95% interval of a change, from resampling your groups of "
        "photos; if both ends are on one side of 0, the change is hardly chance. All of it is by "
        "your own labels, so it is wrong where they are."
    )
    yield from by_kind(labels, metric_changes(labels, is_right), loss)
    yield heading("By width of the shaft in the photo", 3)
    yield by_width(labels)
    yield heading("Hairs that changed", 3)
    yield by_correctness(labels)


def _mistakes(labels: Labels) -> Iterator[Markup]:
    shown = confident_mistakes(labels)
    yield heading("The worst mistakes of the new model")
    if not shown:
        yield paragraph("There are none: every hair is predicted as labelled.")
        return
    yield paragraph(
        "Hairs that the new model takes for another kind than labelled, the most confident first. "
        "Wrong labels end up here too: check these first, and correct them at the location given. "
        f"The shaft comes in from the left. At most {MAX_PER_PHOTO} per photo are shown."
    )
    yield gallery(map(mistake_tile, shown))


def draw_learning_curve(curve: Sequence[LearningPoint]) -> Figure:
    """The log loss of held-out labels by the number of labels fitted to, in all and by kind."""
    figure = Figure(figsize=(6.4, 4), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    for kind, colour in {
        HairKind.TELOGEN: BLUE,
        HairKind.ANAGEN: ORANGE,
        HairKind.NOT_HAIR: GREY,
    }.items():
        points = [(point.labels, point.by_kind[kind]) for point in curve if kind in point.by_kind]
        if points:
            axes.plot(*zip(*points, strict=True), color=colour, marker="o", label=KIND_NAMES[kind])
    axes.plot(
        [point.labels for point in curve],
        [point.loss for point in curve],
        color="black",
        marker="o",
        linewidth=2,
        label="all kinds, equal weight",
    )
    axes.set(xlabel="labels fitted to (0: the active model)", ylabel="log loss", ylim=(0, None))
    figure.legend(loc="outside upper center", frameon=False, ncols=2, fontsize="small")
    return figure


def _frozen_set(frozen: FrozenLosses) -> Iterator[Markup]:
    """The losses on the frozen set by class, and the growth that may be chance."""
    growth, error = frozen.growth()
    yield paragraph(
        f"On {len(frozen.classes)} ends of {len(set(frozen.photos))} rendered photos that no model "
        "is fitted to, a new model must not be significantly worse. The log loss, with equal "
        f"weight for all classes, {'grows' if growth > 0 else 'falls'} by {abs(growth):.3f}; a "
        f"growth of more than {Z * error:.3f} prevents promotion."
    )
    classes = [(name.replace("_", " "), frozen.classes == k) for k, name in enumerate(CLASSES)]
    classes.append(("all classes, equal weight", frozen.weights > 0))
    heads = ("", "ends", "right before", "right after", "log loss before", "log loss after")
    rows = [_frozen_row(frozen, name, ends) for name, ends in classes if ends.any()]
    yield table(heads, rows, numeric=True)


def _frozen_row(frozen: FrozenLosses, name: str, ends: Mask) -> list[str]:
    """Weighted means over some of the ends."""
    weights = frozen.weights[ends] / frozen.weights[ends].sum()
    shares = (weights @ right[ends] for right in (frozen.right_before, frozen.right_after))
    losses = (weights @ loss[ends] for loss in (frozen.before, frozen.after))
    return [name, str(ends.sum()), *(f"{s:.0%}" for s in shares), *(f"{x:.3f}" for x in losses)]


def _issues(title: str, issues: Sequence[Issue]) -> Iterator[Markup]:
    if not issues:
        return
    yield heading(f"{title} ({len(issues)})")
    yield bullets(map(str, issues[:MAX_ISSUES]))
    if len(issues) > MAX_ISSUES:
        yield paragraph(f"And {len(issues) - MAX_ISSUES} more.")
