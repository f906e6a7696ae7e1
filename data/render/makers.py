"""The makers of training photos by name. They share the format of the folder and nothing else."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Protocol

MakerName = Literal["mitsuba", "luxcore", "painter", "volume", "lookalikes"]
Progress = Callable[[int, int], None]


class Maker(Protocol):
    """Fills a folder with photos, masks and truth.jsonl; a stopped run is resumed."""

    def __call__(
        self,
        out: Path,
        count: int,
        seed: int,
        grounds: Path | None = None,
        captures: Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Makes photos 0..`count`-1 of a seed that are not in `out` yet."""


def find_maker(name: MakerName) -> Maker:
    """The maker of a name; its engine is imported when it is called."""
    match name:
        case "mitsuba":
            from data.render.legible.dataset import render_legible

            return render_legible
        case "luxcore":
            from data.render.luxcore.dataset import render_luxcore

            return render_luxcore
        case "painter":
            from data.render.painter.dataset import paint_dataset

            return paint_dataset
        case "volume":
            from data.render.volume.dataset import render_volumes

            return render_volumes
        case "lookalikes":
            from data.render.lookalikes.dataset import draw_lookalikes

            return draw_lookalikes
