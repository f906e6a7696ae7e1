"""HTML pages that stand alone: style and pictures are inside, so that a page opens offline.

A page is a title and parts; each function here makes one part. Texts are escaped, save those that
are ``Markup`` already. Structure and style are in ``templates/``.
"""

import re
from collections.abc import Iterable, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from data.arrays import Pixels
from data.images.encode import data_url, encode_jpeg

_JPEG_QUALITY = 85


def page(title: str, parts: Iterable[Markup], language: str = "en") -> str:
    """The whole page, with ``title`` as its main heading."""
    template = _TEMPLATES.get_template("page.html")
    return template.render(title=title, parts=parts, language=language)


def heading(text: str, level: int = 2) -> Markup:
    """A heading; level 1 is the page's title."""
    return _part("heading", text, level)


def paragraph(text: str, kind: str = "") -> Markup:
    """A paragraph in which `this` is code; of the ``kind`` "warning" or "soft", say."""
    return _part("paragraph", text, kind)


def bullets(items: Iterable[str]) -> Markup:
    """A list of texts."""
    return _part("bullets", items)


def tiles(figures: Iterable[tuple[str, str]]) -> Markup:
    """Key figures: pairs of a value and what it means."""
    return _part("tiles", figures)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, numeric: bool = False) -> Markup:
    """A table. The lines of a ``numeric`` one are not wrapped."""
    return _part("table", heads, rows, numeric)


def soft(text: str) -> Markup:
    """A text in grey."""
    return Markup('<span class="soft">{}</span>').format(text)


def image(content: bytes, media_type: str, alt: str) -> Markup:
    """An encoded picture; ``alt`` describes it to people who cannot see it."""
    return _part("image", data_url(content, media_type), alt)


def gallery(crops: Iterable[tuple[Pixels | None, str]]) -> Markup:
    """Small pictures (H, W, 3), blue green red, each with a caption; None leaves a gap."""
    return _part("gallery", [(_photo(pixels), caption) for pixels, caption in crops])


def plots(figures: Iterable[tuple[str, Markup]]) -> Markup:
    """Plots side by side, each under its name."""
    return _part("plots", figures)


def _photo(pixels: Pixels | None) -> Markup:
    """An empty ``alt``: the caption describes the photo."""
    if pixels is None:
        return Markup()
    return image(encode_jpeg(pixels, _JPEG_QUALITY), "image/jpeg", alt="")


def _code_spans(text: str) -> Markup:
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


_TEMPLATES = Environment(
    loader=PackageLoader("data.io"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["code_spans"] = _code_spans
_PARTS = _TEMPLATES.get_template("parts.html").module


def _part(name: str, *values: object) -> Markup:
    return Markup(getattr(_PARTS, name)(*values))
