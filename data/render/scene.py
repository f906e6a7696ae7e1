"""From a scene's description to what Mitsuba traces."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render.backgrounds.markings import decorate
from data.render.backgrounds.photographs import photographed
from data.render.backgrounds.procedural import PAINTERS
from data.render.backgrounds.texture import Ground, Patch, turned
from data.render.backgrounds.tissue import TISSUE_PAINTERS
from data.render.camera import CameraSpec
from data.render.geometry.centre_line import Height
from data.render.geometry.clutter import build_clutter
from data.render.geometry.hair import Fibre, HairShape, build_hair
from data.render.geometry.mesh import Mesh, merge
from data.render.lights import Parts, lamp, table_light
from data.render.ray_tracer import load
from data.render.spec import GroundSpec, HairSpec, SceneSpec

Array = NDArray[np.float64]
GROUND_SPAN = 2.2
"""Side of the ground over the longer side of the view: room for tilt and perspective."""
PATCH_MAX_PX = 2400
MAX_DEPTH = 7
PASSES = 4
BURIED_MM = 20.0
"""Depth below a hair of the curve no ray meets, far more than any hair's lift: our assumption."""


@dataclass(frozen=True)
class BuiltScene:
    """The shapes of a scene, ready to trace; `hairs` in the order of the spec."""

    spec: SceneSpec
    ground: Ground
    span_mm: float
    hairs: list[HairShape]
    clutter: list[Mesh]


def build_scene(spec: SceneSpec, grounds: Path | None = None) -> BuiltScene:
    """All geometry and textures, without the engine. `grounds`: folder of photographed ones."""
    span = GROUND_SPAN * max(spec.camera.view_mm)
    detail = max(spec.camera.width_px, spec.camera.height_px) * spec.camera.render_scale
    patch = Patch(size := int(min(PATCH_MAX_PX, GROUND_SPAN * detail)), span / size)
    ground = paint_ground(spec.ground, patch, grounds)
    height = ground_height(ground, span)
    hairs = [build_hair(hair, height) for hair in spec.hairs]
    return BuiltScene(spec, ground, span, hairs, [build_clutter(c, height) for c in spec.clutter])


def paint_ground(spec: GroundSpec, patch: Patch, grounds: Path | None) -> Ground:
    """The ground's texture. Raises KeyError for an unknown kind, ValueError without its folder."""
    rng = np.random.default_rng(spec.seed)
    if not spec.kind.startswith("photo:"):
        painter = PAINTERS.get(spec.kind) or TISSUE_PAINTERS[spec.kind]
        ground = turned(painter(patch, rng), int(rng.integers(4)))
    elif grounds is None:
        raise ValueError(f"the folder of {spec.kind} is not given")
    else:
        ground = photographed(grounds / spec.kind.removeprefix("photo:"), patch, rng)
    return decorate(ground, spec.decor, patch, rng) if spec.decor else ground


def ground_height(ground: Ground, span_mm: float) -> Height:
    """Height in mm under any (N, 2) points in mm."""
    relief = ground.relief_mm

    def height(xy: Array) -> Array:
        if relief is None:
            return np.zeros(len(xy))
        cells = np.clip((xy / span_mm + 0.5) * (len(relief) - 1), 0, len(relief) - 1)
        at = cells.astype(np.float32)
        found = cv2.remap(relief, at[:, :1], at[:, 1:], cv2.INTER_LINEAR)
        return np.asarray(found[:, 0], dtype=np.float64)

    return height


