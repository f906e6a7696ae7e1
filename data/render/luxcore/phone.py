"""From light to a JPEG: a sensor with a Bayer mosaic, demosaicing, tone mapping, local contrast."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Light = NDArray[np.float32]
Pixels = NDArray[np.uint8]
BAD_SHARE = 0.13


@dataclass(frozen=True)
class Sensor:
    """`key` is the level of mid-grey after exposure, `electrons` the full well at this gain."""

    seed: int
    key: float
    electrons: float
    read: float
    blur_px: float
    gamma: float
    local: float
    crisp: float
    quality: int
    balance: tuple[float, float, float]
    shake_px: float
    corner: float
    grey: bool


def sample_sensor(rng: np.random.Generator, scientific: bool) -> Sensor:
    """Most cameras are sharp and well exposed; some photos have one fault."""
    fault = str(rng.choice(["dark", "bright", "grain", "blur", "shake", "small"]))
    if rng.random() >= BAD_SHARE:
        fault = ""
    warm = float(np.exp(rng.normal(0, 0.05)))
    return Sensor(
        seed=int(rng.integers(2**31)),
        key=float(np.exp(rng.normal(0, 0.15)) * {"dark": 0.35, "bright": 1.9}.get(fault, 1.0)),
        electrons=float(np.exp(rng.uniform(np.log(1500), np.log(20000))))
        * (0.06 if fault == "grain" else 1),
        read=float(rng.uniform(0.5, 4)),
        blur_px=float(rng.uniform(1.0, 2.4) if fault == "blur" else rng.uniform(0.1, 0.6)),
        gamma=float(rng.uniform(0.85, 1.2)),
        local=float(rng.uniform(0, 2.0) if rng.random() < 0.5 else 0),
        crisp=float(rng.uniform(0, 1.2)),
        quality=int(rng.integers(40, 70) if fault == "small" else rng.integers(80, 97)),
        balance=(warm, 1.0, 1 / warm),
        shake_px=float(rng.uniform(2, 6) if fault == "shake" else 0),
        corner=float(rng.uniform(0, 0.25)),
        grey=bool(scientific and rng.random() < 0.4),
    )


def develop(light: Light, sensor: Sensor) -> Pixels:
    """The picture of linear RGB light (H, W, 3)."""
    rng = np.random.default_rng(sensor.seed)
    light = np.maximum(np.nan_to_num(light), 0) * np.array(sensor.balance, np.float32)
    light = _optics(light, sensor)
    light = light * np.float32(_gain(light) * sensor.key)
    mosaic = _mosaic(light)
    electrons = mosaic * sensor.electrons
    grain = np.sqrt(electrons + sensor.read**2) * rng.standard_normal(mosaic.shape)
    mosaic = np.clip((electrons + grain) / sensor.electrons, 0, 1)
    raw = np.round(mosaic * 65535 / 1.02 + 600).clip(0, 65535).astype(np.uint16)
    colour = cv2.cvtColor(raw, cv2.COLOR_BayerRGGB2RGB_EA).astype(np.float32)
    colour = np.clip((colour - 600) / 64000, 0, 1)
    picture = _tone(colour, sensor)
    if sensor.grey:
        picture = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)
    return np.round(picture * 255).astype(np.uint8)


def encode(pixels: Pixels, sensor: Sensor) -> bytes:
    """The JPEG file, with its colour at half resolution in three of five."""
    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    if sensor.seed % 5 < 2:
        sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
    options = [cv2.IMWRITE_JPEG_QUALITY, sensor.quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    ok, raw_file = cv2.imencode(".jpg", pixels[..., ::-1], options)
    if not ok:
        raise ValueError("the picture could not be encoded")
    return bytes(raw_file.tobytes())


def _optics(light: Light, sensor: Sensor) -> Light:
    """A round blur, shake, and dark corners."""
    side = 7
    y, x = np.mgrid[-3:4, -3:4]
    disk = np.clip(sensor.blur_px + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    blurred = cv2.filter2D(light, -1, disk / disk.sum())
    if sensor.shake_px:
        side = int(np.ceil(sensor.shake_px)) * 2 + 1
        path = np.zeros((side, side), np.float32)
        rng = np.random.default_rng(sensor.seed + 1)
        walk = np.cumsum(rng.normal(0, sensor.shake_px / 6, (20, 2)), axis=0)
        for px, py in np.clip(np.round(walk + side // 2), 0, side - 1).astype(int):
            path[py, px] += 1
        blurred = cv2.filter2D(blurred, -1, path / path.sum())
    height, width = light.shape[:2]
    gy, gx = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    fall = 1 / (1 + sensor.corner * (gx**2 + gy**2) / 2) ** 2
    return np.asarray(blurred * fall[..., None], dtype=np.float32)


def _gain(light: Light) -> float:
    """Brings the log-average to 0.3 of full scale, but keeps 98 % below 0.85."""
    luminance = light @ np.array([0.25, 0.6, 0.15], np.float32)
    average = float(np.exp(np.log(luminance + 1e-4).mean()))
    bright = float(np.percentile(luminance, 98))
    middle = float(0.3 / max(average, 1e-4))
    return min(middle, 0.85 / max(bright, 1e-4)) if average > 0.02 * bright else 0.6 / bright


def _mosaic(light: Light) -> NDArray[np.float64]:
    """One colour a pixel: red and blue on the diagonal."""
    made = light[..., 1].astype(np.float64)
    made[0::2, 0::2] = light[0::2, 0::2, 0]
    made[1::2, 1::2] = light[1::2, 1::2, 2]
    return np.asarray(made)


def _tone(colour: Light, sensor: Sensor) -> Light:
    """A filmic curve on the maximum of the channels, local contrast, and a crisp edge."""
    top = colour.max(axis=2, keepdims=True) + 1e-5
    shoulder = top * (1 + top / 1.4) / (1 + top)
    mapped = colour / top * shoulder / (1 / 1.4 + 1) * 2
    picture = np.clip(mapped, 0, 1) ** (sensor.gamma / 2.2)
    if sensor.local:
        lab = cv2.cvtColor(np.round(picture * 255).astype(np.uint8), cv2.COLOR_RGB2LAB)
        equal = cv2.createCLAHE(clipLimit=1 + sensor.local, tileGridSize=(6, 6)).apply(lab[..., 0])
        lab[..., 0] = cv2.addWeighted(lab[..., 0], 0.6, equal, 0.4, 0)
        picture = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB).astype(np.float32) / 255
    soft = cv2.boxFilter(picture, -1, (3, 3))
    return np.asarray(np.clip(picture + sensor.crisp * (picture - soft), 0, 1), dtype=np.float32)
