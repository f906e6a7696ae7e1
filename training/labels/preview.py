"""The contact sheet: crops of what was labelled, by label, each with where its label stands.

What the dry run says of labels, in plain words.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import cv2
from PIL import Image, ImageDraw, ImageFont
from rich.table import Table

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from training.labels.folds import Split
from training.labels.issues import Issue, printable
from training.labels.label import HairLabel
from training.labels.label_set import LabelSet
from training.labels.labelled_strand import Extent, LabelledStrand

MOST_OF_A_LABEL = 48
"""More crops of one label are too many to look through; an even choice of them is shown."""
_COLUMNS = 8
_GAP_PX, _LINE_PX, _TEXT_PX, _HEAD_PX = 8, 15, 11, 34
_TILE = (CROP_WIDTH + _GAP_PX, CROP_HEIGHT + 2 * _LINE_PX + _GAP_PX)
_LETTERS = 27
_PAPER, _INK, _SOFT = "#fbfaf7", "#22252a", "#5d636c"


def draw_sheet(hairs: Sequence[LabelledStrand]) -> Image.Image:
    """One picture, with a heading and rows of crops for each label that there is."""
    groups = [[hair for hair in hairs if hair.said is said] for said in HairLabel]
    blocks = [_block(group) for group in groups if group]
    sheet = Image.new("RGB", (_width(), sum(block.height for block in blocks) or 1), _PAPER)
    top = 0
    for block in blocks:
        sheet.paste(block, (0, top))
        top += block.height
    return sheet


def _block(hairs: Sequence[LabelledStrand]) -> Image.Image:
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
    block: Image.Image, draw: ImageDraw.ImageDraw, place: tuple[int, int], hair: LabelledStrand
) -> None:
    x, y = place
    crop, which = _shown_end(hair)
    block.paste(Image.fromarray(cv2.cvtColor(crop.pixels, cv2.COLOR_BGR2RGB)), place)
    row = which if hair.where.row is None else f"row {hair.where.row}{', ' * bool(which)}{which}"
    font = ImageFont.load_default(_TEXT_PX)
    for line, text in enumerate((_file_name(hair.file), row)):
        below = y + CROP_HEIGHT + _LINE_PX * (line + 0.6)
        draw.text((x, below), text, _SOFT if line else _INK, font, "lm")


def _shown_end(hair: LabelledStrand) -> tuple[RootCrop, str]:
    """The crop of the root's end where it is known and in view, and what else the crop is of."""
    root = None if hair.root_end is None else hair.crops[hair.root_end]
    if root is not None:
        return root, ""
    crop = next(crop for crop in hair.crops if crop is not None)  # a label meets a visible end
    return crop, "either end" if hair.root_end is None else "far end"


def _file_name(file: str) -> str:
    name = printable(file)
    return name if len(name) <= _LETTERS else f"...{name[3 - _LETTERS :]}"


def _evenly(hairs: Sequence[LabelledStrand], most: int) -> list[LabelledStrand]:
    step = max(1.0, len(hairs) / most)
    return [hairs[int(i * step)] for i in range(min(len(hairs), most))]


def _width() -> int:
    return _COLUMNS * _TILE[0] + _GAP_PX


def in_words(labels: LabelSet, parts: Split) -> Iterator[str | Table]:
    """Lines and a table, in order: what was understood, how it is split, notes, problems."""
    for form in labels.forms:
        yield f"{form.where}: {form.sentence}"
    if labels.given:
        yield table_of(labels)
        yield _sizes(labels)
        yield from _of_whole_photos(labels)
        yield _split(parts)
    yield from _listed("Notes", labels.notes)
    yield from _listed("Problems", labels.problems)
    if not labels.problems:
        yield "No problems."


def table_of(labels: LabelSet) -> Table:
    """For each label how often people gave it and how many hairs there are to train on."""
    trained = Counter(hair.said for hair in labels.hairs)
    total = labels.given.total()
    table = Table(show_footer=True)
    table.add_column("label", "all")
    table.add_column("given", str(total), justify="right")
    table.add_column("hairs to train on", str(trained.total()), justify="right")
    for said in HairLabel:
        if labels.given[said] or trained[said]:
            table.add_row(said.in_words, str(labels.given[said]), str(trained[said]))
    return table


def _sizes(labels: LabelSet) -> str:
    photos = len(labels.pictures) - labels.crops
    groups = len(set(labels.groups.values()))
    sizes = f"{_count(photos, 'photo')} and {_count(labels.crops, 'crop')}"
    persons = f"of {_count(labels.persons, 'person')}" if labels.persons else "of nobody by name"
    kept = "which is never divided" if groups == 1 else "none of which is ever divided"
    return f"{sizes} {persons}, in {_count(groups, 'group')}, {kept}."


def _of_whole_photos(labels: LabelSet) -> Iterator[str]:
    if lines := sum(hair.extent is Extent.PHOTO for hair in labels.hairs):
        yield f"Found in photos of one class, so that some may be no hair: {lines}."


def _split(parts: Split) -> str:
    if len(parts.folds) < 2:
        return (
            "One group cannot be split: nothing could be judged on hairs that it was not fitted to."
        )
    held = f", {_count(len(parts.held_out), 'hair')} held out" if parts.held_out else ""
    sizes = ", ".join(str(len(fold)) for fold in parts.folds)
    return f"Cross-validation in {len(parts.folds)} folds of {sizes} hairs{held}."


def _listed(head: str, remarks: Sequence[Issue]) -> Iterator[str]:
    if remarks:
        yield f"{head} ({len(remarks)}):"
        yield from (f"  {remark}" for remark in remarks)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
