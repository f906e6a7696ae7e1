"""Pictures of the finder's stages, drawn over a darkened photo."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from data.arrays import Floats, Pixels
from data.images.photo import Photo
from data.strands.curves import Curve
from data.strands.line_map import LineMap
from data.strands.ridges import WEAK
from data.strands.strand import EndState, Strand
from serve.drawing.style import INK, Colour, LabelStyle, draw_mark

Path = NDArray[np.float64]

PICTURE_PX = 1600
"""Maximum side of a picture: enough for a screen."""
TEXT_PX = 14
ENDS = {
    EndState.VISIBLE: LabelStyle((0, 158, 115), True, False),
    EndState.OUT_OF_PHOTO: LabelStyle((86, 180, 233), False, False),
    EndState.HIDDEN: LabelStyle((213, 94, 0), True, True),
}
"""Bluish green, sky blue and vermillion of Okabe and Ito's palette."""
_MEANINGS = {
    EndState.VISIBLE: "circle: end visible",
    EndState.OUT_OF_PHOTO: "square: end out of the photo",
    EndState.HIDDEN: "broken circle: end hidden",
}
_ORANGE, _PURPLE, _GREY, _WHITE = (230, 159, 0), (204, 121, 167), (150, 150, 150), (255, 255, 255)
_DIMMED = 0.35
_MARK_PX, _LINE_PX = 7, 2
_FIXED_POINT = 4
"""Fractional bits of the coordinates that OpenCV draws with."""
_HUE_STEP = 0.618
"""The golden section of the colour circle: successive lines get different colours."""
_MIN_WIDTH_PX, _MAX_WIDTH_PX = 1.0, 64.0


def screen_sized(pixels: Pixels) -> Pixels:
    """(h, w, 3) a copy with sides of at most ``PICTURE_PX``."""
    scale = PICTURE_PX / max(pixels.shape[:2])
    if scale >= 1:
        return pixels.copy()
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def as_image(pixels: Pixels) -> Image.Image:
    """A PIL image of (h, w, 3) pixels in the order blue, green, red."""
    return Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))


def draw_lines(photo: Photo, lines: LineMap) -> Image.Image:
    """The probability of a centre line in white, and of an end in orange."""
    pixels = _dimmed(photo)
    _blend(pixels, _WHITE, _resized(lines.centre, pixels))
    _blend(pixels, _ORANGE, _resized(lines.end, pixels))
    return _captioned(
        pixels,
        [
            ("white: probability of a hair's centre line", _WHITE),
            ("orange: probability of a hair's end", _ORANGE),
        ],
    )


def draw_widths(photo: Photo, lines: LineMap) -> Image.Image:
    """The mapped hair width, by colour, where a line is possible."""
    pixels = _dimmed(photo)
    width_px = _resized(lines.width_px, pixels)
    _blend(pixels, _width_colours(width_px), _resized(lines.centre, pixels) > WEAK)
    steps = np.array([[2, 4, 8, 16, 32]], np.float32)
    colours = _width_colours(steps)[0].tolist()
    entries = [
        (f"{step:g} px wide", (red, green, blue))
        for step, (red, green, blue) in zip(steps[0], colours, strict=True)
    ]
    return _captioned(pixels, entries)


def draw_curves(photo: Photo, lines: LineMap, pieces: Sequence[Curve]) -> Image.Image:
    """The pieces traced first, before linking, each in another colour with its ends."""
    pixels = _dimmed(photo)
    scale = _scale(photo, pixels)
    for number, piece in enumerate(pieces):
        path = lines.to_photo(piece.xy)
        _stroke(pixels, path, scale, _line_colour(number), _LINE_PX)
        for x, y in _to_picture(path[[0, -1]], scale):
            cv2.circle(pixels, (round(x), round(y)), _LINE_PX, _WHITE, -1, cv2.LINE_AA)
    return _captioned(pixels, [(f"{len(pieces)} pieces, white dots at their ends", _WHITE)])


def draw_strands(
    photo: Photo, lines: LineMap, joined: Sequence[Curve], strands: Sequence[Strand]
) -> Image.Image:
    """The proposed strands, numbered, over all linked curves; ends a and b by state."""
    pixels = _dimmed(photo)
    scale = _scale(photo, pixels)
    for curve in joined:
        _stroke(pixels, lines.to_photo(curve.xy), scale, _GREY, 1)
    for number, strand in enumerate(strands):
        if strand.tangled:
            _stroke(pixels, strand.path, scale, _PURPLE, 4 * _LINE_PX)
        _stroke(pixels, strand.path, scale, _line_colour(number), _LINE_PX)
        for edge in _edges(strand):
            _stroke(pixels, edge, scale, _WHITE, 1)
    entries = [(_MEANINGS[state], style.colour) for state, style in ENDS.items()]
    entries.append((f"{len(strands)} strands; purple rim: tangled", _PURPLE))
    entries.append(("grey: traced, but faint, short or next to another strand", _GREY))
    entries.append(("white: the measured edges of the shaft", _WHITE))
    picture = _captioned(pixels, entries)
    for number, strand in enumerate(strands, 1):
        _draw_strand_name(ImageDraw.Draw(picture), strand, number, scale)
    return picture


