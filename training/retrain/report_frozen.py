"""What a report tells of the frozen set: whether anything is forgotten."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from model.version import CLASSES
from training.reports.html_page import paragraph, table
from training.retrain.evaluation import FrozenLosses
from training.retrain.promotion import Z, growth

_HEADS = ("", "ends", "right before", "right after", "log loss before", "log loss after")


def of_frozen(frozen: FrozenLosses) -> Iterator[str]:
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
    yield table(_HEADS, [*rows, _row(frozen, "every class alike", frozen.weights > 0)])


def _row(frozen: FrozenLosses, name: str, rows: NDArray[np.bool_]) -> list[str]:
    """Weighted means over some of the ends."""
    weights = frozen.weights[rows] / frozen.weights[rows].sum()
    shares = (weights @ right[rows] for right in (frozen.right_before, frozen.right_after))
    losses = (weights @ loss[rows] for loss in (frozen.before, frozen.after))
    return [name, str(rows.sum()), *(f"{s:.0%}" for s in shares), *(f"{x:.3f}" for x in losses)]
