"""Real hairs where much looks like one: beside overlays and rulers, on embossed paper, among
threads, in light from below."""

import numpy as np

from data.render.lookalikes.fibres import lay_loose_threads
from data.render.lookalikes.papers import lay_embossed, lay_quilted
from data.render.lookalikes.picture import Picture
from data.render.lookalikes.prints import lay_ruler
from data.render.lookalikes.skin import lay_skin
from data.render.painter.brush import brush_hair
from data.render.painter.dataset import TYPICAL_MM, hair_truth
from data.render.painter.scene import HairMix, sample_hairs, sample_light

CUT = HairMix(roots={"cut": 0.7, "oblique": 0.3}, tips={"cut": 0.7, "oblique": 0.3})
PALE = HairMix(melanin=(0.0, 0.3))


def draw_hairs(picture: Picture, rng: np.random.Generator) -> None:
    """Hairs on a table or under a microscope."""
    picture.lay_micrograph(rng) if rng.random() < 0.5 else picture.lay_table(rng)
    lay_hairs(picture, rng, str(rng.choice(["pieces", "large"])))


def draw_hairs_on_tissue(picture: Picture, rng: np.random.Generator) -> None:
    """Hairs on embossed or quilted paper."""
    lay_embossed(picture, rng) if rng.random() < 0.7 else lay_quilted(picture, rng)
    lay_hairs(picture, rng, "pieces")


def draw_cut_hairs(picture: Picture, rng: np.random.Generator) -> None:
    """Clean cut hairs in light from below: dark flat strips, bare at both ends."""
    picture.lay_micrograph(rng)
    while not picture.transmitted or picture.background != "micro_bright":
        picture.lay_micrograph(rng)
    lay_hairs(picture, rng, str(rng.choice(["large", "pieces"], p=[0.6, 0.4])), CUT)


def draw_pale_hairs(picture: Picture, rng: np.random.Generator) -> None:
    """Pale hairs on black card beside a ruler."""
    picture.lay_table(rng, ["painted_black"])
    lay_ruler(picture, rng, rng.uniform(0.15, 0.4))
    lay_hairs(picture, rng, "pieces", PALE)


def draw_hairs_on_skin(picture: Picture, rng: np.random.Generator) -> None:
    """Shed hairs on a palm or an arm."""
    lay_skin(picture, rng)
    lay_hairs(picture, rng, str(rng.choice(["pieces", "whole"])))


def draw_hairs_among_threads(picture: Picture, rng: np.random.Generator) -> None:
    """Hairs on a table, with pieces of thread and lint under and over them."""
    picture.lay_table(rng)
    width_px = picture.px_per_mm * TYPICAL_MM
    lay_loose_threads(picture, rng, width_px)
    lay_hairs(picture, rng, str(rng.choice(["pieces", "whole"])))
    lay_loose_threads(picture, rng, width_px)


def lay_hairs(
    picture: Picture, rng: np.random.Generator, capture: str, mix: HairMix = HairMix()
) -> None:
    """Lays the hairs of a painter's capture on the picture and writes their truth."""
    light = sample_light(rng, picture.transmitted)
    for sampled in sample_hairs(capture, picture.size, picture.px_per_mm * TYPICAL_MM, rng, mix):
        far = brush_hair(picture.light, picture.mask, sampled.hair, light)
        picture.hairs.append(hair_truth(sampled, far, picture.size))
