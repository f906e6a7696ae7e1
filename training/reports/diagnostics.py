"""All that a report and a card tell of a network beyond the figures of its manifest."""

from dataclasses import dataclass

from training.evaluation.breakdown import Group, breakdown
from training.evaluation.predictions import ClassifyCrops, Predictions
from training.evaluation.resolution_sweep import ResolutionPoint, sweep_resolutions
from training.reports.provenance import Provenance


@dataclass(frozen=True)
class Diagnostics:
    """What it was made from, what it said of held-out strands, where it fails, and its ladder."""

    origin: Provenance
    judged: Predictions
    groups: tuple[Group, ...]
    rungs: tuple[ResolutionPoint, ...]


def diagnose(judged: Predictions, read: ClassifyCrops, origin: Provenance) -> Diagnostics:
    """Looks closely at what was said of held-out strands, and lets ``read`` climb the ladder."""
    return Diagnostics(origin, judged, breakdown(judged), sweep_resolutions(read, judged.ends))
