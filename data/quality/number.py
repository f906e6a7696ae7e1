"""Too few hairs to say anything of them together."""

from collections.abc import Sequence

from data.quality.finding import Finding
from data.strands.strand import Strand

FEWEST = 20
"""Fewer hairs than this seldom hold the ten readable roots that a verdict takes: measured in
docs/retake.md."""

NO_HAIRS = Finding(
    "no_hairs_seen",
    "No hairs with an end in the photo were seen; lay dry hairs in one layer on a plain, "
    "mid-tone matte card and move near enough for them to fill the photo.",
)


def few_hairs(strands: Sequence[Strand]) -> Finding | None:
    """There are some, but hardly enough."""
    count = len(strands)
    if count >= FEWEST:
        return None
    were = "hair was" if count == 1 else "hairs were"
    return Finding(
        "few_hairs",
        f"Only {count} {were} found; lay 30 side by side, or send several photos, "
        "to learn what share of them was due to fall.",
    )
