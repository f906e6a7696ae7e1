"""The contact sheet: crops of what was labelled, by label, each with where its label stands."""

from collections.abc import Sequence

import cv2
from PIL import Image, ImageDraw, ImageFont

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from training.labels.issues import printable
from training.labels.labelled_strand import TaughtHair
from training.labels.said import Said

MOST_OF_A_LABEL = 48
"""More crops of one label are too many to look through; an even choice of them is shown."""
_COLUMNS = 8
_GAP_PX, _LINE_PX, _TEXT_PX, _HEAD_PX = 8, 15, 11, 34
_TILE = (CROP_WIDTH + _GAP_PX, CROP_HEIGHT + 2 * _LINE_PX + _GAP_PX)
_LETTERS = 27
_PAPER, _INK, _SOFT = "#fbfaf7", "#22252a", "#5d636c"


def draw_sheet(hairs: Sequence[TaughtHair]) -> Image.Image:
    """One picture, with a heading and rows of crops for each label that there is."""
    groups = [[hair for hair in hairs if hair.said is said] for said in Said]
    blocks = [_block(group) for group in groups if group]
    sheet = Image.new("RGB", (_width(), sum(block.height for block in blocks) or 1), _PAPER)
    top = 0
    for block in blocks:
        sheet.paste(block, (0, top))
        top += block.height
    return sheet


def _block(hairs: Sequence[TaughtHair]) -> Image.Image:
    """All hairs of one label."""
    shown = _evenly(hairs, MOST_OF_A_LABEL)
    rows = -(-len(shown) // _COLUMNS)
    block = Image.new("RGB", (_width(), _HEAD_PX + rows * _TILE[1]), _PAPER)
    draw = ImageDraw.Draw(block)
    head = f"{hairs[0].said.in_words}: {len(hairs)}"
    head += f" ({len(shown)} shown)" if len(shown) < len(hairs) else ""
    draw.text((_GAP_PX, _HEAD_PX / 2), head, _INK, ImageFont.load_default(18), "lm")
    for number, hair in enumerate(shown):
        place = (
            _GAP_PX + number % _COLUMNS * _TILE[0],
            _HEAD_PX + number // _COLUMNS * _TILE[1],
        )
        _draw_tile(block, draw, place, hair)
    return block


def _draw_tile(
    block: Image.Image, draw: ImageDraw.ImageDraw, place: tuple[int, int], hair: TaughtHair
) -> None:
    x, y = place
    crop, which = _shown_end(hair)
    block.paste(Image.fromarray(cv2.cvtColor(crop.pixels, cv2.COLOR_BGR2RGB)), place)
    row = which if hair.where.row is None else f"row {hair.where.row}{', ' * bool(which)}{which}"
    font = ImageFont.load_default(_TEXT_PX)
    for line, text in enumerate((_file_name(hair.file), row)):
        below = y + CROP_HEIGHT + _LINE_PX * (line + 0.6)
        draw.text((x, below), text, _SOFT if line else _INK, font, "lm")


def _shown_end(hair: TaughtHair) -> tuple[RootCrop, str]:
    """The crop of the root's end where it is known and in view, and what else the crop is of."""
    root = None if hair.root_end is None else hair.crops[hair.root_end]
    if root is not None:
        return root, ""
    crop = next(crop for crop in hair.crops if crop is not None)  # a label meets a visible end
    return crop, "either end" if hair.root_end is None else "far end"


def _file_name(file: str) -> str:
    name = printable(file)
    return name if len(name) <= _LETTERS else f"...{name[3 - _LETTERS :]}"


def _evenly(hairs: Sequence[TaughtHair], most: int) -> list[TaughtHair]:
    step = max(1.0, len(hairs) / most)
    return [hairs[int(i * step)] for i in range(min(len(hairs), most))]


def _width() -> int:
    return _COLUMNS * _TILE[0] + _GAP_PX
