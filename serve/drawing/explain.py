"""The stages of one photo as pictures, so that a person sees where a hair was lost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from data.images.photo import Photo
from data.images.read import read_photo_file
from data.strands.curves import Curve
from data.strands.find import find_strands, line_pieces, trace_lines
from data.strands.line_map import LineMap, LineReader
from data.strands.strand import Strand
from model.labelling.joint_rule import Readings
from model.report import PhotoReport
from model.scorer import Scorer, read_ends
from serve.drawing.crop_sheet import draw_crops
from serve.drawing.overlay import draw_overlay
from serve.drawing.stages import (
    as_image,
    draw_curves,
    draw_lines,
    draw_strands,
    draw_widths,
    shrunk,
)

_JPEG_QUALITY = 88
_SHEETS = "6_crops"


@dataclass(frozen=True)
class Stages:
    """What each stage made of a photo: its map, the pieces first traced in it, what joining made of
    them, the strands proposed, what was read at their ends, and the report.
    """

    photo: Photo
    lines: LineMap
    pieces: Sequence[Curve]
    joined: Sequence[Curve]
    strands: Sequence[Strand]
    readings: Sequence[Readings]
    report: PhotoReport


def explain_file(
    file: Path, out: Path, scorer: Scorer, reader: LineReader, roots_in_view: bool = False
) -> list[Path]:
    """Writes the pictures of a photo's stages into ``out``; returns their files, in order.

    Raises ShedlightError for a file that is no photo, and OSError when ``out`` cannot be written.
    """
    stages = find_stages(read_photo_file(file), scorer, reader, roots_in_view)
    out.mkdir(parents=True, exist_ok=True)
    for sheet in out.glob(f"{_SHEETS}*.png"):  # an earlier photo may have had more of them
        sheet.unlink()
    written = []
    for name, picture in draw_stages(stages).items():
        picture.save(out / name, quality=_JPEG_QUALITY)
        written.append(out / name)
    return written


def find_stages(
    photo: Photo, scorer: Scorer, reader: LineReader, roots_in_view: bool = False
) -> Stages:
    """The stages of a photo; the strands are those of ``reader``'s map, not ``scorer.finder``'s."""
    lines = reader.read(photo)
    strands = find_strands(photo, lines)
    return Stages(
        photo=photo,
        lines=lines,
        pieces=line_pieces(lines),
        joined=trace_lines(lines),
        strands=strands,
        readings=read_ends(scorer.classifier, photo, strands),
        report=replace(scorer, finder=lambda _: strands).score(photo, roots_in_view),
    )


def draw_stages(stages: Stages) -> dict[str, Image.Image]:
    """A picture of each stage by its file's name, none much longer than 1600 px on a side."""
    photo, lines = stages.photo, stages.lines
    pictures = {
        "1_photo.jpg": as_image(shrunk(photo.pixels)),
        "2_lines.png": draw_lines(photo, lines),
        "3_widths.png": draw_widths(photo, lines),
        "4_curves.png": draw_curves(photo, lines, stages.pieces),
        "5_strands.png": draw_strands(photo, lines, stages.joined, stages.strands),
    }
    sheets = draw_crops(photo, stages.strands, stages.readings, stages.report.hairs)
    for number, sheet in enumerate(sheets, 1):
        pictures[f"{_SHEETS}.png" if number == 1 else f"{_SHEETS}_{number}.png"] = sheet
    pictures["7_hairs.jpg"] = as_image(shrunk(draw_overlay(photo, stages.report)))
    return pictures
