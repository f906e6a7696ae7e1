"""What reports and cards state beyond the manifest: provenance, predictions and where they fail."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from training.datasets.examples import Ends
from training.evaluation.breakdown import Group, breakdown
from training.evaluation.predictions import ClassifyCrops, Predictions
from training.evaluation.resolution_sweep import ResolutionPoint, sweep_resolutions

TRAINED, MADE = "Trained on", "How to make it again"
"""Headings of the card's sections on provenance."""
_BACKBONE = (
    "It started from EfficientNet-Lite0 with ImageNet weights (Google, Apache-2.0), of which the "
    "first stages are unchanged."
)
_UNKNOWN = "The model card of these weights does not say."


@dataclass(frozen=True)
class Provenance:
    """What a version was trained on and how it was made: paragraphs of Markdown; and the makers
    whose photos were read by networks that had not seen them."""

    trained_on: str
    made: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diagnostics:
    """A network's provenance, its predictions on held-out strands, these by group, and at lower
    resolutions."""

    provenance: Provenance
    predictions: Predictions
    groups: tuple[Group, ...]
    sweep: tuple[ResolutionPoint, ...]


def diagnose(
    predictions: Predictions, classify: ClassifyCrops, provenance: Provenance
) -> Diagnostics:
    """Breaks predictions on held-out strands down by group, and classifies their ends again at
    lower resolutions."""
    sweep = sweep_resolutions(classify, predictions.ends)
    return Diagnostics(provenance, predictions, breakdown(predictions), sweep)


def provenance_of_run(
    backgrounds: Mapping[str, str], ends: Ends, seed: int, epochs: int
) -> Provenance:
    """The provenance of a network that ``shedlight train`` fitted to ``ends``, in photos with these
    ``backgrounds``."""
    photos = f"{len(backgrounds)} photos with {len(ends.crops)} ends"
    makers = ", ".join(sorted(set(ends.makers) - {""}))
    by = f" made by {makers}" if makers else ""
    trained_on = f"Rendered hairs only: {photos}{by}. {_photographed(backgrounds)}"
    command = f"`shedlight train --synthetic RENDERED --out RUN --seed {seed}`"
    proposals = "" if ends.found.any() else ", without the finder's proposals"
    made = f"{command}, {epochs} epochs{proposals}, on {_seeds(backgrounds)}. {_BACKBONE}"
    return Provenance(trained_on, made)


def provenance_on_card(card: str) -> Provenance:
    """The provenance on an earlier card; a recalibrated version keeps it."""
    return Provenance(_section(card, TRAINED), _section(card, MADE))


def _photographed(backgrounds: Mapping[str, str]) -> str:
    """States which photographed backgrounds were used: they are not in the package."""
    photographed = [name for name in backgrounds.values() if name.startswith("photo:")]
    if not photographed:
        return "The package draws the backgrounds itself."
    families = ", ".join(sorted({name.removeprefix("photo:") for name in photographed}))
    return (
        f"In {len(photographed)} of them the background is a photograph ({families}) from a folder "
        "given with `--backgrounds`, which is private and not part of the package."
    )


def _seeds(photos: Iterable[str]) -> str:
    """Photos per renderer seed; a photo's name has the seed before the number."""
    numbered = [re.search(r"_(\d+)_\d{5}\.", name) for name in photos]
    found = Counter(f"of seed {number[1]}" if number else "without one" for number in numbered)
    counts = ", ".join(f"{count} {seed}" for seed, count in sorted(found.items()))
    return f"photos of the renderer's seeds: {counts}"


def _section(card: str, heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}\n+(.+?)\n*(?=^## |\Z)", card, re.M | re.S)
    return found[1] if found else _UNKNOWN
