"""Words in a proportional or a stroked typeface."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

Mask = NDArray[np.uint8]
LETTERS = "aaabcdeeeeefghiiijklmnnoooprrsssttttuvwyz"


def written(words: str, high_px: float, rng: np.random.Generator) -> Mask:
    """The ink 0-255 of a line of words, its capitals about `high_px` high: half of them in
    Pillow's typeface, the others in one of OpenCV's strokes."""
    if rng.random() < 0.5:
        font = ImageFont.load_default(max(6.0, 1.35 * high_px))
        left, top, right, bottom = (int(v) for v in font.getbbox(words))
        sheet = Pictures.new("L", (max(1, right - left) + 2, max(1, bottom - top) + 2))
        ImageDraw.Draw(sheet).text((1 - left, 1 - top), words, fill=255, font=font)
        return np.asarray(sheet, np.uint8).copy()
    face = int(rng.choice([0, 0, 0, 1, 2, 3, 4]))
    thick = max(1, round(high_px / rng.uniform(7, 14)))
    scale = high_px / 22
    (wide, tall), base = cv2.getTextSize(words, face, scale, thick)
    ink = np.zeros((tall + base + 2 * thick, wide + 2 * thick), np.uint8)
    cv2.putText(ink, words, (thick, tall + thick), face, scale, 255.0, thick, cv2.LINE_AA)
    return ink


def any_words(count: int, rng: np.random.Generator) -> str:
    """Words of random letters."""
    lengths = rng.integers(2, 10, count)
    words = ("".join(rng.choice(list(LETTERS), n)) for n in lengths)
    return " ".join(word.capitalize() if rng.random() < 0.15 else word for word in words)


def put(ink: Mask, words: Mask, x: int, y: int) -> None:
    """Writes `words` into `ink` with its upper left corner at (x, y); what is outside is lost."""
    top, left = max(0, y), max(0, x)
    bottom, right = min(ink.shape[0], y + words.shape[0]), min(ink.shape[1], x + words.shape[1])
    if bottom > top and right > left:
        part = ink[top:bottom, left:right]
        np.maximum(part, words[top - y : bottom - y, left - x : right - x], out=part)
