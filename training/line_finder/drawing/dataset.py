"""Paints a folder of tiles in the form of a folder of renders. It can be stopped and resumed."""

import json
import multiprocessing
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from rich.progress import track

from training.datasets.annotations import AnnotatedHair, load_annotations
from training.line_finder.drawing.tile import paint_tile

PAINTED_TILE_PX = 512
PROCESSES = 2
_JPEG_QUALITY = 95

Job = tuple[Path, int, int, Sequence[Path]]


def paint_tiles(out: Path, count: int, seed: int, backgrounds: Sequence[Path] = ()) -> None:
    """Paints tiles 0..count-1 of a seed into ``out``/photos, with ``out``/truth.jsonl.

    Existing tiles stay. ``backgrounds`` are photographs to paint hairs on.
    """
    (out / "photos").mkdir(parents=True, exist_ok=True)
    truth = out / "truth.jsonl"
    done = {photo.name for photo in load_annotations(out)} if truth.exists() else set()
    jobs = [(out, seed, i, backgrounds) for i in range(count) if _name(seed, i) not in done]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool, truth.open("a") as file:
        for line in track(pool.imap(_paint, jobs), "Painting tiles", total=len(jobs)):
            file.write(line + "\n")


def _paint(job: Job) -> str:
    """Writes one tile and returns its line of ``truth.jsonl``."""
    out, seed, index, backgrounds = job
    cv2.setNumThreads(1)
    pixels, truth = paint_tile(np.random.default_rng([seed, index]), PAINTED_TILE_PX, backgrounds)
    name = _name(seed, index)
    raw = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1]
    (out / "photos" / name).write_bytes(raw.tobytes())
    size = {"width": truth.width, "height": truth.height}
    hairs = [_hair_json(hair) for hair in truth.hairs]
    return json.dumps({"photo": name, **size, "hairs": hairs, "clutter": []})


def _name(seed: int, index: int) -> str:
    return f"painted_{seed}_{index:05d}.jpg"


def _hair_json(hair: AnnotatedHair) -> dict[str, object]:
    return {
        "root": hair.root,
        "root_xy": hair.root_xy.round(2).tolist(),
        "root_tip_xy": hair.root_tip_xy.round(2).tolist(),
        "tip_xy": hair.tip_xy.round(2).tolist(),
        "root_in_photo": hair.root_in_photo,
        "tip_in_photo": hair.tip_in_photo,
        "shaft_px": round(hair.shaft_px, 3),
        "polyline": hair.line.round(2).tolist(),
    }
