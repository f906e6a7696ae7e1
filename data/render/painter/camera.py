"""From painted light to a JPEG."""

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
Pixels = NDArray[np.uint8]
BAD_SHARE = 0.13


def finish(light: Image, rng: np.random.Generator) -> tuple[Pixels, int]:
    """The picture and its JPEG quality: uneven light, blur, exposure, noise, tone. One photo in
    eight is bad."""
    bad = str(rng.choice(["dark", "light", "noise", "soft", "streak", "small"]))
    if rng.random() >= BAD_SHARE:
        bad = ""
    light = light * _falloff(light.shape[:2], rng)
    sigma = float(rng.uniform(1.0, 2.5) if bad == "soft" else rng.uniform(0.35, 0.8))
    light = cv2.GaussianBlur(light, (0, 0), sigma).astype(np.float32)
    if bad == "streak":
        light = _streaked(light, float(rng.uniform(2, 7)), float(rng.uniform(0, 180)))
    key = float(np.exp(rng.normal(0, 0.15)) * {"dark": 0.4, "light": 1.45}.get(bad, 1.0))
    middle, top = float(np.median(light)), float(np.percentile(light, 99))
    light = light * np.float32(key * min(0.3 / (0.4 * middle + 0.12), 0.95 / max(top, 1e-3) * 1.15))
    light = light * np.exp(rng.normal(0, 0.05, 3)).astype(np.float32)
    level = float(np.exp(rng.uniform(np.log(0.004), np.log(0.02)))) * (4 if bad == "noise" else 1)
    spread = np.float32(level) * np.sqrt(np.clip(light, 0.02, 1))
    light = np.asarray(light + spread * _grain(light.shape, rng), dtype=np.float32)
    tone = np.clip(light, 0, 1) ** np.float32(1 / rng.uniform(1.9, 2.5))
    bend = float(rng.uniform(-0.1, 0.35))
    tone = tone + bend * (tone - tone**2) * (2 * tone - 1) * 1.5
    edge = tone - cv2.GaussianBlur(tone, (0, 0), float(rng.uniform(0.8, 1.8)))
    tone = tone + float(rng.uniform(0, 1.1)) * edge
    pixels = np.round(np.clip(tone, 0, 1) * 255).astype(np.uint8)
    quality = int(rng.integers(40, 72) if bad == "small" else rng.integers(78, 97))
    return pixels, quality


def encode(pixels: Pixels, quality: int) -> bytes:
    """The JPEG file."""
    ok, raw = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not ok:
        raise ValueError("the picture could not be encoded")
    return bytes(raw.tobytes())


def _grain(shape: tuple[int, ...], rng: np.random.Generator) -> Image:
    """White noise, partly smeared over neighbours as by a phone's denoising."""
    noise = rng.standard_normal(shape, dtype=np.float32)
    smear = float(rng.uniform(0, 1.0))
    if smear < 0.3:
        return noise
    soft = cv2.GaussianBlur(noise, (0, 0), smear)
    return np.asarray(soft / soft.std() * 0.8, dtype=np.float32)


def _falloff(shape: tuple[int, int], rng: np.random.Generator) -> Image:
    """A gradient of the light across the picture, with darker corners."""
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    turn, slope = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.35)
    ramp = 1 + slope * (x * np.cos(turn) + y * np.sin(turn)) / 1.5
    fall = ramp * (1 - rng.uniform(0, 0.2) * (x**2 + y**2) / 2)
    return np.asarray(fall[..., None], dtype=np.float32)


def _streaked(light: Image, length_px: float, angle_deg: float) -> Image:
    side = 2 * int(length_px) + 3
    kernel = np.zeros((side, side), np.float32)
    half = length_px / 2 * np.array([np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))])
    ends = [tuple(int(v) for v in np.round(side // 2 + s * half)) for s in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1)
    return np.asarray(cv2.filter2D(light, -1, kernel / kernel.sum()), dtype=np.float32)
