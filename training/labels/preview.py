"""The output of ``shedlight check-labels``: a summary of the labels and a contact sheet."""

from collections import Counter
from collections.abc import Iterator, Sequence

import cv2
from PIL import Image, ImageDraw, ImageFont
from rich.table import Table

from data.io.text import printable
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from training.labels.folds import Split
from training.labels.issues import Issue
from training.labels.label import HairLabel
from training.labels.label_set import LabelSet
from training.labels.labelled_strand import Extent, LabelledStrand

MAX_CROPS_PER_LABEL = 48
"""Of more crops of one label an even selection is shown."""
_COLUMNS = 8
_GAP_PX, _LINE_PX, _TEXT_PX, _HEADING_PX = 8, 15, 11, 34
_TILE = (CROP_WIDTH + _GAP_PX, CROP_HEIGHT + 2 * _LINE_PX + _GAP_PX)
_SHEET_WIDTH = _COLUMNS * _TILE[0] + _GAP_PX
_MAX_LETTERS = 27
_PAPER, _INK, _SOFT = "#fbfaf7", "#22252a", "#5d636c"


def draw_sheet(hairs: Sequence[LabelledStrand]) -> Image.Image:
    """The contact sheet: for each label a heading and rows of crops, each with its location."""
    by_label = [[hair for hair in hairs if hair.label is label] for label in HairLabel]
    blocks = [_block(group) for group in by_label if group]
    sheet = Image.new("RGB", (_SHEET_WIDTH, sum(block.height for block in blocks) or 1), _PAPER)
    top = 0
    for block in blocks:
        sheet.paste(block, (0, top))
        top += block.height
    return sheet


def _block(hairs: Sequence[LabelledStrand]) -> Image.Image:
    """All hairs of one label."""
    step = max(1.0, len(hairs) / MAX_CROPS_PER_LABEL)
    shown = [hairs[int(i * step)] for i in range(min(len(hairs), MAX_CROPS_PER_LABEL))]
    rows = -(-len(shown) // _COLUMNS)
    block = Image.new("RGB", (_SHEET_WIDTH, _HEADING_PX + rows * _TILE[1]), _PAPER)
    draw = ImageDraw.Draw(block)
    heading = f"{hairs[0].label.display_name}: {len(hairs)}"
    heading += f" ({len(shown)} shown)" if len(shown) < len(hairs) else ""
    draw.text((_GAP_PX, _HEADING_PX / 2), heading, _INK, ImageFont.load_default(18), "lm")
    for number, hair in enumerate(shown):
        corner = (
            _GAP_PX + number % _COLUMNS * _TILE[0],
            _HEADING_PX + number // _COLUMNS * _TILE[1],
        )
        _draw_tile(block, draw, corner, hair)
    return block


def _draw_tile(
    block: Image.Image, draw: ImageDraw.ImageDraw, corner: tuple[int, int], hair: LabelledStrand
) -> None:
    x, y = corner
    crop, end = _shown_end(hair)
    block.paste(Image.fromarray(cv2.cvtColor(crop.pixels, cv2.COLOR_BGR2RGB)), corner)
    name = printable(hair.file)
    name = name if len(name) <= _MAX_LETTERS else f"...{name[3 - _MAX_LETTERS :]}"
    row = "" if hair.where.row is None else f"row {hair.where.row}"
    font = ImageFont.load_default(_TEXT_PX)
    for line, text in enumerate((name, ", ".join(filter(None, (row, end))))):
        below = y + CROP_HEIGHT + _LINE_PX * (line + 0.6)
        draw.text((x, below), text, _SOFT if line else _INK, font, "lm")


def _shown_end(hair: LabelledStrand) -> tuple[RootCrop, str]:
    """The crop of the root if it is known and visible; else another crop and which end it shows."""
    root = None if hair.root_end is None else hair.crops[hair.root_end]
    if root is not None:
        return root, ""
    crop = next(crop for crop in hair.crops if crop is not None)  # every match has a visible end
    return crop, "either end" if hair.root_end is None else "far end"


def describe(labels: LabelSet, split: Split) -> Iterator[str | Table]:
    """Lines and a table, in order: what was read, how it is split, notes, problems."""
    for path, name in labels.formats.items():
        yield f"{printable(path)}: {name}"
    if labels.given:
        yield count_table(labels)
        yield _sizes(labels)
        if of_photos := sum(hair.extent is Extent.PHOTO for hair in labels.hairs):
            yield f"Strands in photos of one class, some of which may be no hair: {of_photos}."
        yield _split_summary(split)
    yield from listed("Notes", labels.notes)
    yield from listed("Problems", labels.problems)
    if not labels.problems:
        yield "No problems."


def count_table(labels: LabelSet) -> Table:
    """For each label the number given and the number of hairs to train on."""
    trained = Counter(hair.label for hair in labels.hairs)
    table = Table(show_footer=True)
    table.add_column("label", "all")
    table.add_column("given", str(labels.given.total()), justify="right")
    table.add_column("hairs to train on", str(trained.total()), justify="right")
    for label in HairLabel:
        if labels.given[label] or trained[label]:
            table.add_row(label.display_name, str(labels.given[label]), str(trained[label]))
    return table


def _sizes(labels: LabelSet) -> str:
    photos = _count(len(labels.pictures) - labels.crops, "photo")
    crops = _count(labels.crops, "crop")
    persons = f"of {_count(labels.persons, 'person')}" if labels.persons else "of unnamed persons"
    return f"{photos} and {crops} {persons}, in {_count(labels.group_count, 'undivided group')}."


def _split_summary(split: Split) -> str:
    if len(split.folds) < 2:
        return "One group cannot be split, so no model can be evaluated on these labels."
    held_out = f", {_count(len(split.held_out), 'hair')} held out" if split.held_out else ""
    sizes = ", ".join(str(len(fold)) for fold in split.folds)
    return f"Cross-validation in {len(split.folds)} folds of {sizes} hairs{held_out}."


def listed(heading: str, issues: Sequence[Issue]) -> Iterator[str]:
    """A heading with the number of issues, and a line for each; nothing for none."""
    if issues:
        yield f"{heading} ({len(issues)}):"
        yield from (f"  {issue}" for issue in issues)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