def _edges(strand: Strand) -> tuple[Path, Path]:
    """The two edges of a strand's shaft."""
    step = np.gradient(strand.path, axis=0)
    step /= np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
    aside = np.column_stack([-step[:, 1], step[:, 0]]) * strand.shaft_px / 2
    return strand.path - aside, strand.path + aside


def _draw_strand_name(draw: ImageDraw.ImageDraw, strand: Strand, number: int, scale: float) -> None:
    """Writes the strand's number on its middle, and a mark with a letter at each end."""
    _write(draw, _to_picture(strand.path[len(strand.path) // 2], scale), str(number))
    for letter, end in zip("ab", strand.ends, strict=True):
        x, y = _to_picture(np.array([end.x, end.y]), scale).tolist()
        draw_mark(draw, ENDS[end.state], (x, y), _MARK_PX, _LINE_PX)
        inward = -2 * _MARK_PX * np.array([np.cos(end.direction), np.sin(end.direction)])
        _write(draw, inward + np.array([x, y]), letter)


def _write(draw: ImageDraw.ImageDraw, centre: NDArray[np.float64], text: str) -> None:
    x, y = centre.tolist()
    font = ImageFont.load_default(TEXT_PX)
    draw.text((x, y), text, "white", font, "mm", stroke_width=2, stroke_fill=INK)


def _dimmed(photo: Photo) -> Pixels:
    """(h, w, 3) a dark grey copy as background for colours."""
    grey = cv2.cvtColor(screen_sized(photo.pixels), cv2.COLOR_BGR2GRAY) * _DIMMED
    return np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2)


def _scale(photo: Photo, pixels: Pixels) -> float:
    """Picture pixels per photo pixel."""
    return float(pixels.shape[1] / photo.width)


def _to_picture(points: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    """Photo coordinates as picture coordinates; both count from pixel centres."""
    return np.asarray((points + 0.5) * scale - 0.5)


def _resized(grid: Floats, pixels: Pixels) -> Floats:
    """(h, w) the map, resized to the size of ``pixels``."""
    size = (pixels.shape[1], pixels.shape[0])
    return np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _blend(pixels: Pixels, colour: Colour | Pixels, opacity: NDArray[np.generic]) -> None:
    """Blends ``colour`` (red, green, blue) into each pixel with ``opacity`` (h, w), 0 to 1."""
    alpha = opacity.astype(np.float32)[:, :, None]
    pixels[:] = pixels * (1 - alpha) + np.asarray(colour, np.float32)[..., ::-1] * alpha


def _width_colours(width_px: Floats) -> Pixels:
    """(h, w, 3) red, green, blue: the colour map is linear in the logarithm of the width."""
    span = np.log2(_MAX_WIDTH_PX / _MIN_WIDTH_PX)
    level = 255 * np.log2(np.maximum(width_px, _MIN_WIDTH_PX) / _MIN_WIDTH_PX) / span
    colours = cv2.applyColorMap(level.clip(0, 255).astype(np.uint8), cv2.COLORMAP_TURBO)
    return np.asarray(colours[:, :, ::-1], np.uint8)


def _stroke(pixels: Pixels, path: Path, scale: float, colour: Colour, thickness: int) -> None:
    points = np.rint(_to_picture(path, scale) * 2**_FIXED_POINT).astype(np.int32)
    cv2.polylines(pixels, [points], False, colour[::-1], thickness, cv2.LINE_AA, _FIXED_POINT)


def _line_colour(number: int) -> Colour:
    hue = np.array([[[int(180 * (number * _HUE_STEP % 1)), 160, 255]]], np.uint8)
    red, green, blue = cv2.cvtColor(hue, cv2.COLOR_HSV2RGB)[0, 0].tolist()
    return red, green, blue


def _captioned(pixels: Pixels, entries: Sequence[tuple[str, Colour]]) -> Image.Image:
    """The picture, with a line of coloured text below it for each entry."""
    height, width = pixels.shape[:2]
    line_px = round(1.4 * TEXT_PX)
    picture = Image.new("RGB", (width, height + line_px * len(entries) + TEXT_PX // 2), INK)
    picture.paste(as_image(pixels))
    draw = ImageDraw.Draw(picture)
    for number, (text, colour) in enumerate(entries):
        middle = height + (number + 0.5) * line_px + TEXT_PX / 4
        draw.text((TEXT_PX / 2, middle), text, colour, ImageFont.load_default(TEXT_PX), "lm")
    return picture
