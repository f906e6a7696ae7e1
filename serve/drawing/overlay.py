"""The overlay: a photo with every hair outlined and labelled."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from data.arrays import Pixels
from data.images.photo import Photo
from data.scale.scale import Scale
from data.strands.strand import End, EndState
from data.texts.catalogue import Texts, texts_in
from model.labelling.hair import Hair, Label
from model.report import PhotoReport
from serve.drawing.label_layout import Box, place_label
from serve.drawing.style import INK, STYLES, draw_legend, draw_mark, label_caption

Mask = NDArray[np.bool_]

_FIXED_POINT = 4
"""Fractional bits of the coordinates that OpenCV draws with."""


@dataclass(frozen=True)
class _Scale:
    """Sizes in pixels: a line is 1/700 of the longer side, a letter 1/65."""

    line_px: int
    text_px: int

    @classmethod
    def of(cls, photo: Photo) -> "_Scale":
        longest = max(photo.width, photo.height)
        return cls(max(2, round(longest / 700)), max(12, round(longest / 65)))


def draw_overlay(photo: Photo, report: PhotoReport, texts: Texts | None = None) -> Pixels:
    """(H + legend, W, 3) uint8, blue green red: the photo with its hairs and a legend below.

    ``texts`` are the English ones by default.
    Colours are from Okabe and Ito's palette (jfly.uni-koeln.de/color), which colour-blind people
    can distinguish; shapes and dashes repeat the information. Pixels of hairs are unchanged.
    """
    scale, texts = _Scale.of(photo), texts or texts_in()
    pixels, outlined = _with_outlines(photo, report.hairs, scale)
    picture = Image.fromarray(pixels[:, :, ::-1])
    if report.scale is not None:
        _draw_scale(picture, report.scale, scale)
    _draw_labels(picture, report.hairs, outlined, scale, texts)
    legend = draw_legend(picture.width, scale.text_px, scale.line_px, texts)
    return np.vstack([np.asarray(picture), np.asarray(legend)])[:, :, ::-1].copy()


def _with_outlines(photo: Photo, hairs: Sequence[Hair], scale: _Scale) -> tuple[Pixels, Pixels]:
    """The photo with outlined hairs, and the mask (H, W) of outlines and what they enclose."""
    pixels = photo.pixels.copy()
    outlined = np.zeros(pixels.shape[:2], np.uint8)
    for label in Label:
        labelled = [hair for hair in hairs if hair.label is label]
        if labelled:
            dark, coloured, inner = _outline_masks(labelled, outlined.shape, scale)
            pixels[dark] = INK[::-1]
            pixels[coloured] = STYLES[label].colour[::-1]
            outlined |= (dark | inner).astype(np.uint8)
    return pixels, outlined


def _outline_masks(
    hairs: Sequence[Hair], shape: tuple[int, ...], scale: _Scale
) -> tuple[Mask, Mask, Mask]:
    """Masks of the outlines' dark rim, of their coloured line, and of what they enclose.

    The surroundings of a visible end are enclosed, too: a bulb may lie there.
    """
    rim = max(1, scale.line_px // 2)
    inner, clear, coloured, dark = (np.zeros(shape, np.uint8) for _ in range(4))
    for hair in hairs:
        path, shaft = hair.strand.path, hair.strand.shaft_px
        gap = shaft + 2 * max(scale.line_px, shaft / 2)
        wide = gap + 2 * (rim + scale.line_px)
        pieces = _dashes(path, wide + 2 * rim) if STYLES[hair.label].dashed else [path]
        _stroke(inner, [path], gap)
        _stroke(clear, [path], gap + 2 * rim)
        _stroke(coloured, pieces, wide)
        _stroke(dark, pieces, wide + 2 * rim)
        for end in _visible_ends(hair):
            for mask in (inner, clear):
                cv2.circle(mask, (round(end.x), round(end.y)), round(_radius(hair, scale)), 1, -1)
    return (dark > 0) & (inner == 0), (coloured > 0) & (clear == 0), inner > 0


def _stroke(mask: Pixels, paths: Sequence[NDArray[np.float64]], thickness: float) -> None:
    points = [np.rint(path * 2**_FIXED_POINT).astype(np.int32) for path in paths]
    cv2.polylines(mask, points, False, 1, max(1, round(thickness)), cv2.LINE_8, _FIXED_POINT)


def _dashes(path: NDArray[np.float64], thickness: float) -> list[NDArray[np.float64]]:
    """Pieces of the path, three thicknesses apart; with round ends they are as long as gaps."""
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))]
    pieces = []
    for start in np.arange(0, along[-1] + 1e-9, 3 * thickness):
        stop = min(start + thickness, along[-1])
        places = np.r_[start, along[(along > start) & (along < stop)], stop]
        pieces.append(np.column_stack([np.interp(places, along, path[:, k]) for k in (0, 1)]))
    return pieces


def _draw_labels(
    picture: Image.Image, hairs: Sequence[Hair], outlined: Pixels, scale: _Scale, texts: Texts
) -> None:
    """Draws a mark at each root, and the hair's label, linked to the mark by a thin line."""
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(scale.text_px)
    roots = [box for hair in hairs for box in _end_boxes(hair, scale)]
    covered = np.asarray(cv2.integral(outlined), np.int32)
    labels: list[Box] = []
    for hair in hairs:
        text, anchor, radius = _text(hair, texts), _anchor(hair), _radius(hair, scale)
        size = font.getlength(text) + scale.text_px / 2, 1.4 * scale.text_px  # with halo
        box = place_label(
            anchor, size, radius + scale.line_px * 3, picture.size, roots, labels, covered
        )
        labels.append(box)
        _draw_leader(draw, anchor, radius, box, scale.line_px)
    for hair, box in zip(hairs, labels, strict=True):
        draw_mark(draw, STYLES[hair.label], _anchor(hair), _radius(hair, scale), scale.line_px)
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        halo_px = max(2, scale.text_px // 7)
        draw.text(
            middle, _text(hair, texts), "white", font, "mm", stroke_width=halo_px, stroke_fill=INK
        )


def _draw_scale(picture: Image.Image, scale: Scale, sizes: _Scale) -> None:
    """Draws lines round what the scale was taken from."""
    draw = ImageDraw.Draw(picture)
    for outline in scale.outlines:
        closed = [*map(tuple, outline.tolist()), tuple(outline[0].tolist())]
        draw.line(closed, INK, 2 * sizes.line_px)
        draw.line(closed, "white", max(1, sizes.line_px // 2))


def _text(hair: Hair, texts: Texts) -> str:
    """The label with its probability, who gave it, or why it is unsure; and the width if known."""
    width = hair.measures and hair.measures.width_um
    label = _label_text(hair, texts)
    return f"{label}, {width:.0f} µm" if width else label


def _label_text(hair: Hair, texts: Texts) -> str:
    if hair.by_person:
        return texts("label.by_person", label=hair.label.value)
    if hair.reason is not None:
        return f"? {texts(f'label.why.{hair.reason}')}"
    return label_caption(hair)


def _anchor(hair: Hair) -> tuple[float, float]:
    """The root, or the middle of a hair without a known root."""
    if hair.root_end is not None:
        end = hair.strand.ends[hair.root_end]
        return end.x, end.y
    x, y = hair.strand.path[len(hair.strand.path) // 2].tolist()
    return x, y


def _radius(hair: Hair, scale: _Scale) -> float:
    """Radius of a mark; it clears a club of 1.2 to 3 shaft widths (docs/how-it-works/domain.md)."""
    return max(3 * hair.strand.shaft_px, 0.6 * scale.text_px)


def _visible_ends(hair: Hair) -> list[End]:
    return [end for end in hair.strand.ends if end.state is EndState.VISIBLE]


def _end_boxes(hair: Hair, scale: _Scale) -> list[Box]:
    """The surroundings of visible ends, which no text may cover."""
    reach = _radius(hair, scale) + 2 * scale.line_px
    return [
        (end.x - reach, end.y - reach, end.x + reach, end.y + reach) for end in _visible_ends(hair)
    ]


def _draw_leader(
    draw: ImageDraw.ImageDraw,
    anchor: tuple[float, float],
    radius: float,
    box: Box,
    line_px: int,
) -> None:
    """Draws a thin line from the mark's rim to the nearest point of the text."""
    near = np.clip(anchor, box[:2], box[2:])
    offset = near - anchor
    length = float(np.hypot(*offset))
    if length > radius:
        line = [tuple(anchor + offset * radius / length), tuple(near)]
        draw.line(line, INK, line_px + 2)
        draw.line(line, "white", max(1, line_px // 2))
