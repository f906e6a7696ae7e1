"""The files of the page, below an address with their version so that browsers may store them."""

import hashlib
import re
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

WEB = Path(__file__).parents[1] / "web"
YEAR_S = 31_536_000
_VERSION = re.compile(r"([0-9a-f]{12})/(.*)", re.DOTALL)
_NEED_SERVER = ("result/saved_photos.js", "result/batch")
_NOT_IN_SHELL = ("operator/", "templates/", "pictures/app_icon", "pictures/example", *_NEED_SERVER)


@cache
def page_version() -> str:
    """A hash of all files of the page: 12 hexadecimal digits."""
    content = hashlib.sha256()
    for path in page_files():
        content.update(f"{path}\0".encode())
        content.update((WEB / path).read_bytes())
    return content.hexdigest()[:12]


@cache
def page_files() -> tuple[str, ...]:
    """The paths of all files of the page, relative to its folder."""
    found = (path for path in WEB.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return tuple(sorted(path.relative_to(WEB).as_posix() for path in found))


def shell_files() -> tuple[str, ...]:
    """The files with which the page opens offline: those for people, without photos."""
    return tuple(path for path in page_files() if not path.startswith(_NOT_IN_SHELL))


class PageFiles(StaticFiles):
    """``VERSION/PATH`` may be stored for a year; ``PATH`` alone is asked for again each time.

    A page of an older version, open while the server was updated, gets the present files.
    """

    def __init__(self) -> None:
        super().__init__(directory=WEB)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with the header Cache-Control."""
        versioned = _VERSION.fullmatch(path)
        response = await super().get_response(versioned[2] if versioned else path, scope)
        current = versioned is not None and versioned[1] == page_version()
        stored = f"public, max-age={YEAR_S}, immutable" if current else "no-cache"
        response.headers["Cache-Control"] = stored
        return response
