"""What a person states about the scale of their photos."""

import re
from dataclasses import dataclass

from data.scale.card import CHECK_LINE_MM
from data.scale.coins import COINS_MM
from data.scale.scale import ScaleSource

MIN_UM_PER_PX, MAX_UM_PER_PX = 0.05, 500.0
"""Limits of a typed scale: beyond them no hair could be seen as one."""
MIN_COIN_MM, MAX_COIN_MM = 10.0, 50.0
_MIN_PRINT, _MAX_PRINT = 0.8, 1.2
SCALE_HELP = (
    "auto (our printed card if it is found, or the file of a microscope), none, card, bank_card, "
    "ruler, coin=NAME (such as eur_1, usd_25c; or its diameter, coin=23.25mm), any (our card, a "
    "bank card or a ruler, if one is found), or the length of a pixel, such as 1.4um or 0.0014mm. "
    "card=98.5mm: its line of 100 mm was printed that long"
)
SCALE_PATTERN = r"^[ -~µ]{1,40}$"
"""What the text may consist of."""


@dataclass(frozen=True)
class ScaleRequest:
    """Where to take the scale from.

    ``source`` None: from our card or the file; with ``any_thing`` from a bank card or a ruler as
    well. ``never``: no scale is wanted. ``size`` belongs to the source: the diameter of a coin or
    the length of the card's check line, in millimetres; millimetres per pixel if typed.
    """

    source: ScaleSource | None = None
    size: float = CHECK_LINE_MM
    never: bool = False
    any_thing: bool = False
    coin: str | None = None

    @classmethod
    def parse(cls, text: str) -> "ScaleRequest":
        """Reads SCALE_HELP's notation. Raises ValueError that names what is wrong."""
        kind, _, value = text.strip().lower().partition("=")
        if kind in _PLAIN and not value:
            return _PLAIN[kind]
        if kind == "coin":
            return cls._coin(value)
        number = _number(value, "mm") if kind == "card" else None
        if number is not None:
            if not _MIN_PRINT <= number / CHECK_LINE_MM <= _MAX_PRINT:
                raise ValueError("the card's line of 100 mm cannot be that long; measure it again")
            return cls(ScaleSource.CARD, number)
        typed = None if value else _typed_um(kind)
        if typed is not None and MIN_UM_PER_PX <= typed <= MAX_UM_PER_PX:
            return cls(ScaleSource.TYPED, typed / 1000)
        raise ValueError(f"'{text}' is no scale. Use one of: {SCALE_HELP}")

    @classmethod
    def _coin(cls, value: str) -> "ScaleRequest":
        diameter = COINS_MM.get(value) or _number(value, "mm")
        if diameter is None or not MIN_COIN_MM <= diameter <= MAX_COIN_MM:
            raise ValueError(f"'coin={value}' is no coin; known: {', '.join(COINS_MM)}")
        return cls(ScaleSource.COIN, diameter, coin=value if value in COINS_MM else None)


AUTO = ScaleRequest()
_PLAIN = {
    "auto": AUTO,
    "none": ScaleRequest(never=True),
    "any": ScaleRequest(any_thing=True),
    "card": ScaleRequest(ScaleSource.CARD),
    "bank_card": ScaleRequest(ScaleSource.BANK_CARD),
    "ruler": ScaleRequest(ScaleSource.RULER),
}


def _typed_um(text: str) -> float | None:
    mm = _number(text, "mm")
    return _number(text, "um") if mm is None else 1000 * mm


def _number(text: str, unit: str) -> float | None:
    match = re.fullmatch(rf"(\d+(?:\.\d+)?|\.\d+)\s*{unit}", text.replace("µ", "u"))
    return float(match[1]) if match else None
