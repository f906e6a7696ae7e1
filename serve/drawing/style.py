"""The strip below an overlay that says what its marks mean."""

from PIL import Image, ImageDraw, ImageFont

from serve.drawing.marks import INK, LOOKS, Look, draw_mark

_CAVEAT = "Read by a model trained on rendered hairs; not a diagnosis."
_LEAST_TEXT_PX = 8

Entry = tuple[Look | None, str]


def draw_legend(width: int, text_px: int, line_px: int) -> Image.Image:
    """A strip ``width`` wide and as high as its rows need; small where the picture is narrow."""
    entries: list[Entry] = [(look, look.meaning) for look in LOOKS.values()]
    entries.append((None, _CAVEAT))
    while text_px > _LEAST_TEXT_PX and max(_widths(entries, text_px)) > width:
        text_px -= 1
    rows = _rows(entries, text_px, width)
    strip = Image.new("RGB", (width, round((2 * len(rows) + 0.6) * text_px)), INK)
    for number, row in enumerate(rows):
        _draw_row(strip, row, (2 * number + 1.3) * text_px, text_px, line_px)
    return strip


def _widths(entries: list[Entry], text_px: int) -> list[float]:
    """Of each entry with the space before it: its mark takes two letters."""
    font = ImageFont.load_default(text_px)
    return [font.getlength(text) + text_px * (1 if look is None else 3) for look, text in entries]


def _rows(entries: list[Entry], text_px: int, width: int) -> list[list[Entry]]:
    rows: list[list[Entry]] = [[]]
    used = 0.0
    for entry, needed in zip(entries, _widths(entries, text_px), strict=True):
        if rows[-1] and used + needed > width:
            rows.append([])
            used = 0.0
        rows[-1].append(entry)
        used += needed
    return rows


def _draw_row(
    strip: Image.Image, row: list[Entry], middle: float, text_px: int, line_px: int
) -> None:
    draw = ImageDraw.Draw(strip)
    font = ImageFont.load_default(text_px)
    x = 0.0
    for (look, text), width in zip(row, _widths(row, text_px), strict=True):
        if look is not None:
            draw_mark(draw, look, (x + 1.9 * text_px, middle), 0.5 * text_px, line_px)
        draw.text((x + width, middle), text, "white", font, "rm")
        x += width
