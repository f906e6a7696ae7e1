"""Grounds of the volume maker, and its camera."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render.backgrounds.photographs import read_ground
from data.render.volume.fields import Generator

Image = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Shape = tuple[int, int]


def coloured_noise(shape: Shape, rng: Generator) -> tuple[str, Image]:
    """A sheet with a grain whose power falls with frequency, drawn out in one direction for wood
    and cloth."""
    fy, fx = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None]
    turn, stretch = rng.uniform(0, np.pi), float(np.exp(rng.choice([0.0, rng.uniform(0.5, 3)])))
    u, v = fx * np.cos(turn) + fy * np.sin(turn), fy * np.cos(turn) - fx * np.sin(turn)
    power = np.hypot(u * stretch, v / stretch) + 1 / max(shape)
    grain = power ** -float(rng.uniform(0.4, 1.7))
    grain[0, 0] = 0
    phases = np.exp(2j * np.pi * rng.random(grain.shape))
    noise = np.fft.irfft2(grain * phases, shape)
    noise = (noise / (noise.std() + 1e-9)).astype(np.float32)
    depth = float(np.exp(rng.uniform(np.log(0.004), np.log(0.12))))
    bright = float(
        rng.choice([rng.uniform(0.5, 0.9), rng.uniform(0.1, 0.5), rng.uniform(0.01, 0.08)])
    )
    tone = np.clip(bright * np.exp(rng.normal(0, float(rng.choice([0.03, 0.35])), 3)), 0.008, 0.92)
    return "noise", (np.clip(1 + depth * noise, 0.2, 2)[..., None] * tone).astype(np.float32)


def photographed(path: Path, shape: Shape, rng: Generator) -> tuple[str, Image]:
    """A photograph seen at a slant, mirrored at random."""
    image = read_ground(path)
    height, width = image.shape[:2]
    side = min(height / shape[0], width / shape[1]) * float(rng.uniform(0.35, 0.9))
    box = np.array([shape[1], shape[0]]) * side
    corner = rng.uniform(0, 1, 2) * np.maximum([width, height] - box, 0)
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    source = corner + (square + rng.uniform(-0.08, 0.08, (4, 2))).clip(0, 1) * box
    if rng.random() < 0.5:
        source = source[[1, 0, 3, 2]]
    target = (square * [shape[1], shape[0]]).astype(np.float32)
    warp = cv2.getPerspectiveTransform(source.astype(np.float32), target)
    piece = cv2.warpPerspective(
        image, warp, shape[::-1], flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT_101
    )
    linear = (piece.astype(np.float32) / 255) ** np.float32(2.2)
    return f"photo:{path.name}", np.clip(linear * rng.uniform(0.7, 1.15), 0.004, 0.95)


def lit_from_below(shape: Shape, rng: Generator) -> tuple[str, Image]:
    """A bright field."""
    tone = np.array([0.8, 0.8, 0.8]) * np.exp(rng.normal(0, 0.08, 3))
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    fall = 1 - rng.uniform(0, 0.4) * (x**2 + y**2) / 2
    return "bright_field", (fall[..., None] * np.clip(tone, 0, 0.95)).astype(np.float32)


def develop(light: Image, rng: Generator) -> Pixels:
    """A picture (H, W, 3), red first, of linear light: lens, sensor, tone, sharpening."""
    blur_px = float(rng.choice([0.45, 0.7, 1.1], p=[0.4, 0.45, 0.15]))
    light = np.asarray(cv2.GaussianBlur(light, (0, 0), blur_px), np.float32)
    if rng.random() < 0.3:
        middle = (light.shape[1] / 2, light.shape[0] / 2)
        for channel, grow in ((0, 1.0006), (2, 0.9994)):
            zoom = cv2.getRotationMatrix2D(middle, 0, grow)
            size = light.shape[1::-1]
            light[..., channel] = cv2.warpAffine(
                light[..., channel], zoom, size, borderMode=cv2.BORDER_REFLECT_101
            )
    white = np.exp(rng.normal(0, 0.07, 3))
    exposure = float(np.exp(rng.normal(0, 0.25))) * 0.5 / max(float(np.median(light)), 0.12)
    exposure = min(exposure, 1.2 / float(np.percentile(light, 99)))
    light = light * (white * exposure).astype(np.float32)
    electrons = float(np.exp(rng.uniform(np.log(600), np.log(15_000))))
    noise = rng.standard_normal(light.shape, dtype=np.float32)
    light = light + noise * np.sqrt(np.maximum(light, 0.002) / np.float32(electrons))
    x = np.clip(light, 0, 4)
    curve = x * (1 + 0.18 * x) / (0.92 + 0.26 * x) if rng.random() < 0.5 else np.minimum(x, 1)
    tone = np.clip(curve, 0, 1) ** np.float32(1 / 2.2)
    sigma, amount = float(rng.uniform(0.7, 2.2)), float(rng.choice([0, rng.uniform(0.2, 1.2)]))
    tone = tone + amount * (tone - cv2.GaussianBlur(tone, (0, 0), sigma))
    return np.round(np.clip(tone, 0, 1) * 255).astype(np.uint8)
