from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from data.render import labels
from data.render.backgrounds.texture import Patch
from data.render.backgrounds.tissue import TISSUE_PAINTERS
from data.render.geometry.carved import CARVED, round_club
from data.render.geometry.deformed import FLAWS, Flaw
from data.render.legible.captures import check_captures
from data.render.legible.ends import DEFORMED_KINDS, sample_legible_root
from data.render.legible.overlays import OVERLAYS, burn_in
from data.render.legible.phone import BAD_SHARE, sample_faults, sample_legible_phone
from data.render.legible.scene import sample_legible_scene
from data.render.scene import build_scene, ground_height
from data.render.spec import LABEL_OF_KIND
from tests.helpers.render_scenes import root_of, scene, straight_hair


def test_a_seed_gives_the_same_scene() -> None:
    assert sample_legible_scene(1, 7) == sample_legible_scene(1, 7)
    assert sample_legible_scene(1, 7) != sample_legible_scene(2, 7)


def test_an_unknown_capture_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown capture"):
        check_captures(["tray"])


def test_most_roots_have_shafts_from_6_to_20_px() -> None:
    widths = []
    for index in range(60):
        spec = sample_legible_scene(5, index)
        widths += [h.width_mm * spec.camera.px_per_mm for h in spec.hairs]
    inside = np.mean([(4.5 <= w <= 26) for w in widths])
    assert inside > 0.5


def test_half_the_clubs_are_plain_and_colour_hardly_tells_the_class() -> None:
    rng = np.random.default_rng(3)
    roots = [sample_legible_root(rng, unpigmented=False) for _ in range(4000)]
    kinds = Counter(root.kind for root in roots)
    clubs = [r for r in roots if LABEL_OF_KIND[r.kind] == "telogen"]
    torn = [r for r in roots if LABEL_OF_KIND[r.kind] == "misshapen"]
    assert kinds["club"] / len(clubs) == pytest.approx(0.51, abs=0.04)
    assert np.mean([r.pigment < 0.35 for r in torn]) > 1 / 3
    assert np.mean([r.pigment > 0.35 for r in clubs]) > 0.15


def test_one_photo_in_eight_has_a_fault() -> None:
    rng = np.random.default_rng(4)
    faults = [sample_faults(rng) for _ in range(2000)]
    assert np.mean([bool(f) for f in faults]) == pytest.approx(BAD_SHARE, abs=0.03)
    assert sample_legible_phone(rng, frozenset()).photons >= 1200
    assert sample_legible_phone(rng, frozenset({"noisy"})).photons <= 700


@pytest.mark.parametrize("kind", list(CARVED))
def test_a_carved_root_lies_beyond_the_shaft(kind: str) -> None:
    hair = straight_hair(replace(root_of(kind), make="carved"))
    (shape,) = build_scene(scene(hair)).hairs
    assert shape.far[0] < -5.05
    for mesh in shape.meshes:
        assert np.isfinite(mesh.points).all()
        assert mesh.faces.max() < len(mesh.points)
        assert 0 <= mesh.opacity.min() <= mesh.opacity.max() <= 1


@pytest.mark.parametrize("kind", DEFORMED_KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_a_deformed_root_lies_beyond_the_shaft(kind: str, seed: int) -> None:
    hair = straight_hair(replace(root_of(kind), make="deformed", seed=seed))
    (shape,) = build_scene(scene(hair)).hairs
    root = shape.meshes[-1]
    assert np.isfinite(root.points).all()
    assert root.faces.max() < len(root.points)
    assert shape.far[0] < -5.05


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_changes_an_outline(flaw: Flaw) -> None:
    """By at least a twentieth of the bulb's area, or its axis by 15 degrees."""
    hair = straight_hair(root_of("club"))
    for seed in range(20):
        rng = np.random.default_rng(seed)
        plain = round_club(hair.root, None, rng)  # type: ignore[arg-type]  # no stub is needed
        changed = flaw(plain, rng)
        count = len(changed.reach)
        gap = np.abs(changed.left - plain.left[:count]) + np.abs(
            changed.right - plain.right[:count]
        )
        width = plain.left + plain.right
        lost = np.trapezoid(width[count - 1 :], plain.reach[count - 1 :])
        moved = np.trapezoid(gap, changed.reach) + lost
        turned = np.ptp(changed.turn_rad) - np.ptp(plain.turn_rad)
        bulb = np.trapezoid(np.where(plain.reach < 0, 0, width), plain.reach)
        assert moved > bulb / 20 or turned > np.radians(15)


@pytest.mark.parametrize("kind", list(TISSUE_PAINTERS))
def test_hairs_can_lie_on_every_ground(kind: str) -> None:
    ground = TISSUE_PAINTERS[kind](Patch(128, 0.05), np.random.default_rng(0))
    assert ground.albedo.shape == (128, 128, 3)
    if ground.relief_mm is not None:
        side = len(ground.relief_mm)
        assert side**2 < 2**15  # OpenCV looks up no more at once
        assert np.isfinite(ground_height(ground, 6.4)(np.zeros((side**2, 2)))).all()


@pytest.mark.parametrize("kind", list(OVERLAYS))
def test_an_overlay_is_marked_where_it_lies(kind: str) -> None:
    plain = np.full((300, 400, 3), 128, np.uint8)
    made, marked = burn_in(plain, kind, 50.0, np.random.default_rng(1))
    assert 0 < marked.mean() < 0.5
    np.testing.assert_array_equal(made[~marked], plain[~marked])


def test_rays_find_shaft_bulb_and_sheath() -> None:
    mi = pytest.importorskip("mitsuba")
    del mi
    from data.render.legible.trace import trace_with_labels

    spec = scene(straight_hair(replace(root_of("club_sheath"), make="swept"), width_um=900.0))
    light, mask = trace_with_labels(build_scene(replace(spec, samples=1)))
    assert light.shape == (120, 160, 3)
    assert mask[60, 80] == labels.SHAFT
    seen = set(np.unique(mask))
    assert {labels.BACKGROUND, labels.SHAFT} <= seen
    assert seen & {labels.BULB, labels.SHEATHED_BULB}
