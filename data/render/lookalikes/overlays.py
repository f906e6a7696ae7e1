"""What cameras and microscopes burn into a picture: scale bars, captions, time stamps."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from data.render import labels
from data.render.lookalikes.lettering import put, written
from data.render.lookalikes.picture import Mask, Picture, covered

Pixels = NDArray[np.uint8]
INKS = ((255, 255, 255), (0, 0, 0), (255, 0, 0), (255, 255, 0), (0, 0, 255), (0, 255, 0))
INK_SHARES = (0.42, 0.3, 0.12, 0.08, 0.04, 0.04)
LENGTHS_MM = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20])
STRIP_SHARE, PLATE_SHARE = 0.2, 0.25
"""Overlays on a strip along the border, and on a plate behind the words; our choice."""
WORDS = ("Sample", "Fibre", "Mag", "x200", "WD 8.1 mm", "HV 15.0 kV", "IMG", "cam1", "PL 4/0.10",
         "Textile", "CA", "SE", "det", "Lens Z20", "exp 12 ms", "Area", "Spot 3.0")  # fmt: skip


def burn_in(picture: Picture, pixels: Pixels, kind: str, rng: np.random.Generator) -> Pixels:
    """`pixels` (H, W, 3) with an overlay in one flat colour; mask and clutter have it too."""
    parts = _PARTS[kind](picture, rng)
    wide = max(part.shape[1] for part in parts)
    gap = int(rng.integers(2, 10))
    high = sum(part.shape[0] for part in parts) + gap * (len(parts) - 1)
    ink = np.zeros(picture.mask.shape, np.uint8)
    width, height = picture.size
    margin = int(rng.uniform(0.008, 0.05) * width)
    right, low = rng.random() < 0.65, rng.random() < 0.75
    left = width - wide - margin if right else margin
    top = height - high - margin if low else margin
    y = top
    for part in parts:
        put(ink, part, left + (wide - part.shape[1]) // 2, y)
        y += part.shape[0] + gap
    colour = INKS[int(rng.choice(len(INKS), p=INK_SHARES))]
    made = np.asarray(pixels, np.float32)
    style = rng.random()
    if style < STRIP_SHARE + PLATE_SHARE:
        plate = np.zeros(ink.shape, bool)
        if style < STRIP_SHARE:
            plate[slice(top - margin, None) if low else slice(top + high + margin)] = True
        else:
            pad = margin // 2 + 2
            box = (max(0, top - pad), top + high + pad, max(0, left - pad), left + wide + pad)
            plate[box[0] : box[1], box[2] : box[3]] = True
        made[plate] = 0 if sum(colour) > 255 else 255
    cover = covered(ink)[..., None]
    inked = made * (1 - cover) + np.array(colour, np.float32) * cover
    picture.mask[ink > 127] = labels.OTHER
    picture.note(kind, ink > 127)
    return np.asarray(inked.round(), np.uint8)


def _scale_bar(picture: Picture, rng: np.random.Generator) -> list[Mask]:
    """A bar of a round length, plain, with ticks at its ends or divided, and its length."""
    width = picture.size[0]
    target = width * rng.uniform(0.08, 0.35) / picture.px_per_mm
    mm = float(LENGTHS_MM[np.abs(np.log(LENGTHS_MM / target)).argmin()])
    long = max(20, int(min(mm * picture.px_per_mm, 0.7 * width)))
    thick = int(np.exp(rng.uniform(np.log(2), np.log(22))))
    tick = int(rng.choice([0, 0, thick, 3 * thick]))
    bar = np.zeros((thick + 2 * tick, long), np.uint8)
    bar[tick : tick + thick] = 255
    if tick:
        stroke = max(2, thick // 2)
        bar[:, :stroke] = bar[:, -stroke:] = 255
        if rng.random() < 0.3:
            for at in np.linspace(0, long, int(rng.choice([3, 5, 6, 11])))[1:-1].astype(int):
                bar[: tick + thick, at - stroke // 2 : at + stroke // 2 + 1] = 255
    sign = str(rng.choice(["um", "µm", " µm", " um"]))
    length = f"{mm * 1000:.0f}{sign}" if mm < 1 else f"{mm:.0f} mm"
    if rng.random() < 0.12:
        return [bar]
    caption = written(length, float(rng.uniform(10, 44)), rng)
    return [caption, bar] if rng.random() < 0.7 else [bar, caption]


def _caption(picture: Picture, rng: np.random.Generator) -> list[Mask]:
    """One to four lines about the sample and the instrument."""
    high = float(rng.uniform(10, 36))
    lines = []
    for _ in range(int(rng.integers(1, 5))):
        words = " ".join(str(word) for word in rng.choice(WORDS, int(rng.integers(1, 5))))
        lines.append(written(f"{words} {int(rng.integers(1, 9999))}", high, rng))
    return [line[:, : picture.size[0] - 20] for line in lines]


def _time_stamp(picture: Picture, rng: np.random.Generator) -> list[Mask]:
    """Date and time."""
    day, month, year = (
        int(rng.integers(1, 29)),
        int(rng.integers(1, 13)),
        int(rng.integers(2005, 2027)),
    )
    date = str(rng.choice([f"{year}/{month:02d}/{day:02d}", f"{day:02d}.{month:02d}.{year}",
                           f"{month}/{day}/{year}", f"{year}-{month:02d}-{day:02d}"]))  # fmt: skip
    clock = f"{int(rng.integers(24)):02d}:{int(rng.integers(60)):02d}"
    seconds = f":{int(rng.integers(60)):02d}" if rng.random() < 0.5 else ""
    return [written(f"{date} {clock}{seconds}", float(rng.uniform(12, 48)), rng)]


_PARTS: dict[str, Callable[[Picture, np.random.Generator], list[Mask]]] = {
    "scale_bar": _scale_bar,
    "caption": _caption,
    "time_stamp": _time_stamp,
}
OVERLAYS = tuple(_PARTS)
"""Overlays by the name that truth.jsonl gives them."""
