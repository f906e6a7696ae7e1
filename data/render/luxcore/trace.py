"""Writes a built scene for LuxCore, starts the worker, and reads the light back."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render.luxcore.build import Body
from data.render.luxcore.grounds import Sheet
from data.render.luxcore.plan import ScenePlan
from data.render.luxcore.view import View

Light = NDArray[np.float32]
Described = dict[str, object]
SPAN = 2.0
"""Side of the ground over the longer side of the view."""
SAMPLES = 3
WORKER = Path(__file__).with_name("worker.py")
LONGEST_S = 900


def trace_plan(plan: ScenePlan, sheet: Sheet, bodies: list[Body]) -> Light:
    """Linear RGB (H, W, 3). Raises RuntimeError when the worker fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scene = _camera(plan.view) | _lights(plan) | _ground(plan, sheet, folder)
        scene |= _hairs(plan, bodies, folder)
        meshes = ["ground"] + (["bodies"] if bodies else [])
        described = {"meshes": meshes, "scene": scene, "render": _render(plan.view, plan.seed)}
        (folder / "scene.json").write_text(json.dumps(described), "utf-8")
        run = subprocess.run(
            [sys.executable, str(WORKER), str(folder)],
            capture_output=True, text=True, timeout=LONGEST_S, check=False,
        )  # fmt: skip
        if not (folder / "light.npy").exists():
            raise RuntimeError(f"LuxCore failed: {run.stderr[-2000:]}")
        return np.asarray(np.load(folder / "light.npy"), dtype=np.float32)


def _camera(view: View) -> Described:
    eye, _, up, forward = view.frame()
    longer = max(view.width_px, view.height_px)
    return {
        "scene.camera.type": "perspective",
        "scene.camera.lookat.orig": eye.tolist(),
        "scene.camera.lookat.target": (eye + forward * view.distance_mm).tolist(),
        "scene.camera.up": up.tolist(),
        "scene.camera.fieldofview": float(np.degrees(2 * np.arctan(longer / 2 / view.focal_px))),
        "scene.camera.lensradius": view.lens_mm,
        "scene.camera.focaldistance": view.focus_mm,
        "scene.camera.autofocus.enable": False,
        "scene.camera.cliphither": view.distance_mm / 50,
        "scene.camera.clipyon": view.distance_mm * 50,
    }


def _lights(plan: ScenePlan) -> Described:
    made: Described = {
        "scene.lights.sky.type": "constantinfinite",
        "scene.lights.sky.color": [plan.sky] * 3,
    }
    for k, lamp in enumerate(plan.lamps):
        # LuxCore takes a lamp's radiance: a small one must shine brighter to light as much.
        spread = np.sin(np.radians(lamp.radius_deg)) ** 2 * lamp.way[2]
        made |= {
            f"scene.lights.lamp{k}.type": "distant",
            f"scene.lights.lamp{k}.direction": [-v for v in lamp.way],
            f"scene.lights.lamp{k}.theta": lamp.radius_deg,
            f"scene.lights.lamp{k}.color": [float(lamp.power * t / spread) for t in lamp.tint],
        }
    return made


def _ground(plan: ScenePlan, sheet: Sheet, folder: Path) -> Described:
    """A flat or embossed grid with the sheet's picture."""
    side = span_mm(plan.view)
    heights = sheet.height_mm if sheet.height_mm is not None else np.zeros((2, 2), np.float32)
    n = len(heights)
    v, u = np.mgrid[0 : 1 : n * 1j, 0 : 1 : n * 1j]
    points = np.stack([(u - 0.5) * side, (v - 0.5) * side, heights], axis=-1).reshape(-1, 3)
    a = (np.arange(n - 1)[:, None] * n + np.arange(n - 1)).ravel()
    faces = np.concatenate([np.stack([a, a + 1, a + n], 1), np.stack([a + 1, a + n + 1, a + n], 1)])
    gy, gx = np.gradient(heights.astype(np.float64), side / max(n - 1, 1))
    normals = np.stack([-gx, -gy, np.ones_like(gx)], axis=-1).reshape(-1, 3)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    uvs = np.stack([u.ravel(), v.ravel()], axis=1)
    np.savez(folder / "ground.npz", points=points, faces=faces, normals=normals, uvs=uvs)
    picture = np.round(np.clip(sheet.albedo, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)
    cv2.imwrite(str(folder / "ground.png"), picture[::-1, :, ::-1])
    made: Described = {
        "scene.textures.sheet.type": "imagemap",
        "scene.textures.sheet.file": str(folder / "ground.png"),
        "scene.textures.sheet.gamma": 2.2,
        "scene.materials.sheet.type": "matte",
        "scene.materials.sheet.kd": "sheet",
        "scene.objects.ground.shape": "ground",
        "scene.objects.ground.material": "sheet",
    }
    if sheet.gloss:
        rough = 0.35 - 0.3 * sheet.gloss
        made |= {
            "scene.materials.sheet.type": "glossy2",
            "scene.materials.sheet.ks": [0.04, 0.04, 0.04],
            "scene.materials.sheet.uroughness": rough,
            "scene.materials.sheet.vroughness": rough,
        }
    return made


def span_mm(view: View) -> float:
    """Side of the ground."""
    return float(SPAN * view.size_mm.max())


def _hairs(plan: ScenePlan, bodies: list[Body], folder: Path) -> Described:
    if not bodies:
        return {}
    starts = np.cumsum([0] + [len(b.points) for b in bodies[:-1]])
    np.savez(
        folder / "bodies.npz",
        points=np.concatenate([b.points for b in bodies]),
        faces=np.concatenate([b.faces + s for b, s in zip(bodies, starts, strict=True)]),
        normals=np.concatenate([b.normals for b in bodies]),
        colours=np.concatenate([b.colour for b in bodies]),
        alphas=np.concatenate([b.opacity for b in bodies])[:, None],
    )
    rough = float(np.random.default_rng([plan.seed, 3]).uniform(0.12, 0.45))
    return {
        "scene.textures.tint.type": "hitpointcolor",
        "scene.textures.cover.type": "hitpointalpha",
        "scene.materials.hair.type": "glossy2",
        "scene.materials.hair.kd": "tint",
        "scene.materials.hair.ks": [plan.shine] * 3,
        "scene.materials.hair.uroughness": rough,
        "scene.materials.hair.vroughness": rough,
        "scene.materials.hair.transparency": "cover",
        "scene.objects.bodies.shape": "bodies",
        "scene.objects.bodies.material": "hair",
    }


def _render(view: View, seed: int) -> Described:
    return {
        "renderengine.type": "PATHCPU",
        "renderengine.seed": seed % 2**30 + 1,
        "sampler.type": "SOBOL",
        "native.threads.count": 2,
        "film.width": view.width_px,
        "film.height": view.height_px,
        "film.filter.type": "BLACKMANHARRIS",
        "film.filter.width": 1.0,
        "film.opencl.enable": False,
        "path.pathdepth.total": 6,
        "path.pathdepth.diffuse": 3,
        "path.pathdepth.glossy": 3,
        "path.pathdepth.specular": 6,
        "path.clamping.variance.maxvalue": 30.0,
        "batch.haltspp": SAMPLES,
        "film.imagepipelines.0.0.type": "INTEL_OIDN",
        "film.imagepipelines.0.0.prefilter.enable": False,
        "film.outputs.0.type": "ALBEDO",
        "film.outputs.0.filename": "albedo.exr",
        "film.outputs.1.type": "AVG_SHADING_NORMAL",
        "film.outputs.1.filename": "normal.exr",
    }
