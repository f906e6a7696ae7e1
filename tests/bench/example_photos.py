"""Renders three example photos: ``python -m tests.bench.example_photos [NAME ...]``.

Rows of 25 hairs, laid and photographed as the page's guide asks, and one taken from too far away.
They are drawn by the renderer of the training photos (docs/how-it-works/rendering.md) from the
scenes below, whose seeds no training uses, on procedural grounds. Photos and their lines of
``truth.jsonl`` go to examples/. It needs the extra ``render`` and some minutes.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data.io.files import atomic_writer
from data.render.camera import CameraSpec
from data.render.dataset import Json, truth_line
from data.render.legible.ends import sample_legible_root, sample_legible_tip
from data.render.phone_camera import encode, photograph
from data.render.scene import build_scene, trace_scene
from data.render.spec import (
    LABEL_OF_KIND,
    ColourSpec,
    CurveSpec,
    EndSpec,
    GroundSpec,
    HairSpec,
    LightSpec,
    PhoneSpec,
    RootLabel,
    SceneSpec,
)

EXAMPLES = Path(__file__).parents[2] / "examples"
SHAFT_UM, SHAFT_SD_UM = 75.0, 8.0
"""Scalp hair, docs/how-it-works/domain.md."""
WINDOW = LightSpec(48, 205, 1.5, 1.2, (0.98, 1.0, 1.03))
ROOM_LIGHT = 0.45


@dataclass(frozen=True)
class Row:
    """A photo of a row of hairs: how many roots of each label, ``shaft_px`` for one of SHAFT_UM."""

    seed: int
    roots: dict[RootLabel, int]
    shaft_px: float
    size_px: tuple[int, int]
    ground: GroundSpec
    colour: ColourSpec
    defocus_px: float = 0.5


ROWS = {
    "row_mostly_telogen.jpg": Row(
        7001, {"telogen": 23, "misshapen": 1, "bare": 1}, 12.0, (2400, 1800),
        GroundSpec("grey_card", 31), ColourSpec(0.6, 0.2),
    ),
    "row_mostly_broken.jpg": Row(
        7002, {"telogen": 2, "misshapen": 14, "bare": 9}, 12.0, (2400, 1800),
        GroundSpec("grey_card", 30), ColourSpec(0.8, 0.15),
    ),
    "row_too_far_away.jpg": Row(
        7003, {"telogen": 22, "misshapen": 2, "bare": 1}, 3.0, (1600, 1200),
        GroundSpec("grey_card", 33), ColourSpec(0.7, 0.2), 0.8,
    ),
}  # fmt: skip


def scene(row: Row) -> SceneSpec:
    """Hairs of one head side by side: roots on the left, shafts running out on the right."""
    rng = np.random.default_rng(row.seed)
    camera = CameraSpec(*row.size_px, px_per_mm=row.shaft_px / SHAFT_UM * 1000, fov_deg=30)
    width, height = (side / camera.px_per_mm for side in row.size_px)
    labels = [label for label, number in row.roots.items() for _ in range(number)]
    hairs = []
    for k, label in enumerate(rng.permutation(np.array(labels))):
        at = (
            float(rng.normal(-0.34, 0.025) * width),
            float(((k + 0.5) / len(labels) - 0.5) * 0.9 * height + rng.normal(0, 0.04)),
        )
        hairs.append(_hair(row, label, at, 1.4 * width, rng))
    phone = PhoneSpec(
        seed=row.seed, mean_level=0.5, vignette=0.15, defocus_px=row.defocus_px, photons=3000,
        denoise=0.6, sharpen=0.6, jpeg_quality=86,
    )  # fmt: skip
    return SceneSpec(
        row.seed, "row", camera, row.ground, (WINDOW,), ROOM_LIGHT, tuple(hairs), (), phone, 24
    )


def _hair(
    row: Row, label: str, at_mm: tuple[float, float], length_mm: float, rng: np.random.Generator
) -> HairSpec:
    curve = CurveSpec(
        turn_deg=float(rng.normal(0, 0.7)),
        wave_deg=float(rng.uniform(0, 2)),
        wander_deg=0.6,
        seed=int(rng.integers(2**31)),
    )
    melanin = float(np.clip(row.colour.melanin * rng.normal(1, 0.06), 0.1, 1))
    return HairSpec(
        float(rng.normal(SHAFT_UM, SHAFT_SD_UM)), length_mm, at_mm, float(rng.normal(0, 0.4)),
        curve, ColourSpec(melanin, row.colour.redness), _root(label, rng), sample_legible_tip(rng),
    )  # fmt: skip


def _root(label: str, rng: np.random.Generator) -> EndSpec:
    """A root of that label, in the variety of the training photos."""
    while LABEL_OF_KIND[(root := sample_legible_root(rng, False)).kind] != label:
        pass
    return root


def render(name: str) -> tuple[bytes, Json]:
    """One photo, and its line of truth."""
    spec = scene(ROWS[name])
    built = build_scene(spec)
    picture = photograph(trace_scene(built), spec.phone, spec.white)
    truth: Any = truth_line(name, built)
    for hair in truth["hairs"]:
        del hair["polyline"]  # long, and nearly straight
    return encode(picture, spec.phone), truth


def main(names: list[str]) -> None:
    """Renders the photos of these names, all by default, and replaces their lines of truth."""
    truth = EXAMPLES / "truth.jsonl"
    lines = {line["photo"]: line for line in map(json.loads, truth.read_text().splitlines())}
    for name in names or ROWS:
        raw, lines[name] = render(name)
        (EXAMPLES / name).write_bytes(raw)
        with atomic_writer(truth) as file:
            file.write("".join(f"{json.dumps(line)}\n" for line in lines.values()))
        sys.stdout.write(f"{name} {len(raw)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
