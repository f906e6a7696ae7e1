"""What lights a scene."""

from types import ModuleType
from typing import Any

import numpy as np

from data.render.backgrounds.texture import Ground
from data.render.spec import LightSpec

Parts = dict[str, Any]
"""Mitsuba's own nested dictionary: plugin names, numbers, and objects of the engine."""
TABLE_MM = 0.002
"""Height of a light table above the ground that it hides: a fraction of the finest hair."""


def lamp(mi: ModuleType, light: LightSpec, distance: float) -> Parts:
    """A square facing the origin; its radiance makes the ground's light independent of size."""
    high, round_ = np.radians(light.elevation_deg), np.radians(light.azimuth_deg)
    way = np.array([np.cos(high) * np.cos(round_), np.cos(high) * np.sin(round_), np.sin(high)])
    half = light.size_ratio * distance / 2
    pose = mi.ScalarTransform4f().look_at(
        origin=(way * distance).tolist(), target=[0, 0, 0], up=[0.01, 0.02, 1]
    ) @ mi.ScalarTransform4f().scale(half)
    radiance = 3.0 * light.power / light.size_ratio**2 / np.sin(high)
    value = [float(radiance * part) for part in light.tint]
    emitter = {"type": "area", "radiance": {"type": "rgb", "value": value}}
    return {"type": "rectangle", "to_world": pose, "emitter": emitter}


def table_light(mi: ModuleType, ground: Ground, shine: float, span_mm: float) -> Parts:
    """A sheet just above the ground, which shines ``shine`` times as bright as that is there."""
    light = np.clip(ground.albedo, 0, 1) * shine
    pixels = mi.Bitmap(np.ascontiguousarray(light, dtype=np.float32))
    pose = mi.ScalarTransform4f().translate([0, 0, TABLE_MM]).scale(span_mm / 2)
    radiance = {"type": "bitmap", "bitmap": pixels, "raw": True, "wrap_mode": "mirror"}
    return {
        "type": "rectangle", "to_world": pose, "emitter": {"type": "area", "radiance": radiance},
    }  # fmt: skip
