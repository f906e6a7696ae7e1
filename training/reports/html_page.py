"""A page that stands alone: its pictures are inside it."""

import html
import io
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from matplotlib.figure import Figure
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
.scroll {{ overflow-x: auto }} table {{ border-collapse: collapse; font-size: 0.9rem }}
th, td {{ padding: 0.25rem 0.9rem 0.25rem 0; text-align: left; border-bottom: 1px solid #dcdad3;
  vertical-align: bottom }}
td {{ white-space: nowrap }} th {{ font-weight: 600; color: #5d636c }}
img {{ max-width: 100% }} .soft {{ color: #8a8f98 }}
.tiles, .sheet {{ display: grid; gap: 0.8rem; margin: 1rem 0; padding: 0 }}
.tiles {{ grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)) }}
.tiles div {{ padding: 0.8rem; background: white; border: 1px solid #dcdad3; border-radius: 12px }}
.tiles b {{ display: block; font-size: 1.8rem }} .tiles span {{ font-size: 0.9rem }}
.sheet {{ grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)) }}
figure {{ margin: 0 }} figcaption {{ font-size: 0.85rem; line-height: 1.35 }}
li, figcaption {{ overflow-wrap: anywhere }}
.sheet img {{ width: 100%; border-radius: 6px }}
.warning {{ padding: 0.6rem 0.9rem; background: #fdf1dc; border-radius: 8px }}
</style>
{body}
</html>
"""
_JPEG_QUALITY = 85


def page(title: str, parts: Iterable[str]) -> str:
    """The whole page around pieces of HTML."""
    return _PAGE.format(title=html.escape(title), body="\n".join(parts))


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text, in which `this` is code."""
    shown = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    return f'<p class="{kind}">{shown}</p>' if kind else f"<p>{shown}</p>"


def tiles(figures: Sequence[tuple[str, str]]) -> str:
    """Figures that matter, each with what it means."""
    cells = (f"<div><b>{html.escape(a)}</b><span>{html.escape(b)}</span></div>" for a, b in figures)
    return f'<div class="tiles">{"".join(cells)}</div>'


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose rows begin with their name; "too few" and empty cells step back."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'


def _cell(text: str) -> str:
    kind = ' class="soft"' if text.startswith("too few") else ""
    return f"<td{kind}>{html.escape(text)}</td>"


def picture(figure: Figure, alt: str) -> str:
    """A matplotlib figure."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, transparent=True)
    return _image("png", buffer.getvalue(), alt)


def sheet(crops: Iterable[tuple[NDArray[np.uint8], str]]) -> str:
    """Small photos (H, W, 3), blue green red, each with a caption."""
    cells = (
        f"<figure>{_photo(pixels, caption)}<figcaption>{html.escape(caption)}</figcaption></figure>"
        for pixels, caption in crops
    )
    return f'<div class="sheet">{"".join(cells)}</div>'


def _photo(pixels: NDArray[np.uint8], alt: str) -> str:
    encoded = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY))[1]
    return _image("jpeg", encoded.tobytes(), alt)


def _image(kind: str, content: bytes, alt: str) -> str:
    source = f"data:image/{kind};base64,{b64encode(content).decode()}"
    return f'<img src="{source}" alt="{html.escape(alt)}">'
