"""Draws photos of flat things on a table, seen by a camera that may be tilted."""

from dataclasses import dataclass

import cv2
import numpy as np

from data.arrays import Array, Floats, Pixels
from data.images.photo import Photo

FINER = 2
"""The picture is drawn this many times finer, then averaged."""
_COARSER = 4
"""Shadows are soft, so they are blurred in a picture this many times smaller."""


@dataclass(frozen=True)
class View:
    """A camera above the plane z = 0, in millimetres; the photo's centre shows (0, 0).

    ``to_px`` (3, 3) maps millimetres on the plane to pixels of the photo.
    """

    width: int
    height: int
    to_px: Array

    @property
    def mm_per_px(self) -> float:
        """At the centre of the photo, the geometric mean of all directions."""
        return self.mm_per_px_at(np.array([(self.width - 1) / 2, (self.height - 1) / 2]))

    def mm_per_px_at(self, place: Array) -> float:
        """The same at a place (2,) in pixels."""
        moved = place + np.array([[0, 0], [1, 0], [0, 1]])
        a, b, c = cv2.perspectiveTransform(moved[None], np.linalg.inv(self.to_px))[0]
        return float(np.sqrt(abs(np.linalg.det(np.stack([b - a, c - a])))))


def sample_view(
    rng: np.random.Generator, size: tuple[int, int], field_mm: float, tilt_deg: float
) -> View:
    """A camera with ``field_mm`` across the photo's longer side, tilted in a random direction.

    The focal length is 0.65 to 1.3 of the longer side, as phones have (26 to 50 mm on film).
    """
    longest = max(size)
    focal = longest * rng.uniform(0.65, 1.3)
    away = focal * field_mm / longest
    axis = rng.uniform(0, 2 * np.pi)
    tilt = cv2.Rodrigues(np.radians(tilt_deg) * np.array([np.cos(axis), np.sin(axis), 0]))[0]
    turn = cv2.Rodrigues(np.array([0, 0, rng.uniform(0, 2 * np.pi)]))[0]
    pose = np.asarray(tilt @ turn)
    lens = np.array([[focal, 0, (size[0] - 1) / 2], [0, focal, (size[1] - 1) / 2], [0, 0, 1]])
    to_px = lens @ np.column_stack([pose[:, 0], pose[:, 1], [0, 0, away]])
    return View(*size, to_px / to_px[2, 2])


@dataclass(frozen=True)
class Sheet:
    """A flat thing: (H, W, 4) float colours 0-1 in blue, green, red and cover, ``texels`` a mm."""

    picture: Floats
    texels: float

    @property
    def size_mm(self) -> Array:
        """Width and height."""
        return np.array(self.picture.shape[1::-1]) / self.texels


def placed(view: View, sheet: Sheet, centre_mm: Array, turn_rad: float) -> Array:
    """(3, 3) from texels of the sheet to pixels of the photo."""
    cos, sin = np.cos(turn_rad), np.sin(turn_rad)
    width, height = sheet.size_mm
    scale = 1 / sheet.texels
    to_mm = np.array([[scale, 0, -width / 2 + scale / 2], [0, scale, -height / 2 + scale / 2]])
    turn = np.array([[cos, -sin, centre_mm[0]], [sin, cos, centre_mm[1]], [0, 0, 1]])
    return np.asarray(view.to_px @ turn @ np.vstack([to_mm, [0, 0, 1]]))


def _fine(to_px: Array) -> Array:
    """The same map into the picture that is FINER times as large."""
    shift = (FINER - 1) / 2
    return np.array([[FINER, 0, shift], [0, FINER, shift], [0, 0, 1]]) @ to_px


class Canvas:
    """The light of a photo, drawn sheet by sheet."""

    def __init__(self, view: View, ground: Sheet) -> None:
        self.view = view
        size = (view.width * FINER, view.height * FINER)
        to_px = _fine(placed(view, ground, np.zeros(2), 0.0))
        flags = cv2.INTER_LINEAR
        drawn = cv2.warpPerspective(
            ground.picture[..., :3], to_px, size, flags=flags, borderMode=cv2.BORDER_REFLECT_101
        )
        self._light: Floats = np.asarray(drawn, np.float32)

    def lay(self, sheet: Sheet, centre_mm: Array, turn_rad: float, shadow_mm: float = 0.4) -> None:
        """Lays a sheet on the table; it darkens the ground beside it a little."""
        size = self._light.shape[1::-1]
        to_px = _fine(placed(self.view, sheet, centre_mm, turn_rad))
        drawn: Floats = np.asarray(
            cv2.warpPerspective(sheet.picture, to_px, size, flags=cv2.INTER_AREA), np.float32
        )
        cover = drawn[..., 3:]
        if shadow_mm:
            soft = FINER * shadow_mm / self.view.mm_per_px / _COARSER
            small = (size[0] // _COARSER, size[1] // _COARSER)
            shade = cv2.resize(cover, small, interpolation=cv2.INTER_AREA)
            shade = cv2.GaussianBlur(np.roll(shade, round(soft / 2), (0, 1)), (0, 0), soft)
            self._light *= 1 - np.float32(0.35) * np.asarray(cv2.resize(shade, size))[..., None]
        self._light += (drawn[..., :3] - self._light) * cover

    def draw_hair(self, path_mm: Array, width_mm: float, colour: Array) -> None:
        """A hair of one width, at least a pixel of the fine picture."""
        path = cv2.perspectiveTransform(path_mm[None], _fine(self.view.to_px))[0]
        thick = max(1, round(FINER * width_mm / self.view.mm_per_px))
        low = np.maximum(np.floor(path.min(axis=0)).astype(int) - thick - 2, 0)
        high = np.ceil(path.max(axis=0)).astype(int) + thick + 3
        window = self._light[low[1] : max(high[1], 0), low[0] : max(high[0], 0)]
        mask = np.zeros(window.shape[:2], np.uint8)
        if not mask.size:
            return
        corners = [np.round((path - low) * 16).astype(np.int32)]
        cv2.polylines(mask, corners, False, 255, thick, cv2.LINE_AA, 4)
        cover = mask[..., None] / np.float32(255)
        window += (colour.astype(np.float32) - window) * cover

    def photo(self, rng: np.random.Generator) -> Photo:
        """The photo: uneven light, blur, noise, JPEG."""
        size = (self.view.width, self.view.height)
        light: Floats = np.asarray(
            cv2.resize(self._light, size, interpolation=cv2.INTER_AREA), np.float32
        )
        y, x = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j]
        way, slope = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.25)
        light *= (1 + slope * (x * np.cos(way) + y * np.sin(way)))[..., None].astype(np.float32)
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), rng.uniform(0.4, 1.2)), np.float32)
        noise = rng.standard_normal(light.shape, np.float32) * np.float32(rng.uniform(0.003, 0.02))
        level = np.clip((light + noise) * rng.uniform(0.8, 1.1), 0, 1)
        pixels = np.round(level * 255).astype(np.uint8)
        quality = int(rng.integers(75, 96))
        raw = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        return Photo(_decoded(raw), "0" * 64)


def _decoded(raw: Pixels) -> Pixels:
    return np.asarray(cv2.imdecode(raw, cv2.IMREAD_COLOR), np.uint8)
