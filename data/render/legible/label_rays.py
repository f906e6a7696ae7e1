"""Label pictures by ray casting: one ray through the middle of each pixel, without the lens."""

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.render import labels
from data.render.geometry.hair import HairShape
from data.render.labels import LabelPicture
from data.render.scene import BuiltScene
from data.render.spec import LABEL_OF_KIND, HairSpec

Array = NDArray[np.float64]
MAX_LAYERS = 6
"""Surfaces of sheaths that a ray goes through before what lies beneath."""
CODES = {"shaft": labels.SHAFT, "bulb": labels.BULB, "sheath": labels.SHEATH, "tail": labels.TAIL}
ROOT_REACH = 12.0
"""Shaft widths from the end of the shaft beyond which nothing belongs to the root."""


def cast_labels(mi: ModuleType, scene: Any, built: BuiltScene) -> LabelPicture:
    """(H, W) labels in the pixels of the finished photo."""
    camera = built.spec.camera
    width, height = camera.width_px, camera.height_px
    right, up, forward = camera.axes()
    x = (np.arange(width) + 0.5 - width / 2) / camera.focal_px
    y = (np.arange(height) + 0.5 - height / 2) / camera.focal_px
    ways = (x[None, :, None] * right - y[:, None, None] * up + forward).reshape(-1, 3)
    starts = np.tile(camera.origin(), (len(ways), 1))
    face_codes = _face_codes(built)
    top = np.zeros(len(ways), np.uint8)
    under = np.zeros(len(ways), np.uint8)
    todo = np.arange(len(ways))
    for layer in range(MAX_LAYERS):
        found, distance = _first_hit(mi, scene, starts[todo], ways[todo], face_codes)
        if layer == 0:
            top[todo] = found
        sheath = found == labels.SHEATH
        under[todo[~sheath]] = found[~sheath]
        if not sheath.any():
            break
        starts[todo] += ways[todo] * (distance * (1 + 1e-5) + 1e-5)[:, None]
        todo = todo[sheath]
    return _combined(top, under).reshape(height, width)


def _combined(top: LabelPicture, under: LabelPicture) -> LabelPicture:
    """Sheath over what shows through it."""
    seen = top.copy()
    over = top == labels.SHEATH
    seen[over & (under == labels.SHAFT)] = labels.SHEATHED_SHAFT
    seen[over & (under == labels.BULB)] = labels.SHEATHED_BULB
    return seen


def _first_hit(
    mi: ModuleType, scene: Any, starts: Array, ways: Array, face_codes: LabelPicture
) -> tuple[LabelPicture, Array]:
    """Label and distance, in lengths of `ways`, of the first surface of each ray."""
    ray = mi.Ray3f(mi.Point3f(starts.T.astype(np.float32)), mi.Vector3f(ways.T.astype(np.float32)))
    hit = scene.ray_intersect_preliminary(ray, coherent=True)
    found = np.zeros(len(starts), np.uint8)
    prims = np.array(hit.prim_index)
    valid = np.array(hit.is_valid())
    rest = valid.copy()
    for shape in scene.shapes():
        name = shape.id()
        if name not in ("ground", "roots", "clutter", "light_table"):
            continue
        here = np.array(hit.shape == mi.ShapePtr(shape)) & valid
        rest &= ~here
        if name == "roots":
            found[here] = face_codes[prims[here]]
        elif name == "clutter":
            found[here] = labels.OTHER
    found[rest] = labels.SHAFT
    return found, np.where(valid, np.array(hit.t), 0.0)


def _face_codes(built: BuiltScene) -> LabelPicture:
    """The label of every face of the merged meshes of all hairs."""
    codes = [
        _codes_of_hair(hair, shape)
        for hair, shape in zip(built.spec.hairs, built.hairs, strict=True)
    ]
    return np.concatenate([np.zeros(0, np.uint8), *codes])


def _codes_of_hair(hair: HairSpec, shape: HairShape) -> LabelPicture:
    """Bulbs end where the shaft begins; bare ends and tips have none."""
    bare = LABEL_OF_KIND[hair.root.kind] == "bare"
    out = shape.line[0] - shape.line[1]
    out = out / (np.linalg.norm(out) + 1e-12)
    codes = [np.zeros(0, np.uint8)]
    for mesh in shape.meshes:
        code = np.full(len(mesh.faces), CODES[mesh.part], np.uint8)
        if mesh.part == "bulb":
            offset = mesh.points[mesh.faces].mean(axis=1) - shape.line[0]
            behind = offset @ out < 0
            far = np.linalg.norm(offset, axis=1) > ROOT_REACH * hair.width_mm
            code[behind | far | bare] = labels.SHAFT
        codes.append(code)
    return np.concatenate(codes)
