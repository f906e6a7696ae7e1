"""A folder of photos by LuxCore, in the format of every maker; a stopped run is resumed."""

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.render.backgrounds.photographs import usable_grounds
from data.render.dataset import Json, take_photos
from data.render.labels import write_labels
from data.render.legibility import with_legibility
from data.render.legible.overlays import with_overlay
from data.render.luxcore.build import BuiltStrand, Speck, build_specks, build_strand
from data.render.luxcore.grounds import SHEETS, Sheet, photographed_sheet
from data.render.luxcore.phone import develop, encode, sample_sensor
from data.render.luxcore.plan import PlannedHair, ScenePlan, sample_plan
from data.render.luxcore.raster import paint_labels
from data.render.luxcore.trace import span_mm, trace_plan
from data.render.ray_tracer import RendererMissingError
from data.strands.curves import resample

Array = NDArray[np.float64]


def render_luxcore(
    out: Path,
    count: int,
    seed: int,
    grounds: Path | None = None,
    captures: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Renders photos 0..count-1 of a seed into `out`.

    Raises RendererMissingError without pyluxcore, ValueError for unknown captures or an empty
    `grounds`.
    """
    if importlib.util.find_spec("pyluxcore") is None:
        raise RendererMissingError("this maker needs LuxCore: pip install 'shedlight[render]'")
    names = [path.name for path in usable_grounds(grounds)] if grounds else []

    def shot(index: int) -> tuple[str, Callable[[], tuple[bytes, Json]]]:
        plan = sample_plan(seed, index, captures, names)
        name = f"lux_{plan.capture}_{seed}_{index:05d}.jpg"
        return name, lambda: _taken(out, name, plan, grounds)

    take_photos(out, map(shot, range(count)), count, progress)


def _taken(out: Path, name: str, plan: ScenePlan, grounds: Path | None) -> tuple[bytes, Json]:
    rng = np.random.default_rng([plan.seed, 2])
    sheet = _sheet(plan, grounds, rng)
    height = _heights(sheet, span_mm(plan.view))
    strands = [build_strand(strand, height) for strand in plan.strands]
    specks = build_specks(plan, height)
    bodies = [body for strand in strands for body in strand.bodies]
    light = trace_plan(plan, sheet, bodies + [speck.body for speck in specks])
    pieces = [p for b in bodies for p in b.pieces] + [p for s in specks for p in s.body.pieces]
    mask = paint_labels(plan.view, pieces)
    sensor = sample_sensor(rng, plan.capture == "scope")
    like = "none" if not strands else "near" if plan.capture == "scope" else plan.capture
    picture = develop(light, sensor)
    picture, overlay = with_overlay(picture, mask, like, plan.view.px_per_mm, rng)
    raw = encode(picture, sensor)
    line = _truth(name, plan, strands, specks)
    line |= {"mask": write_labels(out, name, mask), "overlay": overlay}
    return raw, with_legibility(line, raw, mask)


def _sheet(plan: ScenePlan, grounds: Path | None, rng: np.random.Generator) -> Sheet:
    if plan.ground.startswith("photo:"):
        if grounds is None:
            raise ValueError(f"the folder of {plan.ground} is not given")
        return photographed_sheet(grounds / plan.ground.removeprefix("photo:"), rng)
    return SHEETS[plan.ground](span_mm(plan.view), rng)


def _heights(sheet: Sheet, side_mm: float) -> Callable[[Array], Array]:
    """Height in mm of the ground under (N, 2) points."""
    grid = sheet.height_mm

    def height(at: Array) -> Array:
        if grid is None:
            return np.zeros(len(at))
        cell = np.clip((at / side_mm + 0.5) * (len(grid) - 1), 0, len(grid) - 1.001)
        column, row = cell.astype(int).T
        right, down = (cell % 1).T
        upper = grid[row, column] * (1 - right) + grid[row, column + 1] * right
        lower = grid[row + 1, column] * (1 - right) + grid[row + 1, column + 1] * right
        return np.asarray(upper * (1 - down) + lower * down, dtype=np.float64)

    return height


def _truth(name: str, plan: ScenePlan, strands: list[BuiltStrand], specks: list[Speck]) -> Json:
    view = plan.view
    return {
        "photo": name,
        "width": view.width_px,
        "height": view.height_px,
        "regime": plan.capture,
        "background": plan.ground,
        "decor": None,
        "material": "glossy",
        "seed": plan.seed,
        "px_per_mm": round(view.px_per_mm, 4),
        "maker": "luxcore",
        "transmitted": False,
        "hairs": [_hair(plan, s, b) for s, b in zip(plan.strands, strands, strict=True)],
        "clutter": [
            {"kind": speck.kind, "xy": _pixel(view.pixels(speck.body.points.mean(axis=0))[0])}
            for speck in specks
        ],
    }


def _hair(plan: ScenePlan, strand: PlannedHair, built: BuiltStrand) -> Json:
    view = plan.view
    line = resample(view.pixels(built.line), 10.0)
    bare = {"oblique": "cut", "split": "frayed"}
    return {
        "root": strand.label,
        "root_kind": strand.kind,
        "root_make": "field",
        "end_kind": bare.get(strand.kind, strand.kind) if strand.label == "bare" else None,
        "tip": "tapered" if strand.tip_kind == "tapered" else "cut",
        "tip_kind": strand.tip_kind,
        "root_xy": _pixel(line[0]),
        "root_tip_xy": _pixel(view.pixels(built.far)[0]),
        "tip_xy": _pixel(line[-1]),
        "root_in_photo": view.inside(line[0]),
        "tip_in_photo": view.inside(line[-1]),
        "shaft_px": round(strand.width_mm * view.scale(built.line[0]), 3),
        "length_px": round(float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum()), 1),
        "melanin": round(strand.melanin, 3),
        "grey": strand.grey,
        "dyed": strand.dyed,
        "polyline": [_pixel(point) for point in line],
    }


def _pixel(xy: Array) -> list[float]:
    return [round(float(xy[0]), 2), round(float(xy[1]), 2)]
