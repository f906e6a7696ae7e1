"""Tiers of shaft width: how much of a root a photo can show."""

import math

TIERS = {"under4px": (0.0, 4.0), "4to8px": (4.0, 8.0), "over8px": (8.0, math.inf)}
"""Widths of the shaft in the photo, from and up to, by name; see docs/domain.md, sizes."""
ALL = "all"
"""The name of what holds for all of them together."""


def tier_of(shaft_px: float) -> str:
    """The name of the tier of a shaft of this width (over 0)."""
    return next(tier for tier, (_, end) in TIERS.items() if shaft_px < end)


def in_every_tier(value: float) -> dict[str, float]:
    """One number for all tiers alike."""
    return dict.fromkeys(TIERS, value)
