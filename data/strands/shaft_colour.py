"""The colour of a shaft: how unlike hair it is, and how unlike that of other strands.

Threads and lint are often red, green or blue, and seldom of the same colour as the hairs beside
them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, END_X, RootCrop

HAIR_HUES = (10.0, 100.0)
"""Hue angles in Lab, in degrees, of red, brown and blond hair: from red to just beyond yellow. Our
choice."""
MAX_ODD_COLOUR = 60.0
LIGHTNESS_SHARE = 0.3
"""How much a difference in lightness counts beside one in a or b: hairs of one head differ in
lightness, by gloss and by grey. Our choice."""
_ALONG = slice(int(END_X - 7 * CROP_SHAFT_PX), int(END_X - CROP_SHAFT_PX))
_ACROSS = slice(CROP_HEIGHT // 2 - 3, CROP_HEIGHT // 2 + 4)
"""The middle of the shaft, from seven shaft widths to one before its end."""


@dataclass(frozen=True)
class ShaftColour:
    """A colour in Lab: ``lightness`` 0 to 100, ``a`` and ``b`` about -100 to 100."""

    lightness: float
    a: float
    b: float

    @property
    def odd(self) -> float:
        """How far it lies from the colours of hair, in a and b: 0 for grey, black, white, brown or
        blond, ``MAX_ODD_COLOUR`` at most."""
        low, high = HAIR_HUES
        middle, half = math.radians((low + high) / 2), math.radians((high - low) / 2)
        turn = abs((math.atan2(self.b, self.a) - middle + math.pi) % (2 * math.pi) - math.pi)
        beyond = min(max(turn - half, 0.0), math.pi / 2)
        return min(math.hypot(self.a, self.b) * math.sin(beyond), MAX_ODD_COLOUR)

    def distance(self, other: "ShaftColour") -> float:
        """The distance between two colours in Lab, lightness counting ``LIGHTNESS_SHARE``."""
        lightness = LIGHTNESS_SHARE * (self.lightness - other.lightness)
        return math.hypot(lightness, self.a - other.a, self.b - other.b)


def shaft_colour(crop: RootCrop) -> ShaftColour:
    """The median colour of the shaft before its end."""
    levels = crop.pixels[_ACROSS, _ALONG].reshape(-1, 1, 3).astype(np.float32) / 255
    return ShaftColour(*np.median(cv2.cvtColor(levels, cv2.COLOR_BGR2LAB)[:, 0], axis=0).tolist())


def mean_colour(colours: Sequence[ShaftColour]) -> ShaftColour | None:
    """The mean of the colours of a strand's ends; None without any."""
    if not colours:
        return None
    parts = zip(*((each.lightness, each.a, each.b) for each in colours), strict=True)
    return ShaftColour(*(sum(part) / len(colours) for part in parts))
