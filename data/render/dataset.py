"""A folder of rendered photos with their truth, which can be stopped and taken up again."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.io.jsonl import append_line, cut_torn_line, read_lines
from data.render.backgrounds.photographs import held_out_grounds, usable_grounds
from data.render.camera import CameraSpec
from data.render.geometry.hair import HairShape
from data.render.phone_camera import encode, photograph
from data.render.ray_tracer import load
from data.render.sampling.scene import sample_scene
from data.render.scene import BuiltScene, build_scene, trace_scene
from data.render.spec import LABEL_OF_KIND, HairSpec, SceneSpec
from data.render.variants import LOOKS, LookName
from data.strands.curves import resample

Array = NDArray[np.float64]
Json = dict[str, object]
Progress = Callable[[int, int], None]
Shot = tuple[str, Callable[[], tuple[bytes, Json]]]
"""A photo's name, and what takes it: the JPEG file and its line of truth."""

POLYLINE_STEP_PX = 10.0
_COARSE_END = {"oblique": "cut", "split": "frayed"}


def render_dataset(
    out: Path,
    count: int,
    seed: int,
    grounds: Path | None = None,
    regimes: Sequence[str] | None = None,
    look: LookName = "usual",
    progress: Progress | None = None,
) -> None:
    """Renders photos 0..count-1 of a seed into `out`/photos, with `out`/truth.jsonl beside.

    Photos already in the truth file are skipped. `grounds`: a folder of photographed grounds, of
    which a third is held out. `progress(done, count)` is called after each photo. `look`: another
    one is for measuring, and lies on held-out grounds. Raises RendererMissingError without
    mitsuba, ValueError for unknown regimes or an empty `grounds`.
    """
    load()
    names = [path.name for path in usable_grounds(grounds)] if grounds else []
    never_used = [path.name for path in held_out_grounds(grounds)] if grounds else []

    def shot(index: int) -> Shot:
        spec = LOOKS[look](sample_scene(seed, index, regimes, names), never_used)
        name = f"{spec.regime}_{seed}_{index:05d}.jpg"
        return name, partial(_photo_and_truth, name, spec, grounds)

    take_photos(out, map(shot, range(count)), count, progress)


def _photo_and_truth(name: str, spec: SceneSpec, grounds: Path | None) -> tuple[bytes, Json]:
    built = build_scene(spec, grounds)
    picture = photograph(trace_scene(built), spec.phone, spec.white)
    return encode(picture, spec.phone), truth_line(name, built)


def take_photos(
    out: Path, shots: Iterable[Shot], count: int, progress: Progress | None = None
) -> None:
    """Writes those of `count` photos that are not in `out` yet, each before its line of truth."""
    (out / "photos").mkdir(parents=True, exist_ok=True)
    truth = out / "truth.jsonl"
    cut_torn_line(truth)
    done = {line["photo"] for line in read_lines(truth)} if truth.exists() else set()
    for number, (name, take) in enumerate(shots, 1):
        if name not in done:
            raw, line = take()
            (out / "photos" / name).write_bytes(raw)
            append_line(truth, line)
        if progress:
            progress(number, count)


def truth_line(name: str, built: BuiltScene) -> Json:
    """What is true of a photo, in its pixels; the fields are in docs/how-it-works/rendering.md."""
    spec, camera = built.spec, built.spec.camera
    return {
        "photo": name,
        "width": camera.width_px,
        "height": camera.height_px,
        "regime": spec.regime,
        "background": spec.ground.kind,
        "decor": spec.ground.decor or None,
        "material": spec.material,
        "seed": spec.seed,
        "px_per_mm": round(camera.px_per_mm, 4),
        "hairs": [
            hair_truth(hair, shape, camera)
            for hair, shape in zip(spec.hairs, built.hairs, strict=True)
        ],
        "clutter": [
            {"kind": thing.kind, "xy": _rounded(camera.project(mesh.points.mean(axis=0))[0])}
            for thing, mesh in zip(spec.clutter, built.clutter, strict=True)
        ],
    }


def hair_truth(hair: HairSpec, shape: HairShape, camera: CameraSpec) -> Json:
    """One hair of a truth line."""
    line = resample(camera.project(shape.line), POLYLINE_STEP_PX)
    kind = hair.root.kind
    label = LABEL_OF_KIND[kind]
    return {
        "root": label,
        "root_kind": hair.root.kind,
        "root_make": hair.root.make,
        "end_kind": _COARSE_END.get(kind, kind) if label == "bare" else None,
        "tip": "tapered" if hair.tip.kind == "tapered" else "cut",
        "tip_kind": hair.tip.kind,
        "root_xy": _rounded(line[0]),
        "root_tip_xy": _rounded(camera.project(shape.far)[0]),
        "tip_xy": _rounded(line[-1]),
        "root_in_photo": camera.holds(line[0]),
        "tip_in_photo": camera.holds(line[-1]),
        "shaft_px": round(hair.width_mm * camera.scale_at(shape.line[0]), 3),
        "length_px": round(float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum()), 1),
        "melanin": round(hair.colour.melanin, 3),
        "grey": hair.colour.grey,
        "dyed": hair.colour.dye is not None,
        "polyline": [_rounded(point) for point in line],
    }


def _rounded(xy: Array) -> list[float]:
    return [round(float(xy[0]), 2), round(float(xy[1]), 2)]
