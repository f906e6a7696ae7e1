"""Renders the pictures of the page: ``python -m tests.bench.page_pictures [NAME ...]``.

Reference pictures of each kind of root, and the example photo that the page reads at one tap. They
are drawn by the renderer of the training photos (docs/how-it-works/rendering.md) from the scenes
below, and written to serve/web/pictures/. It needs the extra ``render`` and some minutes.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from data.render.camera import CameraSpec
from data.render.phone_camera import photograph
from data.render.scene import build_scene, trace_scene
from data.render.spec import (
    ClutterSpec,
    ColourSpec,
    CurveSpec,
    EndSpec,
    GroundSpec,
    HairSpec,
    LightSpec,
    PhoneSpec,
    SceneSpec,
)

FOLDER = Path(__file__).parents[2] / "serve/web/pictures"
WIDTH_UM = 75.0
REFERENCE_PX, REFERENCE_SHAFT_PX, REFERENCE_QUALITY = (320, 192), 22.0, 75
EXAMPLE_PX, EXAMPLE_SHAFT_PX, EXAMPLE_QUALITY = (1500, 1200), 9.0, 80
LIGHTS = (
    LightSpec(58, 120, 1.1, 1.0, (1.03, 1.0, 0.96)),
    LightSpec(40, 300, 1.0, 0.35, (0.98, 1.0, 1.04)),
)
TAN, OLIVE = GroundSpec("grey_card", 30), GroundSpec("coloured_card", 12)
BROWN = ColourSpec(melanin=0.75, redness=0.15)
CLUB = EndSpec("club", 3, 1.6, 3.0, bend_deg=4, pigment=0.12, roughness=0.01)
TAILED = replace(CLUB, kind="club_tail", width_ratio=1.6, tail_ratio=2.5)
HOOKED = EndSpec(
    "anagen_hooked", 8, 1.5, 3.4, bend_deg=70, pigment=0.75, roughness=0.08,
    sheath_ratio=7, sheath_width_ratio=1.6, sheath_opacity=0.3,
)  # fmt: skip
RAGGED = EndSpec(
    "anagen_ragged", 5, 1.7, 2.2, bend_deg=25, pigment=0.8, roughness=0.35,
    sheath_ratio=6, sheath_width_ratio=1.7, sheath_opacity=0.25,
)  # fmt: skip
CUT = EndSpec("cut", 2, length_ratio=0.5)
FRAYED = EndSpec("frayed", 4, length_ratio=1.6)
TIP = EndSpec("tapered", 6, length_ratio=60)
FLUFF = (
    ClutterSpec("lint", (0.05, 0.0), 0.7, 0.02, (0.7, 0.75, 0.9), 11),
    ClutterSpec("dust", (-0.35, 0.15), 0.12, 0.1, (0.8, 0.8, 0.78), 3),
    ClutterSpec("flake", (0.4, -0.15), 0.2, 0.1, (0.9, 0.88, 0.82), 5, 0.8),
)
EXAMPLE_ROOTS = [CLUB] * 9 + [TAILED] * 5 + [CLUB] * 6 + [HOOKED, RAGGED, CUT, RAGGED, CLUB]


def reference(root: EndSpec | None, defocus_px: float = 0.4) -> SceneSpec:
    """One root that points right, as in the page's crops; lint and flakes if there is none."""
    hairs = () if root is None else (_hair(root, (0.1, 0.0), 180.0, 3.0, 1),)
    clutter = FLUFF if root is None else ()
    return _scene(REFERENCE_PX, REFERENCE_SHAFT_PX, hairs, clutter, 128, defocus_px, TAN)


def example() -> SceneSpec:
    """A row of 25 hairs laid as the guide asks: roots on the left, shafts running out."""
    rng = np.random.default_rng(25)
    px_per_mm = EXAMPLE_SHAFT_PX / WIDTH_UM * 1000
    width, height = (side / px_per_mm for side in EXAMPLE_PX)
    hairs = []
    for k, spot in enumerate(rng.permutation(len(EXAMPLE_ROOTS))):
        y = ((spot + 0.5) / len(EXAMPLE_ROOTS) - 0.5) * 0.92 * height
        at = (-0.36 * width + rng.normal(0, 0.02) * width, y + rng.normal(0, 0.03))
        root = replace(EXAMPLE_ROOTS[k], seed=40 + k)
        size = float(rng.normal(1, 0.08))
        root = replace(root, width_ratio=max(1.0, root.width_ratio * size))
        hairs.append(_hair(root, at, float(rng.normal(0, 0.4)), 1.3 * width, spot))
    return _scene(EXAMPLE_PX, EXAMPLE_SHAFT_PX, tuple(hairs), (), 32, 0.5, OLIVE)


def scenes() -> dict[str, SceneSpec]:
    """The scene of each picture by its file name without the suffix."""
    return {
        "telogen": reference(CLUB),
        "telogen_tail": reference(TAILED),
        "misshapen": reference(HOOKED),
        "misshapen_ragged": reference(RAGGED),
        "no_bulb": reference(CUT),
        "no_bulb_frayed": reference(FRAYED),
        "not_hair": reference(None),
        "unsure": reference(CLUB, defocus_px=9),
        "example": example(),
    }


def _hair(
    root: EndSpec, at_mm: tuple[float, float], heading: float, length_mm: float, seed: int
) -> HairSpec:
    curve = CurveSpec(turn_deg=4.0 - seed % 5 * 2, wave_deg=1, wander_deg=0.5, seed=int(seed))
    return HairSpec(WIDTH_UM, length_mm, at_mm, heading, curve, BROWN, root, TIP)


def _scene(
    size_px: tuple[int, int],
    shaft_px: float,
    hairs: tuple[HairSpec, ...],
    clutter: tuple[ClutterSpec, ...],
    samples: int,
    defocus_px: float,
    ground: GroundSpec,
) -> SceneSpec:
    camera = CameraSpec(*size_px, px_per_mm=shaft_px / WIDTH_UM * 1000, fov_deg=30)
    phone = PhoneSpec(seed=1, mean_level=0.5, defocus_px=defocus_px, denoise=0.6, photons=6000)
    return SceneSpec(1, "page", camera, ground, LIGHTS, 0.35, hairs, clutter, phone, samples)


def pictures(names: list[str]) -> Iterator[tuple[Path, bytes]]:
    """Each file with its content."""
    for name, scene in scenes().items():
        if names and name not in names:
            continue
        pixels = photograph(trace_scene(build_scene(scene)), scene.phone, scene.white)
        kind, how = ".webp", [cv2.IMWRITE_WEBP_QUALITY, REFERENCE_QUALITY]
        if name == "example":
            kind, how = ".jpg", [cv2.IMWRITE_JPEG_QUALITY, EXAMPLE_QUALITY]
        _, encoded = cv2.imencode(kind, pixels[..., ::-1], how)
        yield FOLDER / ("" if name == "example" else "roots") / f"{name}{kind}", encoded.tobytes()


if __name__ == "__main__":
    for file, content in pictures(sys.argv[1:]):
        file.write_bytes(content)
        sys.stdout.write(f"{file.name} {len(content)}\n")
