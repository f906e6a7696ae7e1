"""Traces a legible scene: few samples, Intel's denoiser, and the label picture."""

import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render.labels import LabelPicture
from data.render.legible.fibre_groups import group_fibres
from data.render.legible.label_rays import cast_labels
from data.render.ray_tracer import load
from data.render.scene import BuiltScene, scene_parts, share_kernels, without_sparks

Light = NDArray[np.float32]
MAX_DEPTH = 7
UNDENOISED_SAMPLES, FEATURE_SAMPLES = 16, 3
"""Samples a pixel without the denoiser, and of the albedo and normals that it is given.

Albedo and normals in a separate pass cost 0.3 s; within the same pass they cost as much again
as the picture (measured).
"""


def trace_with_labels(built: BuiltScene) -> tuple[Light, LabelPicture]:
    """Linear RGB (H, W, 3) at the photo's size, and its labels (H, W)."""
    mi = load()
    with tempfile.TemporaryDirectory() as folder:
        parts = scene_parts(mi, built, Path(folder))
        # Light from below passes the two sides of every translucent root and shaft in its way.
        depth = 3 * MAX_DEPTH if built.spec.backlight else MAX_DEPTH
        parts["integrator"] = {"type": "path", "max_depth": depth}
        group_fibres(parts, built, Path(folder))
        scene = share_kernels(mi, mi.load_dict(parts))
        labels = cast_labels(mi, scene, built)
        light = _denoised(mi, scene, built) if _denoiser() else _clean(mi, scene, built)
    size = (built.spec.camera.width_px, built.spec.camera.height_px)
    sized = cv2.resize(light, size, interpolation=cv2.INTER_CUBIC)
    _free_memory()
    return np.asarray(sized, dtype=np.float32), labels


def _denoiser() -> Any:
    """The module `pyoidn`, or None where it is missing."""
    try:
        import pyoidn
    except ImportError:
        return None
    return pyoidn


def _denoised(mi: ModuleType, scene: Any, built: BuiltScene) -> Light:
    spec = built.spec
    colour = _image(mi.render(scene, spp=spec.samples, seed=spec.seed))
    features = mi.load_dict({"type": "aov", "aovs": "albedo:albedo,normal:sh_normal"})
    seen = _image(mi.render(scene, integrator=features, spp=FEATURE_SAMPLES, seed=spec.seed))
    albedo, normal = (np.ascontiguousarray(seen[..., k : k + 3]) for k in (0, 3))
    limit = 12 * spec.white
    cleaned = _denoiser().denoise(
        np.clip(colour, 0, limit), albedo=np.clip(albedo, 0, 1), normal=normal, hdr=True
    )
    return np.asarray(cleaned, dtype=np.float32)


def _image(rendered: Any) -> Light:
    return np.asarray(np.nan_to_num(np.array(rendered)), dtype=np.float32)


def _clean(mi: ModuleType, scene: Any, built: BuiltScene) -> Light:
    seed, each = built.spec.seed, UNDENOISED_SAMPLES // 4
    passes = [np.array(mi.render(scene, spp=each, seed=seed + k))[..., :3] for k in range(4)]
    return without_sparks(np.stack(passes))


def _free_memory() -> None:
    """Gives cached memory back: without it a run of 40 photos grows to 3 GB (measured)."""
    import drjit

    drjit.flush_malloc_cache()