def trace_scene(built: BuiltScene) -> NDArray[np.float32]:
    """The light in the picture: (H, W, 3) linear RGB at the photo's full size."""
    mi = load()
    spec = built.spec
    with tempfile.TemporaryDirectory() as folder:
        scene = share_kernels(mi, mi.load_dict(scene_parts(mi, built, Path(folder))))
        passes = [
            np.array(mi.render(scene, spp=max(1, spec.samples // PASSES), seed=spec.seed + k))
            for k in range(PASSES)
        ]
    light = without_sparks(np.stack(passes)[..., :3])
    size = (spec.camera.width_px, spec.camera.height_px)
    return np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def without_sparks(passes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of (P, H, W, 3) passes, none counted at more than 2.5 times the middle one.

    Rare paths that hit a small lamp would else glitter in pale hairs at so few samples.
    """
    middle = np.sort(passes, axis=0)[(len(passes) - 1) // 2]
    return np.asarray(np.minimum(passes, 2.5 * middle + 0.02).mean(axis=0), dtype=np.float32)


def share_kernels(mi: ModuleType, scene: Any) -> Any:
    """Makes the roughness of hairs data, not code: one hair's kernel then serves all of them.

    Without it every hair is compiled for itself, three times the work (measured).
    """
    if mi.variant().startswith("scalar"):
        return scene
    import drjit

    params = mi.traverse(scene)
    for key in [key for key in params.keys() if key.endswith("_roughness")]:  # noqa: SIM118
        drjit.make_opaque(params[key])
        params[key] = params[key]
    params.update()
    return scene


def scene_parts(mi: ModuleType, built: BuiltScene, folder: Path) -> Parts:
    """Mitsuba's dictionary of the scene; curves are written to files in `folder`."""
    spec = built.spec
    parts: Parts = {
        "type": "scene",
        "integrator": {"type": "volpath", "max_depth": MAX_DEPTH},
        "sensor": _sensor(mi, spec.camera),
        "ground": _ground_mesh(mi, built),
        "fill": {"type": "constant", "radiance": {"type": "rgb", "value": [spec.fill] * 3}},
    }
    if spec.backlight:
        parts["light_table"] = table_light(mi, built.ground, spec.backlight, built.span_mm)
    for k, light in enumerate(spec.lights):
        parts[f"light{k}"] = lamp(mi, light, spec.camera.distance_mm * 1.6)
    for k, (hair, shape) in enumerate(zip(spec.hairs, built.hairs, strict=True)):
        for j, fibre in enumerate(shape.fibres):
            path = folder / f"{k}_{j}.txt"
            parts[f"fibre{k}_{j}"] = _fibre(hair, fibre, path)
    meshes = [mesh for hair in built.hairs for mesh in hair.meshes]
    if meshes:
        parts["roots"] = _mesh(mi, "roots", merge(meshes), _skin_of_roots(spec))
    if built.clutter:
        parts["clutter"] = _mesh(
            mi, "clutter", merge(built.clutter), _coloured({"type": "diffuse"})
        )
    return parts


def _sensor(mi: ModuleType, camera: CameraSpec) -> Parts:
    _, up, forward = camera.axes()
    origin = camera.origin()
    pose = mi.ScalarTransform4f().look_at(
        origin=origin.tolist(), target=(origin + forward).tolist(), up=up.tolist()
    )
    focus = max(0.1 * camera.distance_mm, camera.distance_mm + camera.focus_offset_mm)
    lens: Parts = {"type": "perspective"}
    if camera.aperture_mm > 0:
        lens = {"type": "thinlens", "aperture_radius": camera.aperture_mm, "focus_distance": focus}
    film = {
        "type": "hdrfilm",
        "width": round(camera.width_px * camera.render_scale),
        "height": round(camera.height_px * camera.render_scale),
        "rfilter": {"type": "box"},
        "component_format": "float32",
    }
    reach = {"near_clip": camera.distance_mm / 50, "far_clip": camera.distance_mm * 50}
    return {
        **lens, **reach, "fov": camera.fov_deg, "fov_axis": "x", "to_world": pose, "film": film,
        "sampler": {"type": "independent"},
    }  # fmt: skip


def _fibre(hair: HairSpec, fibre: Fibre, path: Path) -> Parts:
    with path.open("w", encoding="ascii") as file:
        for curve in (curve_rows(fibre), buried_curve(fibre.points[-1])):
            np.savetxt(file, curve, fmt="%.6f", footer="\n", comments="")
    bsdf = {
        "type": "hair",
        "sigma_a": {"type": "rgb", "value": [float(v) for v in fibre.sigma]},
        "longitudinal_roughness": hair.longitudinal_roughness,
        "azimuthal_roughness": hair.azimuthal_roughness,
    }
    return {"type": "bsplinecurve", "filename": str(path), "bsdf": bsdf}


def curve_rows(fibre: Fibre) -> Array:
    """A B-spline curve: padded, since it does not reach its first and last control points."""
    rows = np.column_stack([fibre.points, fibre.radius])
    rows = np.concatenate([2 * rows[:1] - rows[1:2], rows, 2 * rows[-1:] - rows[-2:-1]])
    rows[:, 3] = np.maximum(rows[:, 3], 1e-5)
    return rows


def buried_curve(end: Array) -> Array:
    """Rows of one more curve of the same shape, 0.3 mm long and out of every ray's way.

    Works around Mitsuba (seen in 3.9.1; its pull request 1928 mends it): a ray that meets the
    very end of a shape's last curve makes it read one past its list of segments, and from there
    anywhere, which ends the process now and then. No ray meets the end of this one.
    """
    points = end + np.column_stack([0.1 * np.arange(4), np.zeros(4), np.full(4, -BURIED_MM)])
    return np.column_stack([points, np.full(4, 1e-5)])


def _coloured(surface: Parts) -> Parts:
    """The surface with its colour and opacity read from the mesh."""
    colour = {"type": "mesh_attribute", "name": "vertex_color"}
    key = "reflectance" if surface["type"] == "diffuse" else "base_color"
    sided = {"type": "twosided", "bsdf": {**surface, key: colour}}
    opacity = {"type": "mesh_attribute", "name": "vertex_opacity"}
    return {"type": "mask", "opacity": opacity, "bsdf": sided}


def _skin_of_roots(spec: SceneSpec) -> Parts:
    if spec.material == "lacquer":
        coat = {"clearcoat": 1.0, "clearcoat_gloss": 0.9}
        return _coloured({"type": "principled", "roughness": 0.05, "specular": 0.9, **coat})
    shine = np.random.default_rng([spec.seed, 2]).uniform(0.12, 0.6)
    return _coloured({"type": "principled", "roughness": float(shine), "specular": 0.5})


def _mesh(mi: ModuleType, name: str, mesh: Mesh, bsdf: Parts) -> Any:
    props = mi.Properties()
    props["bsdf"] = mi.load_dict(bsdf)
    made = mi.Mesh(name, len(mesh.points), len(mesh.faces), props, has_vertex_normals=True)
    made.add_attribute("vertex_color", 3, mesh.colour.astype(np.float32).ravel())
    made.add_attribute("vertex_opacity", 1, mesh.opacity.astype(np.float32).ravel())
    return _filled(mi, made, mesh.points, mesh.faces)


def _filled(
    mi: ModuleType, made: Any, points: Array, faces: NDArray[np.int64], uv: Array | None = None
) -> Any:
    params = mi.traverse(made)
    params["vertex_positions"] = points.astype(np.float32).ravel()
    params["faces"] = faces.astype(np.uint32).ravel()
    if uv is not None:
        params["vertex_texcoords"] = uv.astype(np.float32).ravel()
    params.update()
    return made


def _ground_mesh(mi: ModuleType, built: BuiltScene) -> Any:
    """The ground as a grid, flat or with its relief."""
    relief = built.ground.relief_mm
    side = 2 if relief is None else len(relief)
    v, u = np.mgrid[0 : 1 : side * 1j, 0 : 1 : side * 1j]
    flat = np.stack([u.ravel() - 0.5, v.ravel() - 0.5], axis=1) * built.span_mm
    points = np.column_stack([flat, ground_height(built.ground, built.span_mm)(flat)])
    corner = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    a, b, c, d = corner, corner + 1, corner + side, corner + side + 1
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([b, d, c], axis=1)])
    props = mi.Properties()
    props["bsdf"] = mi.load_dict(_ground_bsdf(mi, built))
    made = mi.Mesh("ground", len(points), len(faces), props, True, True)
    uv = np.stack([u.ravel(), 1 - v.ravel()], axis=1)
    return _filled(mi, made, points, faces, uv)


def _ground_bsdf(mi: ModuleType, built: BuiltScene) -> Parts:
    ground = built.ground
    pixels = np.ascontiguousarray(np.round(np.clip(ground.albedo, 0, 1) * 255).astype(np.uint8))
    colour = {"type": "bitmap", "bitmap": mi.Bitmap(pixels), "wrap_mode": "mirror"}
    surface: Parts = {"type": "diffuse", "reflectance": colour}
    if ground.metal:
        surface = {
            "type": "roughconductor", "material": "none", "alpha": ground.gloss or 0.3,
            "specular_reflectance": colour,
        }  # fmt: skip
    elif ground.gloss is not None:
        surface = {"type": "roughplastic", "alpha": ground.gloss, "diffuse_reflectance": colour}
    if ground.bump_mm is not None:
        # Mitsuba reads the bump's height per unit of UV, which here is the whole span.
        height = np.ascontiguousarray(ground.bump_mm[..., None] / built.span_mm, dtype=np.float32)
        bump = {"type": "bitmap", "bitmap": mi.Bitmap(height), "raw": True, "wrap_mode": "mirror"}
        surface = {"type": "bumpmap", "arbitrary": bump, "bsdf": surface, "scale": built.span_mm}
    return {"type": "twosided", "bsdf": surface}
