"""Traces one scene with LuxCore: `python worker.py FOLDER` reads scene.json and .npy files there
and writes light.npy.

It is a separate process because pyluxcore replaces the memory allocator of the process that
imports it: memory from before is then freed by another allocator, which ends the process (seen
with pyluxcore 2.11 after NumPy, OpenCV or cffi). It imports nothing of this package.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyluxcore


def trace_in_worker(folder: Path) -> None:
    """Renders the scene in `folder`. Raises RuntimeError for a scene that LuxCore refuses."""
    import pyluxcore

    described = json.loads((folder / "scene.json").read_text("utf-8"))
    pyluxcore.Init(lambda message: None)
    scene = pyluxcore.Scene()
    for name in described["meshes"]:
        _define(scene, name, folder)
    scene.Parse(_properties(described["scene"]))
    config = pyluxcore.RenderConfig(_properties(described["render"]), scene)
    session = pyluxcore.RenderSession(config)
    session.Start()
    while not session.HasDone():
        time.sleep(0.05)
        session.UpdateStats()
    session.Stop()
    width, height = described["render"]["film.width"], described["render"]["film.height"]
    light = np.zeros((height, width, 3), np.float32)
    kind = pyluxcore.FilmOutputType.RGB_IMAGEPIPELINE
    session.GetFilm().GetOutputFloat(kind, light, 0, True)
    np.save(folder / "light.npy", np.ascontiguousarray(light[::-1]))


def _define(scene: "pyluxcore.Scene", name: str, folder: Path) -> None:
    arrays = np.load(folder / f"{name}.npz")
    points, faces, normals, uvs, colours, alphas = (
        list(map(tuple, arrays[key].tolist())) if key in arrays else None
        for key in ("points", "faces", "normals", "uvs", "colours", "alphas")
    )
    scene.DefineMesh(name, points, faces, normals, uvs, colours, alphas)


def _properties(values: dict[str, object]) -> "pyluxcore.Properties":
    import pyluxcore

    made = pyluxcore.Properties()
    for key, value in values.items():
        made.Set(pyluxcore.Property(key, value))
    return made


if __name__ == "__main__":
    trace_in_worker(Path(sys.argv[1]))
    sys.stdout.flush()
    os._exit(0)  # skips destructors that free memory of the other allocator
