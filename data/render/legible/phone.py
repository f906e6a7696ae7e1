"""Samples cameras as people use them: most photos sharp and well exposed, a tail of bad ones."""

from dataclasses import replace

import numpy as np

from data.render.camera import CameraSpec
from data.render.spec import PhoneSpec

BAD_SHARE = 0.13
"""Photos with one or two faults; our assumption."""
FAULTS = ("dark", "bright", "noisy", "soft", "shaken", "compressed", "shadow", "flat")


def sample_faults(rng: np.random.Generator) -> frozenset[str]:
    """The faults of a photo: none in most, else one or two of FAULTS."""
    if rng.random() >= BAD_SHARE:
        return frozenset()
    return frozenset(str(f) for f in rng.choice(FAULTS, int(rng.integers(1, 3)), replace=False))


def sample_legible_phone(rng: np.random.Generator, faults: frozenset[str]) -> PhoneSpec:
    """A good exposure with moderate noise, then the faults; all figures our assumption."""
    warm = rng.normal(0, 0.05)
    phone = PhoneSpec(
        seed=int(rng.integers(2**31)),
        mean_level=float(np.clip(rng.normal(0.56, 0.07), 0.4, 0.72)),
        adapt=float(rng.uniform(0.05, 0.5)),
        bias=float(np.exp(rng.normal(0.05, 0.13))),
        white_balance=(float(np.exp(warm)), 1.0, float(np.exp(-warm + rng.normal(0, 0.03)))),
        contrast=float(rng.uniform(0.9, 1.3)),
        saturation=float(rng.uniform(0.85, 1.25)),
        vignette=float(rng.uniform(0, 0.2)),
        defocus_px=float(rng.uniform(0.2, 0.75)),
        motion_deg=float(rng.uniform(0, 180)),
        photons=float(np.exp(rng.uniform(np.log(1200), np.log(15000)))),
        read_noise=float(rng.uniform(0.0005, 0.004)),
        denoise=float(rng.uniform(0, 0.7)),
        sharpen=float(rng.uniform(0.1, 1.3)),
        sharpen_px=float(rng.uniform(0.7, 1.6)),
        jpeg_quality=int(rng.integers(78, 97)),
    )
    return _faulty(phone, rng, faults)


def _faulty(phone: PhoneSpec, rng: np.random.Generator, faults: frozenset[str]) -> PhoneSpec:
    changes: dict[str, dict[str, float]] = {
        "dark": {"bias": float(rng.uniform(0.35, 0.65)), "mean_level": 0.36},
        "bright": {"bias": float(rng.uniform(1.5, 2.1))},
        "noisy": {"photons": float(np.exp(rng.uniform(np.log(120), np.log(700)))),
                  "read_noise": float(rng.uniform(0.004, 0.012)),
                  "denoise": float(rng.uniform(0.3, 1))},
        "soft": {"defocus_px": float(rng.uniform(1.0, 2.6))},
        "shaken": {"motion_px": float(rng.uniform(2, 7))},
        "shadow": {"shadow": float(rng.uniform(0.25, 0.65)),
                   "shadow_deg": float(rng.uniform(0, 360)),
                   "shadow_at": float(rng.uniform(-0.5, 0.5)),
                   "shadow_soft": float(np.exp(rng.uniform(np.log(0.02), np.log(0.3))))},
        "flat": {"contrast": float(rng.uniform(0.6, 0.8))},
    }  # fmt: skip
    for fault in sorted(faults & changes.keys()):
        phone = replace(phone, **changes[fault])  # type: ignore[arg-type]
    if "compressed" in faults:
        resample, quality = float(rng.uniform(0.5, 0.8)), int(rng.integers(45, 75))
        phone = replace(phone, resample=resample, jpeg_quality=quality)
    return phone


def focused(
    camera: CameraSpec, shaft_px: float, rng: np.random.Generator, faults: frozenset[str]
) -> CameraSpec:
    """An aperture, and a focus on the hairs.

    Defocus is drawn as the blur, over the shaft's width, of a point four shaft widths above the
    ground. Faulty photos are focused off the plane by up to an eighth of the view.
    """
    soft = "soft" in faults
    blur_px = shaft_px * rng.gamma(1.0, 0.06) + rng.gamma(1.0, 0.3)
    above_mm = 4 * shaft_px / camera.px_per_mm
    aperture = blur_px / camera.px_per_mm * camera.distance_mm / (2 * above_mm)
    aperture = min(aperture, camera.distance_mm / (6 if soft else 14))
    spread = camera.view_mm[0] / 12 if soft else above_mm
    return replace(
        camera, aperture_mm=float(aperture), focus_offset_mm=float(rng.normal(0, 0.6) * spread)
    )
