"""A folder of legible photos with truth and label pictures, which can be stopped and resumed."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from data.render.backgrounds.photographs import usable_grounds
from data.render.dataset import Json, Progress, Shot, take_photos, truth_line
from data.render.labels import write_labels
from data.render.legibility import with_legibility
from data.render.legible.overlays import with_overlay
from data.render.legible.scene import sample_legible_scene
from data.render.legible.trace import trace_with_labels
from data.render.legible.transmitted import seen_through
from data.render.phone_camera import encode, photograph
from data.render.ray_tracer import load
from data.render.scene import build_scene
from data.render.spec import SceneSpec


def render_legible(
    out: Path,
    count: int,
    seed: int,
    grounds: Path | None = None,
    captures: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> None:
    """Renders photos 0..count-1 of a seed into `out`/photos, with masks and truth.jsonl beside.

    Photos in the truth file already are not rendered again. Raises RendererMissingError without
    mitsuba, ValueError for unknown captures or an empty `grounds`.
    """
    load()
    names = [path.name for path in usable_grounds(grounds)] if grounds else []

    def shot(index: int) -> Shot:
        spec = sample_legible_scene(seed, index, captures, names)
        name = f"{spec.regime}_{seed}_{index:05d}.jpg"
        return name, lambda: _taken(out, name, spec, grounds)

    take_photos(out, map(shot, range(count)), count, progress)


def _taken(out: Path, name: str, spec: SceneSpec, grounds: Path | None) -> tuple[bytes, Json]:
    built = build_scene(spec, grounds)
    if spec.backlight:
        built = seen_through(built)
    light, mask = trace_with_labels(built)
    picture = photograph(light, spec.phone, spec.white)
    rng = np.random.default_rng([spec.seed, 5])
    picture, overlay = with_overlay(picture, mask, spec.regime, spec.camera.px_per_mm, rng)
    if spec.backlight and rng.random() < 0.4:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        picture = np.repeat(grey[..., None], 3, axis=2)
    line = truth_line(name, built)
    line |= {
        "maker": "mitsuba",
        "mask": write_labels(out, name, mask),
        "overlay": overlay,
        "transmitted": spec.backlight > 0,
    }
    raw = encode(picture, spec.phone)
    return raw, with_legibility(line, raw, mask)
