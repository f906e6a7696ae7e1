"""What a version was made from, in sentences for its card and its report."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from training.datasets.examples import Example

TRAINED, MADE = "Trained on", "How to make it again"
"""Headings of the card under which the sentences stand."""
_UNTOLD = "Not told on the card that came with these weights."


@dataclass(frozen=True)
class Provenance:
    """``trained_on`` and ``made`` are paragraphs of markdown."""

    trained_on: str
    made: str


def provenance_of_run(fitted: Sequence[Example], seed: int, epochs: int) -> Provenance:
    """Of a network fitted to ``fitted`` by ``shedlight train``."""
    grounds = {e.photo: e.annotated.attributes.background for e in fitted}
    ends = sum(crop is not None for e in fitted for crop in e.crops)
    trained_on = f"Rendered hairs only: {len(grounds)} photos with {ends} ends. {_on(grounds)}"
    command = f"`shedlight train --synthetic RENDERED --out RUN --seed {seed}`"
    proposals = "" if any(e.found for e in fitted) else ", without the finder's proposals"
    return Provenance(trained_on, f"{command}, {epochs} epochs{proposals}, on {_seeds(grounds)}.")


def provenance_on_card(card: str) -> Provenance:
    """What an earlier card tells, so that a version calibrated anew can tell it again."""
    return Provenance(_section(card, TRAINED), _section(card, MADE))


def _on(grounds: dict[str, str]) -> str:
    """Tells of photographed grounds, which have to be given and are not in the package."""
    photographed = [name for name in grounds.values() if name.startswith("photo:")]
    if not photographed:
        return "The grounds are drawn by the package itself."
    families = ", ".join(sorted({name.removeprefix("photo:") for name in photographed}))
    return (
        f"In {len(photographed)} of them the ground is a photograph ({families}) from a folder "
        "given with `--backgrounds`, which is private and no part of the package."
    )


def _seeds(photos: Iterable[str]) -> str:
    """The renderer puts its seed before the number in a photo's name."""
    numbered = [re.search(r"_(\d+)_\d{5}\.", name) for name in photos]
    found = Counter(f"of seed {number[1]}" if number else "without one" for number in numbered)
    counts = ", ".join(f"{count} {seed}" for seed, count in sorted(found.items()))
    return f"photos of the renderer's seeds: {counts}"


def _section(card: str, heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}\n+(.+?)\n*(?=^## |\Z)", card, re.M | re.S)
    return found[1] if found else _UNTOLD
