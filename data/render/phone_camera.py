"""From the light that reaches the lens to the JPEG that a phone makes of it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from data.images.encode import encode_jpeg
from data.render.spec import PhoneSpec

Image = NDArray[np.float32]


def sample_phone(rng: np.random.Generator) -> PhoneSpec:
    """A phone, its settings and its user's hand; all our assumption."""
    warm = rng.normal(0, 0.06)
    shaky, soft = rng.random() < 0.12, rng.random() < 0.3
    return PhoneSpec(
        seed=int(rng.integers(2**31)),
        mean_level=float(np.clip(rng.normal(0.5, 0.1), 0.22, 0.75)),
        adapt=float(rng.uniform(0.25, 0.85)),
        bias=float(np.exp(rng.normal(0, 0.25))),
        white_balance=(float(np.exp(warm)), 1.0, float(np.exp(-warm + rng.normal(0, 0.03)))),
        contrast=float(rng.uniform(0.75, 1.35)),
        saturation=float(rng.uniform(0.75, 1.3)),
        vignette=float(rng.uniform(0, 0.35)),
        defocus_px=float(rng.uniform(0.5, 2.6)) if soft else float(rng.uniform(0.3, 0.7)),
        motion_px=float(rng.uniform(1, 6)) if shaky else 0.0,
        motion_deg=float(rng.uniform(0, 180)),
        shadow=float(rng.uniform(0.2, 0.7)) if rng.random() < 0.2 else 0.0,
        shadow_deg=float(rng.uniform(0, 360)),
        shadow_at=float(rng.uniform(-0.6, 0.6)),
        shadow_soft=float(np.exp(rng.uniform(np.log(0.01), np.log(0.3)))),
        photons=float(np.exp(rng.uniform(np.log(150), np.log(8000)))),
        read_noise=float(rng.uniform(0.001, 0.012)),
        denoise=float(rng.uniform(0, 1)),
        sharpen=float(rng.uniform(0, 1.4)),
        sharpen_px=float(rng.uniform(0.8, 2.0)),
        resample=float(rng.uniform(0.5, 0.9)) if rng.random() < 0.2 else 1.0,
        jpeg_quality=int(rng.integers(60, 96)),
    )


def photograph(radiance: Image, phone: PhoneSpec, white: float) -> NDArray[np.uint8]:
    """(H, W, 3) linear RGB radiance to (H, W, 3) 8-bit sRGB.

    `white` is the radiance of a white sheet lying there.
    """
    rng = np.random.default_rng(phone.seed)
    light = np.maximum(np.nan_to_num(radiance), 0)
    light = _blur(_expose(light, phone, white), phone)
    light = light * _vignette(light.shape, phone.vignette) * _shadow(light.shape, phone)
    light = _denoise(_noise(light, phone, rng), phone.denoise)
    picture = _develop(light, phone)
    picture = _resample(_sharpen(picture, phone), phone.resample)
    return np.asarray(np.round(np.clip(picture, 0, 1) * 255), dtype=np.uint8)


def encode(picture: NDArray[np.uint8], phone: PhoneSpec) -> bytes:
    """The JPEG file."""
    return encode_jpeg(picture[..., ::-1], phone.jpeg_quality)


def _expose(light: Image, phone: PhoneSpec, white: float) -> Image:
    """Partly to bring the picture's middle to `mean_level`, partly by the light that falls on it,
    as phones do (`adapt` 0-1); nine tenths of the picture do not clip. White balanced.
    """
    luminance = light @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    centre = float(np.median(luminance)) * 0.7 + float(np.mean(luminance)) * 0.3
    by_picture = to_linear(phone.mean_level) / max(centre, 1e-6)
    gain = by_picture**phone.adapt * (0.8 / white) ** (1 - phone.adapt) * phone.bias
    bright = float(np.percentile(luminance, 90)) * gain
    gain *= min(1.0, 1.25 / max(bright, 1e-6))
    return np.asarray(light * gain * np.array(phone.white_balance, np.float32), dtype=np.float32)


def to_linear(level: float) -> float:
    """Linear light of an sRGB level, both 0-1 (IEC 61966-2-1)."""
    return float(level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4)


