"""A folder of drawn tiles, in the form of a folder of renders, which can be stopped and gone on
with."""

import json
import multiprocessing
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from rich.progress import track

from data.images.encode import encode_jpeg
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto, load_annotations
from training.line_finder.drawing.tile import draw_tile

POOL_TILE_PX = 512
PROCESSES = 2
_JPEG_QUALITY = 95

Job = tuple[Path, int, int, Sequence[Path]]


def draw_tiles(out: Path, count: int, seed: int, grounds: Sequence[Path] = ()) -> None:
    """Draws tiles 0..count-1 of a seed into ``out``/photos with ``out``/truth.jsonl beside.

    Tiles that are there already are kept. ``grounds`` are pictures to draw hairs on.
    """
    (out / "photos").mkdir(parents=True, exist_ok=True)
    truth = out / "truth.jsonl"
    done = {photo.name for photo in load_annotations(out)} if truth.exists() else set()
    jobs = [(out, seed, i, grounds) for i in range(count) if _name(seed, i) not in done]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool, truth.open("a") as file:
        for line in track(pool.imap(_draw, jobs), "Drawing tiles", total=len(jobs)):
            file.write(line + "\n")


def _draw(job: Job) -> str:
    """Writes one picture; its line of truth."""
    out, seed, index, grounds = job
    cv2.setNumThreads(1)
    pixels, truth = draw_tile(np.random.default_rng([seed, index]), POOL_TILE_PX, grounds)
    name = _name(seed, index)
    (out / "photos" / name).write_bytes(encode_jpeg(pixels, _JPEG_QUALITY))
    return _line(name, truth)


def _name(seed: int, index: int) -> str:
    return f"drawn_{seed}_{index:05d}.jpg"


def _line(name: str, truth: AnnotatedPhoto) -> str:
    hairs = [_hair(hair) for hair in truth.hairs]
    size = {"width": truth.width, "height": truth.height}
    return json.dumps({"photo": name, **size, "hairs": hairs, "clutter": []})


def _hair(hair: AnnotatedHair) -> dict[str, object]:
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
