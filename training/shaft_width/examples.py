"""Strips of rendered photos with the true edges of their shafts, to train the width networks.

Strips are cut as when a strand is measured, along true lines that are moved and bent as the
finder's are, at a scale that is off as the finder's guess is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from data.arrays import Array, Floats, Mask, Pixels
from data.images.read import read_photo_file
from data.render.labels import BACKGROUND, BULB, SHAFT, SHEATH, SHEATHED_BULB, SHEATHED_SHAFT, TAIL
from data.strands.curves import resample
from data.strands.strips import Strip, cut_strip
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto, load_annotations

UNKNOWN = -1.0


@dataclass(frozen=True)
class GuessError:
    """How far the scale and the path of a strip are off: the standard deviation of the guessed
    width's logarithm, and of the path's sideways error over that of the finder's paths."""

    log_width: float
    path: float


COARSE, FINE = GuessError(0.4, 1.0), GuessError(0.2, 0.5)
"""The finder's guesses, and what the coarse network leaves of their errors."""
_MAX_LOG_WIDTH = 1.1
_MIN_WIDTH_PX, _MIN_SCALE = 1.3, 0.3
_SOFTENED_SHARE, _SHARPENED_SHARE = 0.25, 0.2
_ROOT_SHARE, _TIP_SHARE = 0.6, 0.2
"""Shares of strips that start at the root, and at the tip; the others lie in between."""
_PATH_STEP_PX = 6.0
_MAX_ASIDE_WIDTHS = 0.8
_NEAR_WIDTHS = 1.2
_TOLERANCE_PX, _TOLERANCE = 1.3, 0.12
"""The label picture has whole pixels."""
_TAPERED = 0.75
_PROFILE = np.linspace(-2.25, 2.25, 49)
_MIN_POINTS = 4
_SHAFT = (SHAFT, SHEATHED_SHAFT)
_NO_SHAFT = (BACKGROUND, BULB, SHEATH, TAIL, SHEATHED_BULB)


@dataclass(frozen=True)
class WidthExamples:
    """N strips and what their R rows show.

    ``pixels`` (N, R, C, 3) uint8, ``guess_px`` (N,), ``log_width`` (N,) the logarithm of the true
    width over the guess. ``offset`` (N, R) of the shaft's middle, in guesses; ``known`` (N, R)
    whether the row crosses the shaft at its full width; ``shaft`` (N, R) 1 where it shows nothing
    else, 0 where it shows no full shaft, UNKNOWN where another hair is in the way.
    """

    pixels: Pixels
    guess_px: Floats
    log_width: Floats
    offset: Floats
    known: Mask
    shaft: Floats

    def __len__(self) -> int:
        return len(self.guess_px)


def cut_examples(
    rendered: Path, names: Sequence[str], error: GuessError, copies: int, seed: int
) -> WidthExamples:
    """Examples of the photos ``names`` of a folder of renders with label pictures.

    Each root in view gives one for each of ``copies`` versions of its photo; the first is the
    photo itself, the others are smaller, softer or sharper.
    """
    chosen = set(names)
    parts = [
        example
        for index, truth in enumerate(load_annotations(rendered))
        if truth.name in chosen
        for example in _of_photo(
            rendered, truth, error, copies, np.random.default_rng([seed, index])
        )
    ]
    strips, log_width, offset, known, shaft = zip(*parts, strict=True)
    return WidthExamples(
        pixels=np.stack([strip.pixels for strip in strips]),
        guess_px=np.array([strip.guess_px for strip in strips], np.float32),
        log_width=np.array(log_width, np.float32),
        offset=np.array(offset, np.float32),
        known=np.array(known),
        shaft=np.array(shaft, np.float32),
    )


_Example = tuple[Strip, float, Array, Mask, Array]