def _blur(light: Image, phone: PhoneSpec) -> Image:
    if phone.defocus_px > 0.2:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), phone.defocus_px), dtype=np.float32)
    if phone.motion_px <= 0:
        return light
    side = 2 * int(np.ceil(phone.motion_px)) + 3
    streak = np.zeros((side, side), np.float32)
    half = np.array([np.cos(np.radians(phone.motion_deg)), np.sin(np.radians(phone.motion_deg))])
    ends = [
        np.round((side // 2 + s * half * phone.motion_px / 2) * 16).astype(int) for s in (-1, 1)
    ]
    start, stop = (tuple(int(v) for v in end) for end in ends)
    cv2.line(streak, start, stop, 1.0, 1, cv2.LINE_AA, 4)
    return np.asarray(cv2.filter2D(light, -1, streak / streak.sum()), dtype=np.float32)


def _vignette(shape: tuple[int, ...], amount: float) -> Image:
    """cos^4-like darkening towards the corners, where it is `amount`."""
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    fall = 1 - amount * (x**2 + y**2) / 2
    return np.asarray(fall[..., None], dtype=np.float32)


def _shadow(shape: tuple[int, ...], phone: PhoneSpec) -> Image:
    """The shadow of the phone or the hand: one soft edge across the picture."""
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    turn = np.radians(phone.shadow_deg)
    across = (x * np.cos(turn) + y * np.sin(turn) - phone.shadow_at) / phone.shadow_soft
    shade = 1 - phone.shadow / (1 + np.exp(-np.clip(across, -30, 30)))
    return np.asarray(shade[..., None], dtype=np.float32)


def _noise(light: Image, phone: PhoneSpec, rng: np.random.Generator) -> Image:
    """Photon noise at `photons` per full well, and read noise, before any tone curve."""
    spread = np.sqrt(np.maximum(light, 0) / phone.photons + phone.read_noise**2)
    grain = rng.standard_normal(light.shape, dtype=np.float32)
    return np.asarray(light + grain * spread, dtype=np.float32)


def _denoise(light: Image, amount: float) -> Image:
    """Smears colour noise, and some of the brightness noise, as phones do."""
    if amount < 0.1:
        return light
    root = np.sqrt(np.clip(light, 0, 4))
    luma = root.mean(axis=2, keepdims=True)
    chroma = cv2.GaussianBlur(root - luma, (0, 0), 0.5 + 2.0 * amount)
    smooth = cv2.bilateralFilter(luma[..., 0], 5, 0.12 * amount + 0.01, 1.5)
    mixed = (1 - amount) * luma[..., 0] + amount * smooth
    return np.asarray(np.maximum(mixed[..., None] + chroma, 0) ** 2, dtype=np.float32)


def _develop(light: Image, phone: PhoneSpec) -> Image:
    """Saturation, soft shoulder, sRGB curve, contrast about the exposure's own level."""
    grey = light.mean(axis=2, keepdims=True)
    light = np.maximum(grey + (light - grey) * phone.saturation, 0)
    knee = 0.75
    over = np.maximum(light - knee, 0)
    light = np.minimum(light, knee) + (1 - knee) * (1 - np.exp(-over / (1 - knee)))
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    pivot = phone.mean_level
    low = pivot * (np.minimum(curve, pivot) / pivot) ** phone.contrast
    high = 1 - (1 - pivot) * ((1 - np.clip(curve, pivot, 1)) / (1 - pivot)) ** phone.contrast
    return np.asarray(np.where(curve < pivot, low, high), dtype=np.float32)


def _sharpen(picture: Image, phone: PhoneSpec) -> Image:
    """Unsharp mask."""
    if phone.sharpen < 0.05:
        return picture
    soft = cv2.GaussianBlur(picture, (0, 0), phone.sharpen_px)
    return np.asarray(picture + phone.sharpen * (picture - soft), dtype=np.float32)


def _resample(picture: Image, scale: float) -> Image:
    """Shrunk and blown up again, as messengers and digital zoom do."""
    if scale >= 1:
        return picture
    height, width = picture.shape[:2]
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grown = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown, dtype=np.float32)
