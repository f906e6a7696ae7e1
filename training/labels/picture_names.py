"""The pictures of a folder or zip, to be found by what a table calls them."""

from collections.abc import Iterable
from functools import cached_property
from pathlib import PurePosixPath

from training.labels.csv_table import CellError

SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif"})
"""Of files that are read."""


def is_picture(name: str) -> bool:
    """Whether a file is one by its name."""
    return PurePosixPath(name).suffix.lower() in SUFFIXES


class PictureNames:
    """Finds pictures among ``names``, and never anything else, whatever path a table gives."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(filter(is_picture, names))

    def find(self, called: str, folder: str) -> str:
        """The name of the picture ``called`` so in a table that lies in ``folder``.

        A path counts from the table's folder, or from the top; else its last part counts, if just
        one picture has that name. Raises CellError.
        """
        path = called.replace("\\", "/")
        for name in (str(PurePosixPath(folder, path)), str(PurePosixPath(path))):
            if name in self._names:
                return name
        same = self._by_last_part.get(_last_part(path), [])
        if len(same) == 1:
            return same[0]
        if same:
            raise CellError(f"'{called}' may be any of {len(same)} pictures; give its folder, too.")
        raise CellError(f"There is no picture '{called}' here.")

    @cached_property
    def _by_last_part(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in sorted(self._names):
            found.setdefault(_last_part(name), []).append(name)
        return found


def _last_part(path: str) -> str:
    return path.rpartition("/")[2].casefold()