def _of_photo(
    rendered: Path, truth: AnnotatedPhoto, error: GuessError, copies: int, rng: np.random.Generator
) -> Iterator[_Example]:
    roots = [hair for hair in truth.hairs if hair.root_in_photo]
    if not roots:
        return
    photo = read_photo_file(rendered / "photos" / truth.name).pixels
    mask = rendered / "masks" / Path(truth.name).with_suffix(".png").name
    labels = np.asarray(cv2.imread(str(mask), cv2.IMREAD_GRAYSCALE), np.uint8)
    for copy in range(copies):
        scale = 1.0 if copy == 0 else _scale(roots, rng)
        pixels = _retaken(photo, scale, rng)
        for hair in roots:
            if hair.shaft_px * scale >= _MIN_WIDTH_PX:
                yield from _of_hair(hair, pixels, labels, scale, error, rng)


def _scale(roots: Sequence[AnnotatedHair], rng: np.random.Generator) -> float:
    typical_px = float(np.median([hair.shaft_px for hair in roots]))
    least = max(_MIN_SCALE, min(1.0, 1.2 * _MIN_WIDTH_PX / typical_px))
    return float(np.exp(rng.uniform(np.log(least), 0)))


def _retaken(photo: Pixels, scale: float, rng: np.random.Generator) -> Pixels:
    """The photo, smaller by ``scale``; now and then softer or sharper."""
    pixels = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    what = rng.random()
    if what < _SOFTENED_SHARE:
        pixels = cv2.GaussianBlur(pixels, (0, 0), float(rng.uniform(0.4, 1.3)))
    elif what < _SOFTENED_SHARE + _SHARPENED_SHARE:
        pixels = cv2.addWeighted(pixels, 1.8, cv2.GaussianBlur(pixels, (0, 0), 1.0), -0.8, 0)
    return np.asarray(pixels, np.uint8)


def _of_hair(
    hair: AnnotatedHair,
    pixels: Pixels,
    labels: Pixels,
    scale: float,
    error: GuessError,
    rng: np.random.Generator,
) -> Iterator[_Example]:
    width_px = hair.shaft_px * scale
    line = _in_view(resample(hair.line * scale - 0.5, max(0.5, width_px / 4)), pixels)
    if len(line) < 2 * _MIN_POINTS:
        return
    factor = np.clip(rng.normal(0, error.log_width), -_MAX_LOG_WIDTH, _MAX_LOG_WIDTH)
    guess_px = width_px * float(np.exp(factor))
    path = _shaken(_course(hair, line, scale, rng), width_px, error, rng)
    strip = cut_strip(pixels, path, 0.0, guess_px)
    offset_px, known, shaft = _rows(strip, line, labels, hair.shaft_px, scale)
    if known.any():
        yield strip, float(np.log(width_px / guess_px)), offset_px / guess_px, known, shaft


def _in_view(line: Array, pixels: Pixels) -> Array:
    """The line's first part, up to the border of the picture."""
    height, width = pixels.shape[:2]
    inside = ((line > -1) & (line < (width, height))).all(axis=1)
    return line if inside.all() else line[: int(np.argmin(inside))]


