"""What was asked of a batch."""

from dataclasses import dataclass
from pathlib import Path

from serve.batch.overlays import Overlays
from serve.inputs.remote_files import AnyPath


@dataclass(frozen=True)
class Order:
    """Photos and folders to score into the folder ``out``.

    ``resume``: go on with the run that ``out`` holds. ``groups``: a CSV file of the photos' people
    and dates; without one, photos are grouped by the folder they lie in.
    """

    paths: tuple[AnyPath, ...]
    out: Path
    roots_in_view: bool = False
    overlays: Overlays = Overlays.ALL
    resume: bool = False
    groups: Path | None = None
