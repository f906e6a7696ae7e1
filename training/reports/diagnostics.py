"""All that a report and a card tell of a network beyond the figures of its manifest."""

from dataclasses import dataclass

from training.evaluation.breakdown import Group, breakdown
from training.evaluation.predictions import Judged, Read
from training.evaluation.resolution_sweep import Rung, climb
from training.reports.provenance import Origin


@dataclass(frozen=True)
class Study:
    """What it was made from, what it said of held-out strands, where it fails, and its ladder."""

    origin: Origin
    judged: Judged
    groups: tuple[Group, ...]
    rungs: tuple[Rung, ...]


def study(judged: Judged, read: Read, origin: Origin) -> Study:
    """Looks closely at what was said of held-out strands, and lets ``read`` climb the ladder."""
    return Study(origin, judged, breakdown(judged), climb(read, judged.ends))
