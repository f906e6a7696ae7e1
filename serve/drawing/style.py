"""Colours, lines and marks of the labels, and the legend that explains them."""

from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from data.texts.catalogue import Texts
from model.labelling.hair import Hair, Label

Colour = tuple[int, int, int]
"""Red, green, blue."""

INK: Colour = (20, 20, 20)
"""The dark rim round lines and text, visible on any background."""
_MIN_TEXT_PX = 8


@dataclass(frozen=True)
class LabelStyle:
    """Drawing style of one label. ``round``: the mark is a circle, else a square."""

    colour: Colour
    round: bool
    dashed: bool


Entry = tuple[LabelStyle | None, str]
"""An entry of the legend: a mark, if any, and its meaning."""

STYLES = {
    Label.TELOGEN: LabelStyle((86, 180, 233), True, False),
    Label.ANAGEN: LabelStyle((230, 159, 0), False, False),
    Label.UNSURE: LabelStyle((240, 228, 66), True, True),
}
"""Sky blue, orange and yellow of the palette of Okabe and Ito."""


def label_caption(hair: Hair) -> str:
    """The label of a labelled hair with its probability, at most 99 %: no label is certain."""
    probability = hair.p_telogen if hair.label is Label.TELOGEN else hair.p_anagen
    return f"{hair.label.value} {min(99, round(100 * probability))} %"


def draw_mark(
    draw: ImageDraw.ImageDraw,
    style: LabelStyle,
    centre: tuple[float, float],
    radius: float,
    line_px: int,
) -> None:
    """A circle, a square or a broken circle round ``centre``, with a dark rim."""
    for colour, width, grow in ((INK, line_px + 2, 1), (style.colour, line_px, 0)):
        reach = radius + grow
        box = (centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach)
        if style.dashed:
            for start in range(0, 360, 60):
                draw.arc(box, start, start + 35, colour, width)
        elif style.round:
            draw.ellipse(box, outline=colour, width=width)
        else:
            draw.rectangle(box, outline=colour, width=width)


def draw_legend(width: int, text_px: int, line_px: int, texts: Texts) -> Image.Image:
    """A strip that is ``width`` pixels wide, with smaller text in narrow pictures."""
    entries: list[Entry] = [(STYLES[each], texts(f"label.meaning.{each}")) for each in STYLES]
    entries.append((None, texts("label.caveat")))
    while text_px > _MIN_TEXT_PX and max(_widths(entries, text_px)) > width:
        text_px -= 1
    rows = _rows(entries, text_px, width)
    strip = Image.new("RGB", (width, round((2 * len(rows) + 0.6) * text_px)), INK)
    for number, row in enumerate(rows):
        _draw_row(strip, row, (2 * number + 1.3) * text_px, text_px, line_px)
    return strip


def _widths(entries: list[Entry], text_px: int) -> list[float]:
    """Widths of the entries in pixels, with the space before each; a mark takes two letters."""
    font = ImageFont.load_default(text_px)
    return [font.getlength(text) + text_px * (3 if style else 1) for style, text in entries]


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
    for (style, text), width in zip(row, _widths(row, text_px), strict=True):
        if style is not None:
            draw_mark(draw, style, (x + 1.9 * text_px, middle), 0.5 * text_px, line_px)
        draw.text((x + width, middle), text, "white", font, "rm")
        x += width
