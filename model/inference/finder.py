"""The finder: a photo's line map is read, and strands are traced in it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from data.errors import ErrorCode, ShedlightError
from data.images.photo import Photo
from data.strands.find import find_strands
from data.strands.line_map import LineReader
from data.strands.strand import Strand
from model.inference.line_finder import OnnxLineReader

Finder = Callable[[Photo], list[Strand]]
"""Proposes every strand of a photo, longest first."""
SHIPPED_FINDER = Path(__file__).parents[1] / "line_net_weights"
WEIGHTS_FILE = "linenet.onnx"


def finder(reader: LineReader) -> Finder:
    """The finder that looks at photos with ``reader``."""
    return lambda photo: find_strands(photo, reader.read(photo))


@cache
def shipped_reader() -> OnnxLineReader:
    """The line reader with the weights that come with the package, loaded once.

    Raises ShedlightError (MODEL_REFUSED).
    """
    return load_reader(SHIPPED_FINDER)


def load_reader(folder: Path) -> OnnxLineReader:
    """The line reader of a folder's weights. Raises ShedlightError (MODEL_REFUSED)."""
    try:
        return OnnxLineReader((folder / WEIGHTS_FILE).read_bytes())
    except OSError as cause:
        raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause


def shipped_finder() -> Finder:
    """The finder that comes with the package."""
    return finder(shipped_reader())
