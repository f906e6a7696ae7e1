"""Random augmentation of crops and tiles: pose, light, camera and resolution.

The only module that imports albumentations (2.0.8, the last MIT release).
"""

import os
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Pixels
from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, CROP_WIDTH, RootCrop

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # else it uses the network on import

import albumentations as A

MIN_SHAFT_PX, MAX_COARSE_SHAFT_PX = 2.0, 16.0
COARSE_SHARE = 0.35
"""Share of the crops that are reduced in resolution, as if photographed from farther away."""
SHAFT_LOG_SIGMA = 0.05
"""Spread of the error of the shaft's width as the finder measures it."""
SCALES = (0.8, 1.25)
"""Of the crop: on a renderer that was not trained on, one width in three is wrong by over 20 %."""


FILTERED_SHARE, FILTER_SIZES = 0.35, (1, 3, 3, 5, 5, 7)
"""Of the crops that get a random filter, and its side in pixels. Our choice."""


def random_filter(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A picture (H, W, 3) mixed with itself under a random filter from colours to colours, with its
    mean and contrast: RandConv (Xu et al. 2021, "Robust and generalizable visual representation
    learning via random convolutions"). Outlines stay; colours, shading and texture change."""
    side = int(rng.choice(FILTER_SIZES))
    mean = pixels.mean(axis=(0, 1), dtype=np.float32)
    centred = pixels - mean
    contrast = centred.std() + 1e-3
    kernels = rng.normal(0, 1, (3, 3, side, side)).astype(np.float32)
    filtered = np.stack(
        [sum(cv2.filter2D(centred[..., i], -1, kernels[o, i]) for i in range(3)) for o in range(3)],
        axis=-1,
    )
    share = np.float32(rng.uniform())
    mixed = share * centred + (1 - share) * filtered * (contrast / (filtered.std() + 1e-3))
    mixed *= contrast / (mixed.std() + 1e-3)
    return np.asarray(np.clip(np.round(mixed + mean), 0, 255), np.uint8)


class Augmenter:
    """Changes crops at random; the same seed gives the same change.

    With ``looks``, colours, shading and texture change as well, beyond those of any maker or
    camera: for a network that has to read the photos of makers it never saw.
    """

    def __init__(self, looks: bool = False) -> None:
        self._look = A.Compose(
            [
                A.RandomToneCurve(0.35, per_channel=True, p=0.3),
                A.RandomToneCurve(0.35, per_channel=False, p=0.2),
                A.Illumination("linear", intensity_range=(0.05, 0.2), p=0.25),
                A.Illumination("gaussian", intensity_range=(0.05, 0.2), p=0.15),
                A.ToGray(p=0.2),
                A.ChannelShuffle(p=0.1),
                A.InvertImg(p=0.07),
            ]
        )
        self._looks = looks
        self._pose_and_light = A.Compose(
            [
                A.VerticalFlip(p=0.5),
                A.Affine(
                    scale=SCALES,
                    translate_percent={"x": (-0.05, 0.05), "y": (-0.03, 0.03)},
                    rotate=(-8, 8),
                    shear={"x": (-6, 6), "y": (0, 0)},
                    border_mode=cv2.BORDER_REFLECT_101,
                    p=0.7,
                ),
                # Around the crop's mean: around the full range, dark crops would turn black.
                A.RandomBrightnessContrast(0.35, 0.4, brightness_by_max=False, p=0.6),
                A.RandomGamma((70, 145), p=0.3),
                A.HueSaturationValue(15, 50, 12, p=0.5),
                A.ToGray(p=0.12),
                A.ChannelShuffle(p=0.05),
                A.InvertImg(p=0.03),
            ]
        )
        self._camera = A.Compose(
            [
                A.OneOf([A.GaussianBlur((3, 5)), A.MotionBlur((3, 7)), A.MedianBlur(3)], p=0.25),
                A.UnsharpMask((3, 7), sigma_limit=(0.5, 2.0), alpha=(0.2, 1.0), p=0.25),
                A.GaussNoise((0.01, 0.04), p=0.4),
                A.ImageCompression(quality_range=(45, 95), p=0.5),
            ]
        )

    def __call__(self, crop: RootCrop, seed: int) -> RootCrop:
        """A changed crop; ``shaft_px`` decreases with the resolution."""
        return self.with_parts(crop, np.zeros((1, 1), np.uint8), seed)[0]

    def with_parts(
        self, crop: RootCrop, parts: NDArray[np.uint8], seed: int
    ) -> tuple[RootCrop, NDArray[np.uint8]]:
        """A changed crop and its map of ``parts``, of any size, changed in the same way."""
        self._pose_and_light.set_random_seed(seed)
        self._camera.set_random_seed(seed)
        rng = np.random.default_rng(seed)
        if self._looks:
            crop = replace(crop, pixels=self._other_look(crop.pixels, seed))
        size = (CROP_WIDTH, CROP_HEIGHT)
        wide = cv2.resize(parts, size, interpolation=cv2.INTER_NEAREST)
        changed = self._pose_and_light(image=crop.pixels, mask=wide)
        pixels = changed["image"]
        rows, columns = parts.shape
        step_y, step_x = CROP_HEIGHT // rows, CROP_WIDTH // columns
        parts = changed["mask"][step_y // 2 :: step_y, step_x // 2 :: step_x]
        shaft_px = crop.shaft_px
        if shaft_px > MIN_SHAFT_PX and rng.random() < COARSE_SHARE:
            widths = MIN_SHAFT_PX, min(shaft_px, MAX_COARSE_SHAFT_PX)
            shaft_px = float(np.exp(rng.uniform(*np.log(widths))))
        measured_px = shaft_px * float(np.exp(rng.normal(0, SHAFT_LOG_SIGMA)))
        return RootCrop(self._apply_camera(pixels, shaft_px), measured_px), parts

    def _other_look(self, pixels: Pixels, seed: int) -> Pixels:
        rng = np.random.default_rng([seed, 1])
        if rng.random() < FILTERED_SHARE:
            pixels = random_filter(pixels, rng)
        self._look.set_random_seed(seed)
        return np.ascontiguousarray(self._look(image=pixels)["image"], np.uint8)

    def _apply_camera(self, pixels: Pixels, shaft_px: float) -> Pixels:
        """Blur, noise and JPEG at the camera's resolution."""
        scale = min(1.0, shaft_px / CROP_SHAFT_PX)
        size = (max(24, round(CROP_WIDTH * scale)), max(16, round(CROP_HEIGHT * scale)))
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        taken = self._camera(image=np.asarray(small, np.uint8))["image"]
        full = cv2.resize(taken, (CROP_WIDTH, CROP_HEIGHT), interpolation=cv2.INTER_LINEAR)
        return np.asarray(full, np.uint8)


class TileAugmenter:
    """Changes light and camera of a whole tile, but not its geometry."""

    def __init__(self) -> None:
        self._change = A.Compose(
            [
                A.RandomBrightnessContrast(0.35, 0.4, brightness_by_max=False, p=0.6),
                A.RandomGamma((60, 160), p=0.3),
                A.HueSaturationValue(25, 40, 15, p=0.4),
                A.ToGray(p=0.07),
                A.ChannelShuffle(p=0.1),
                A.InvertImg(p=0.08),
                A.OneOf([A.GaussianBlur((3, 7)), A.MotionBlur((3, 7)), A.Sharpen()], p=0.3),
                A.GaussNoise((0.01, 0.08), p=0.4),
                A.ImageCompression(quality_range=(35, 95), p=0.4),
            ]
        )

    def __call__(self, pixels: Pixels, seed: int) -> Pixels:
        """A changed tile of the same size; the same seed gives the same change."""
        self._change.set_random_seed(seed)
        return np.asarray(self._change(image=pixels)["image"], np.uint8)
