"""``shedlight explain``: pictures of all stages of one photo, to see where a hair was lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from data.images.photo import Photo
from data.images.read import read_photo_file
from data.scale.request import AUTO, ScaleRequest
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop, crop_end
from data.strands.curves import Curve
from data.strands.find import line_pieces, trace_lines
from data.strands.line_map import LineMap
from data.strands.strand import End, Strand
from model.inference.line_finder import StrandFinder
from model.labelling.hair import Hair
from model.labelling.joint_rule import EndScores, HairScores
from model.report import PhotoReport
from model.scorer import Scorer, score_ends
from serve.drawing.overlay import draw_overlay
from serve.drawing.stages import (
    as_image,
    draw_curves,
    draw_lines,
    draw_strands,
    draw_widths,
    screen_sized,
)
from serve.drawing.style import INK

_JPEG_QUALITY = 88
_SHEETS = "6_crops"
_COLUMNS, _ROWS = 6, 8
_TEXT_PX, _LINE_PX, _LINES = 11, 14, 3
_GAP_PX = 8
_TILE = (CROP_WIDTH + _GAP_PX, CROP_HEIGHT + _LINES * _LINE_PX + _GAP_PX)
_NO_ENDS = "No strand has a visible end."


@dataclass(frozen=True)
class Stages:
    """Results of each stage: the line map, the traced pieces, the linked curves, the proposed
    strands, the scores of their ends, and the report.
    """

    photo: Photo
    lines: LineMap
    pieces: Sequence[Curve]
    joined: Sequence[Curve]
    strands: Sequence[Strand]
    scores: Sequence[HairScores]
    report: PhotoReport


def explain_file(
    file: Path,
    out: Path,
    scorer: Scorer,
    finder: StrandFinder,
    roots_in_view: bool = False,
    scale: ScaleRequest = AUTO,
) -> list[Path]:
    """Writes a picture of each stage into ``out``; returns the files in order.

    Raises ShedlightError for a file that is no photo, and OSError if ``out`` cannot be written.
    """
    stages = find_stages(read_photo_file(file), scorer, finder, roots_in_view, scale)
    out.mkdir(parents=True, exist_ok=True)
    for sheet in out.glob(f"{_SHEETS}*.png"):  # an earlier photo may have had more sheets
        sheet.unlink()
    written = []
    for name, picture in draw_stages(stages).items():
        picture.save(out / name, quality=_JPEG_QUALITY)
        written.append(out / name)
    return written


def find_stages(
    photo: Photo,
    scorer: Scorer,
    finder: StrandFinder,
    roots_in_view: bool = False,
    scale: ScaleRequest = AUTO,
) -> Stages:
    """The stages of a photo, with strands from ``finder``."""
    lines = finder.detector.predict(photo)
    strands = finder.strands_in(photo, lines)
    return Stages(
        photo=photo,
        lines=lines,
        pieces=line_pieces(lines),
        joined=trace_lines(lines),
        strands=strands,
        scores=score_ends(scorer.classifier, photo, strands),
        report=scorer.score_strands(photo, strands, roots_in_view, scale),
    )


def draw_stages(stages: Stages) -> dict[str, Image.Image]:
    """A picture of each stage by its file name, with sides of about 1600 px at most."""
    photo, lines = stages.photo, stages.lines
    pictures = {
        "1_photo.jpg": as_image(screen_sized(photo.pixels)),
        "2_lines.png": draw_lines(photo, lines),
        "3_widths.png": draw_widths(photo, lines),
        "4_curves.png": draw_curves(photo, lines, stages.pieces),
        "5_strands.png": draw_strands(photo, lines, stages.joined, stages.strands),
    }
    sheets = draw_crops(photo, stages.strands, stages.scores, stages.report.hairs)
    for number, sheet in enumerate(sheets, 1):
        pictures[f"{_SHEETS}.png" if number == 1 else f"{_SHEETS}_{number}.png"] = sheet
    pictures["7_hairs.jpg"] = as_image(screen_sized(draw_overlay(photo, stages.report)))
    return pictures


@dataclass(frozen=True)
class _Tile:
    """A crop and the lines of text below it."""

    crop: RootCrop
    lines: tuple[str, str, str]


def draw_crops(
    photo: Photo, strands: Sequence[Strand], scores: Sequence[HairScores], hairs: Sequence[Hair]
) -> list[Image.Image]:
    """Contact sheets of the classified ends, named by the strand's number and the end's letter.

    Below each crop: the shaft width in photo pixels, the edge width in shaft widths, the
    probabilities in percent, and the outcome of the strand; ``hairs`` are the listed ones.
    """
    tiles = list(_tiles(photo, strands, scores, hairs))
    size = _COLUMNS * _ROWS
    starts = range(0, max(1, len(tiles)), size)
    return [_sheet(tiles[start : start + size]) for start in starts]


def _tiles(
    photo: Photo, strands: Sequence[Strand], scores: Sequence[HairScores], hairs: Sequence[Hair]
) -> Iterable[_Tile]:
    listed = {id(hair.strand): hair for hair in hairs}
    for number, (strand, ends) in enumerate(zip(strands, scores, strict=True), 1):
        outcome = _outcome(listed.get(id(strand)))
        for index, score in enumerate(ends):
            if score is not None:
                first = f"{number}{'ab'[index]}  {_width(strand.ends[index], strand)} px"
                first += f"  edge {score.edge_widths:.2f}"
                lines = (first, _percentages(score), f"{number}: {outcome}")
                yield _Tile(crop_end(photo, strand, index), lines)


def _width(end: End, strand: Strand) -> str:
    """The shaft's width at an end with its expected error, where it was measured."""
    if end.shaft_px is None or end.shaft_px_error is None:
        return f"{strand.shaft_px:.1f}"
    return f"{end.shaft_px:.1f} +- {end.shaft_px_error:.1f}"


def _percentages(score: EndScores) -> str:
    p = score.probabilities
    named = {"club": p.club, "mis": p.misshapen, "bare": p.bare, "not": p.not_hair}
    return " ".join(f"{name} {100 * value:.0f}" for name, value in named.items())


def _outcome(hair: Hair | None) -> str:
    if hair is None:
        return "rejected: not a hair"
    reason = f", {hair.reason.value.replace('_', ' ')}" if hair.reason else ""
    return hair.label.value + reason


def _sheet(tiles: Sequence[_Tile]) -> Image.Image:
    columns = min(_COLUMNS, max(len(tiles), 2))
    rows = -(-len(tiles) // columns) or 1
    sheet = Image.new("RGB", (columns * _TILE[0] + _GAP_PX, rows * _TILE[1] + _GAP_PX), INK)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(_TEXT_PX)
    if not tiles:
        draw.text((_GAP_PX, _GAP_PX), _NO_ENDS, "white", font)
    for number, tile in enumerate(tiles):
        x = _GAP_PX + number % columns * _TILE[0]
        y = _GAP_PX + number // columns * _TILE[1]
        sheet.paste(as_image(tile.crop.pixels), (x, y))
        text_y = y + CROP_HEIGHT + _LINE_PX / 2
        for line, text in enumerate(tile.lines):
            draw.text((x, text_y + line * _LINE_PX), text, "white", font, "lm")
    return sheet
