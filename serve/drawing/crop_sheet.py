"""Contact sheets of the crops that the network reads, with what it says of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from data.images.photo import Photo
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop, crop_end
from data.strands.strand import Strand
from model.labelling.hair import Hair
from model.labelling.joint_rule import EndReading, Readings
from serve.drawing.marks import INK
from serve.drawing.stages import as_image

_COLUMNS, _ROWS = 9, 10
_TEXT_PX, _LINE_PX, _LINES = 11, 14, 3
_GAP_PX = 8
_TILE = (CROP_WIDTH + _GAP_PX, CROP_HEIGHT + _LINES * _LINE_PX + _GAP_PX)
_NOTHING = "No strand has a visible end: there is nothing to read."


@dataclass(frozen=True)
class _Tile:
    """A crop and the lines of text below it."""

    crop: RootCrop
    lines: tuple[str, str, str]


def draw_crops(
    photo: Photo, strands: Sequence[Strand], readings: Sequence[Readings], hairs: Sequence[Hair]
) -> list[Image.Image]:
    """One sheet or more of the ends read, each named by its strand's number and its letter.

    Below it stand the shaft's width in the photo and its edge's in shaft widths, the probabilities
    in percent, and what became of the strand: ``hairs`` hold those that were kept.
    """
    tiles = list(_tiles(photo, strands, readings, hairs))
    on_one = _COLUMNS * _ROWS
    starts = range(0, max(1, len(tiles)), on_one)
    return [_sheet(tiles[start : start + on_one]) for start in starts]


def _tiles(
    photo: Photo, strands: Sequence[Strand], readings: Sequence[Readings], hairs: Sequence[Hair]
) -> Iterable[_Tile]:
    kept = {id(hair.strand): hair for hair in hairs}
    for number, (strand, ends) in enumerate(zip(strands, readings, strict=True), 1):
        outcome = _outcome(kept.get(id(strand)))
        for index, reading in enumerate(ends):
            if reading is not None:
                first = f"{number}{'ab'[index]}  {strand.shaft_px:.1f} px"
                first += f"  edge {reading.edge_widths:.2f}"
                lines = (first, _percent(reading), f"{number}: {outcome}")
                yield _Tile(crop_end(photo, strand, index), lines)


def _percent(reading: EndReading) -> str:
    p = reading.probabilities
    named = {"club": p.club, "mis": p.misshapen, "bare": p.bare, "not": p.not_hair}
    return " ".join(f"{name} {100 * value:.0f}" for name, value in named.items())


def _outcome(hair: Hair | None) -> str:
    if hair is None:
        return "thrown out as no hair"
    reason = f", {hair.reason.value.replace('_', ' ')}" if hair.reason else ""
    return hair.label.value + reason


def _sheet(tiles: Sequence[_Tile]) -> Image.Image:
    columns = min(_COLUMNS, max(len(tiles), 2))
    rows = -(-len(tiles) // columns) or 1
    sheet = Image.new("RGB", (columns * _TILE[0] + _GAP_PX, rows * _TILE[1] + _GAP_PX), INK)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(_TEXT_PX)
    if not tiles:
        draw.text((_GAP_PX, _GAP_PX), _NOTHING, "white", font)
    for number, tile in enumerate(tiles):
        x = _GAP_PX + number % columns * _TILE[0]
        y = _GAP_PX + number // columns * _TILE[1]
        sheet.paste(as_image(tile.crop.pixels), (x, y))
        below = y + CROP_HEIGHT + _LINE_PX / 2
        for line, text in enumerate(tile.lines):
            draw.text((x, below + line * _LINE_PX), text, "white", font, "lm")
    return sheet
