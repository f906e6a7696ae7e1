"""How unlike hair the colour of a shaft is: threads and lint are often red, green or blue."""

import math

import cv2
import numpy as np

from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, END_X, RootCrop

HAIR_HUES = (10.0, 100.0)
"""Hue angles in Lab, in degrees, of red, brown and blond hair: from red to just beyond yellow. Our
choice."""
MAX_ODD_COLOUR = 60.0
_ALONG = slice(int(END_X - 7 * CROP_SHAFT_PX), int(END_X - CROP_SHAFT_PX))
_ACROSS = slice(CROP_HEIGHT // 2 - 3, CROP_HEIGHT // 2 + 4)
"""The middle of the shaft, from seven shaft widths to one before its end."""


def odd_colour(crop: RootCrop) -> float:
    """How far the shaft's colour lies from those of hair, in a and b of Lab: 0 for grey, black,
    white, brown or blond, ``MAX_ODD_COLOUR`` at most."""
    pixels = crop.pixels[_ACROSS, _ALONG].reshape(-1, 1, 3).astype(np.float32) / 255
    a, b = np.median(cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB)[:, 0, 1:], axis=0).tolist()
    low, high = HAIR_HUES
    middle, half = math.radians((low + high) / 2), math.radians((high - low) / 2)
    turn = abs((math.atan2(b, a) - middle + math.pi) % (2 * math.pi) - math.pi)
    beyond = min(max(turn - half, 0.0), math.pi / 2)
    return min(math.hypot(a, b) * math.sin(beyond), MAX_ODD_COLOUR)
