"""Finds damage inside the coded pixels of a JPEG file that is whole to its end marker.

Decoders do not report such damage: they fill what is missing with grey and ignore what is left
over. Two small decodes show both. The frame is enlarged by some coding units, which stay empty in
a sound file. Bytes are added behind the coded pixels, which leave the picture of a sound file the
same. Damage that changes neither count shifts the brightness of all that follows it.

The rules were adjusted until no sound JPEG of 131 raised an alarm; a wrong alarm is possible, so a
photo is flagged and not refused.
"""

import re
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile

from data.arrays import Pixels
from data.images.jpeg import JpegPicture

MAX_SIDE_PX = 65_500
"""Largest side that libjpeg decodes."""
STEPS = (6, 12, 24, 48)
"""Grey levels by which everything behind a broken place is lighter or darker. Our assumption."""
MIN_STEP_UNITS = 6
"""Coding units that the step must span in each of its two rows. Our assumption."""
MIN_STEP_SHARE = 0.85
"""Share of the units along the step that show it, and beside it that do not. Our assumption."""

MAX_BROKEN_UNITS = 3
"""Coding units at the broken place that may look like anything. Our assumption."""

_RESTART = re.compile(rb"\xff([\xd0-\xd7])")
_FILLER = np.random.default_rng(0).integers(1, 255, 400, np.uint8).tobytes()

_Mask = NDArray[np.bool_]


def is_damaged(raw: bytes, picture: JpegPicture, pixels: Pixels) -> bool:
    """Whether the coded pixels are too short, too long or shifted in brightness.

    ``pixels`` (H, W, 3) is the picture as stored, not yet upright. Raises OSError, ValueError or
    SyntaxError if Pillow cannot decode the file.
    """
    channels = picture.frame[5]
    if len(picture.frame) < 6 + 3 * channels or not channels:
        return True
    sampling = [picture.frame[7 + 3 * i] for i in range(channels)]
    across = 8 * max(s >> 4 for s in sampling) if channels > 1 else 8
    down = 8 * max(s & 15 for s in sampling) if channels > 1 else 8
    if not across or not down:
        return True
    columns, rows = -(-picture.width // across), -(-picture.height // down)
    spare = 1 if channels > 1 else 4  # units that the padding of the last byte may fill
    interval = picture.restart_interval
    if interval:
        if len(picture.scans) > 1:
            return False
        start, end = picture.scans[0]
        restarts = [found[1][0] - 0xD0 for found in _RESTART.finditer(raw, start, end)]
        intervals = -(-columns * rows // interval)
        if restarts != [i % 8 for i in range(intervals - 1)]:
            return True
        # Each interval becomes a row, which is too short by some units.
        last = columns * rows - interval * (intervals - 1)
        units = np.zeros((intervals, interval + spare + 1), np.uint8)
        units[:, :interval], units[:, interval + spare :] = 1, 2
        units[-1] = 2
        units[-1, :last], units[-1, last : last + spare] = 1, 0
        width, height = units.shape[1] * across, intervals * down
    else:
        units = np.ones((rows + 1, columns), np.uint8)
        units[rows], units[rows, :spare] = 2, 0
        width, height = picture.width, (rows + 1) * down
    if max(width, height) > MAX_SIDE_PX or units.shape[1] > 65_535:
        return False
    scale = 2 if picture.progressive else 8
    plain = _decoded(raw, picture, (width, height), units.shape[1], scale, b"")
    filled = _decoded(raw, picture, (width, height), units.shape[1], scale, _FILLER)
    unit = (down // scale, across // scale)
    of_pixel = units.repeat(unit[0], 0).repeat(unit[1], 1)[:, : plain.shape[1]]
    if of_pixel.shape != plain.shape[:2]:
        return False
    if picture.progressive:  # later scans leave out units that lie wholly below the picture
        of_pixel[picture.height // 2 : rows * unit[0]] = 0
    stored = of_pixel == 1
    if (plain[of_pixel == 2] != plain[-1, -1]).any() or (plain[stored] != filled[stored]).any():
        return True
    if interval or picture.progressive:
        return False
    return _has_step(pixels, (down, across))


def _decoded(
    raw: bytes,
    picture: JpegPicture,
    size: tuple[int, int],
    interval: int,
    scale: int,
    filler: bytes,
) -> NDArray[np.uint8]:
    """A frame of ``size`` (width, height) at 1/scale, (H, W, C), with bytes behind each interval.

    ``interval`` is the new restart interval of a file that has one.
    """
    header = bytearray(raw[: picture.scans[0][0]])
    at = picture.frame_at + 1
    header[at : at + 4] = size[1].to_bytes(2, "big") + size[0].to_bytes(2, "big")
    if picture.restart_interval:
        header[picture.restart_at : picture.restart_at + 2] = interval.to_bytes(2, "big")
    parts = [bytes(header)]
    position = len(header)
    for start, end in picture.scans:
        coded = raw[start:end]
        if filler:
            coded = _RESTART.sub(lambda found: filler + found[0], coded) + filler
        parts += [raw[position:start], coded]
        position = end
    parts.append(raw[position : picture.end])
    with JpegImageFile(BytesIO(b"".join(parts))) as image:
        image.draft("YCbCr", (max(size[0] // scale, 1), max(size[1] // scale, 1)))
        pixels = np.asarray(image)
    return pixels.reshape(*pixels.shape[:2], -1)


def _has_step(pixels: Pixels, unit: tuple[int, int]) -> bool:
    """Whether the brightness changes from some unit on, and stays changed.

    Units are stored row by row. The edge to the row above then shows a step from that unit to the
    end of its row, and in the next row up to the same place. The step is one pixel wide, sharper
    than a photo's edges, which do not follow the units either.
    """
    down, across = unit
    rows, count = (pixels.shape[0] - 1) // down, pixels.shape[1] // across
    if rows < 2 or count < 2 * MIN_STEP_UNITS:
        return False
    two_above, above, below, two_below = (
        pixels[down + offset :: down, : count * across, 1][: rows - 1].astype(np.int16)
        for offset in (-2, -1, 0, 1)
    )
    step_px = (below - above) - ((above - two_above) + (two_below - below)) / 2
    edge = step_px.reshape(len(step_px), count, across).mean(2)
    for step in STEPS:
        for stepped in (edge >= step, edge <= -step):
            behind = _from_each_unit(stepped)
            beside = _from_each_unit(np.abs(edge) < step)
            before = np.arange(count + 1)
            after = count - before
            shares = (
                (behind[:-1, -1:] - behind[:-1], after),
                (behind[1:], before),
                (beside[:-1], before),
                (beside[1:, -1:] - beside[1:], after),
            )
            found = np.ones(behind[1:].shape, bool)
            for units, length in shares:
                found &= units >= MIN_STEP_SHARE * length - MAX_BROKEN_UNITS
            if found[:, MIN_STEP_UNITS : count - MIN_STEP_UNITS + 1].any():
                return True
    return False


def _from_each_unit(mask: _Mask) -> NDArray[np.int64]:
    """How many units before each one, and in all, are set: (rows, columns + 1)."""
    return np.pad(mask.cumsum(1), ((0, 0), (1, 0)))
