"""Files that are there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def replaced(file: Path) -> Iterator[TextIO]:
    """A text file to write in ``file``'s stead, which takes its place once it is whole.

    Whoever is killed on the way leaves ``file`` as it was. A name that is no text, as a file's may
    be, is written with backslashes.
    """
    part = file.with_name(f"{file.name}.part")
    with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as writing:
        yield writing
    os.replace(part, file)  # noqa: PTH105  # over one that is there, on every system
