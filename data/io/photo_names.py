"""Meets the photo names that people write in tables with the names of files."""

import posixpath
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property


def comparable_name(path: str) -> str:
    """A path in Unicode's composed form, with "/" between its parts and without "./"."""
    posix = unicodedata.normalize("NFC", path).replace("\\", "/")
    return posixpath.normpath(posix) if posix else ""


class PhotoNames:
    """Finds names, and nothing else, for any path that a table gives."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(names)
        self._exact = {comparable_name(name): name for name in self._names}
        self._folded: defaultdict[str, list[str]] = defaultdict(list)
        for name in self._names:
            self._folded[comparable_name(name).casefold()].append(name)

    def find(self, path: str, folder: str = "") -> str | None:
        """The name that ``path`` is, relative to ``folder`` or to the top.

        The case of letters counts only if several names differ in nothing else.
        """
        joined = comparable_name(posixpath.join(folder, path.replace("\\", "/")))
        places = [joined, comparable_name(path)]
        for place in places:
            if name := self._exact.get(place):
                return name
        for place in places:
            if len(found := self._folded.get(place.casefold(), [])) == 1:
                return found[0]
        return None

    def with_last_part(self, path: str) -> list[str]:
        """The names in any folder whose last part is that of ``path``, in any case."""
        return self._by_last_part.get(_last_part(path), [])

    @cached_property
    def _by_last_part(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self._names:
            found.setdefault(_last_part(name), []).append(name)
        return found


def _last_part(path: str) -> str:
    return comparable_name(path).rpartition("/")[2].casefold()