def _course(hair: AnnotatedHair, line: Array, scale: float, rng: np.random.Generator) -> Array:
    """Where a strip runs: from beyond the root or the tip inwards, or from a place in between."""
    width_px, where = hair.shaft_px * scale, rng.random()
    if where < _ROOT_SHARE:
        beyond = hair.root_tip_xy * scale - 0.5
        has_bulb = bool(np.linalg.norm(beyond - line[0]) > width_px / 2)
        course = np.vstack([beyond, line]) if has_bulb else line
        return _begun(course, float(rng.uniform(-3, 1)) * width_px)
    if where < _ROOT_SHARE + _TIP_SHARE and hair.tip_in_photo:
        return _begun(line[::-1], float(rng.uniform(-2, 0)) * width_px)
    return line[int(rng.integers(len(line) // 2)) :]


def _begun(course: Array, from_px: float) -> Array:
    """The course from ``from_px`` along it on, or from before its start if that is negative."""
    lengths = np.concatenate([[0.0], np.linalg.norm(np.diff(course, axis=0), axis=1).cumsum()])
    if from_px >= 0:
        return course[min(int(np.searchsorted(lengths, from_px)), len(course) - 2) :]
    inward = course[min(_MIN_POINTS, len(course) - 1)] - course[0]
    inward /= max(float(np.linalg.norm(inward)), 1e-9)
    return np.vstack([course[0] + from_px * inward, course])


def _shaken(course: Array, width_px: float, error: GuessError, rng: np.random.Generator) -> Array:
    """The course with the sideways errors of a traced path: slow ones, and one of the whole."""
    course = resample(course, max(0.5, width_px / 4))
    along = np.concatenate([[0.0], np.linalg.norm(np.diff(course, axis=0), axis=1).cumsum()])
    knots = np.arange(0, along[-1] + 8 * width_px, max(_PATH_STEP_PX, 3 * width_px))
    typical_px = (0.12 * width_px + 0.35) * error.path * rng.exponential()
    aside = np.interp(along, knots, rng.normal(0, typical_px, len(knots)))
    aside += rng.normal(0, 0.15 * width_px * error.path)
    limit = _MAX_ASIDE_WIDTHS * width_px
    step = np.gradient(course, axis=0)
    step /= np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
    normal = np.column_stack([-step[:, 1], step[:, 0]])
    return resample(course + aside.clip(-limit, limit)[:, None] * normal, _PATH_STEP_PX)


def _rows(
    strip: Strip, line: Array, labels: Pixels, shaft_px: float, scale: float
) -> tuple[Array, Mask, Array]:
    """The offset (px), ``known`` and ``shaft`` of each row of a strip, as in WidthExamples.

    ``shaft_px`` is the true width in ``labels``, which are larger than the photo by 1 / ``scale``.
    """
    away = np.linalg.norm(strip.middle[:, None] - line[None], axis=2)
    nearest = away.argmin(axis=1)
    offset_px = ((line[nearest] - strip.middle) * strip.normal).sum(axis=1)
    on_line = (away.min(axis=1) < _NEAR_WIDTHS * shaft_px * scale) & strip.on_path
    on_line &= (nearest > 0) & (nearest < len(line) - 1)
    seen = (strip.middle + offset_px[:, None] * strip.normal + 0.5) / scale - 0.5
    labelled_px, label = _labelled_width(labels, seen, strip.normal, shaft_px)
    tolerance_px = max(_TOLERANCE_PX, _TOLERANCE * shaft_px)
    known = on_line & (labelled_px >= shaft_px - tolerance_px)
    alone = known & (labelled_px <= shaft_px + tolerance_px)
    tapered = on_line & np.isin(label, _SHAFT) & (labelled_px < _TAPERED * shaft_px)
    tapered &= shaft_px * (1 - _TAPERED) > _TOLERANCE_PX
    none = ~known & (~on_line | np.isin(label, _NO_SHAFT) | tapered)
    return offset_px, known, np.where(alone, 1.0, np.where(none, 0.0, UNKNOWN))


def _labelled_width(
    labels: Pixels, middle: Array, normal: Array, shaft_px: float
) -> tuple[Array, Pixels]:
    """(R,) the width of the shaft in the label picture around each middle, and the label there."""
    xy = middle[:, None] + (_PROFILE * shaft_px)[None, :, None] * normal[:, None]
    x, y = (np.ascontiguousarray(xy[..., k], np.float32) for k in (0, 1))
    found = cv2.remap(labels, x, y, cv2.INTER_NEAREST, borderValue=BACKGROUND)
    shaft = np.pad(np.isin(found, _SHAFT), ((0, 0), (1, 1)))
    centre = shaft.shape[1] // 2
    left = np.argmin(shaft[:, centre::-1], axis=1)
    right = np.argmin(shaft[:, centre:], axis=1)
    step_px = float(_PROFILE[1] - _PROFILE[0]) * shaft_px
    width_px = np.maximum(left + right - 1, 0) * step_px
    return width_px, np.asarray(found[:, found.shape[1] // 2], np.uint8)
