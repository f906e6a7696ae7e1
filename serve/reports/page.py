"""A page that stands alone and opens offline: style and pictures are inside it."""

import html
from base64 import b64encode
from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 60rem; background: #fbfaf7;
  color: #22252a; font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }}
h1 {{ margin: 0; font-size: 1.9rem }} h2 {{ margin: 2.6rem 0 0.4rem; font-size: 1.3rem }}
h3 {{ margin: 1.4rem 0 0.3rem; font-size: 1rem }} p {{ max-width: 46rem; margin: 0.4rem 0 }}
.scroll {{ overflow: auto; max-height: 34rem }}
@media print {{ .scroll {{ max-height: none }} }}
table {{ border-collapse: collapse; font-size: 0.9rem }}
th, td {{ padding: 0.25rem 0.9rem 0.25rem 0; text-align: left; border-bottom: 1px solid #dcdad3;
  overflow-wrap: anywhere }}
th {{ font-weight: 600; color: #5d636c; vertical-align: bottom; overflow-wrap: normal }}
td svg {{ display: block }}
.tiles, .sheet {{ display: grid; gap: 0.8rem; margin: 1rem 0; padding: 0 }}
.tiles {{ grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)) }}
.tiles div {{ padding: 0.8rem; background: white; border: 1px solid #dcdad3; border-radius: 12px }}
.tiles b {{ display: block; font-size: 1.35rem }} .tiles span {{ font-size: 0.9rem }}
.sheet {{ grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)) }}
figure {{ margin: 0 }}
figcaption {{ font-size: 0.8rem; line-height: 1.35; overflow-wrap: anywhere }}
.sheet img {{ width: 100%; border-radius: 6px }} svg {{ max-width: 100%; height: auto }}
svg text {{ font-size: 12px; fill: #5d636c }} .plots {{ display: flex; flex-wrap: wrap; gap: 1rem }}
</style>
{body}
</html>
"""
_JPEG_QUALITY = 85


class Markup(str):
    """A text that is HTML already; any other is escaped where it is put into a page."""

    __slots__ = ()


def page(title: str, parts: Iterable[str]) -> str:
    """The whole page around pieces of HTML."""
    return _PAGE.format(title=html.escape(title), body="\n".join(parts))


def paragraph(text: str) -> str:
    """A paragraph of plain text."""
    return f"<p>{_escaped(text)}</p>"


def heading(text: str, level: int = 2) -> str:
    """A heading; level 1 is the page's own."""
    return f"<h{level}>{_escaped(text)}</h{level}>"


def tiles(figures: Sequence[tuple[str, str]]) -> str:
    """Figures that matter, each with what it means."""
    cells = (f"<div><b>{_escaped(a)}</b><span>{_escaped(b)}</span></div>" for a, b in figures)
    return f'<div class="tiles">{"".join(cells)}</div>'


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a cell may be ``Markup``."""
    head = "".join(f"<th>{_escaped(name)}</th>" for name in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{_escaped(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'


def sheet(crops: Iterable[tuple[NDArray[np.uint8] | None, str]]) -> str:
    """Small photos (H, W, 3), blue green red, each with a caption; None where there is none."""
    cells = (
        f"<figure>{_photo(pixels)}<figcaption>{_escaped(caption)}</figcaption></figure>"
        for pixels, caption in crops
    )
    return f'<div class="sheet">{"".join(cells)}</div>'


def side_by_side(figures: Iterable[tuple[str, Markup]]) -> str:
    """Plots, each under its name."""
    cells = (f"<figure>{heading(name, 3)}{plot}</figure>" for name, plot in figures)
    return f'<div class="plots">{"".join(cells)}</div>'


def _photo(pixels: NDArray[np.uint8] | None) -> str:
    if pixels is None:
        return ""
    encoded = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY))[1]
    source = f"data:image/jpeg;base64,{b64encode(encoded.tobytes()).decode()}"
    return f'<img src="{source}" alt="">'  # the caption says it


def _escaped(text: str) -> str:
    return text if isinstance(text, Markup) else html.escape(text)
