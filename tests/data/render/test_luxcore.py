import numpy as np
import pytest

from data.render import labels
from data.render.luxcore.build import build_strand
from data.render.luxcore.fields import box, ellipsoid, mesh, skeleton, union
from data.render.luxcore.flawed import FLAWS, Flaw
from data.render.luxcore.grounds import SHEETS, SIZE
from data.render.luxcore.phone import develop, encode, sample_sensor
from data.render.luxcore.plan import sample_plan
from data.render.luxcore.raster import Labelled, paint_labels
from data.render.luxcore.roots import SHAPES, RootSize, build_root
from data.render.luxcore.view import View

ABOVE = View(200, 100, 1000.0, 50.0, 0.0, 0.0, 0.0, 0.0, 50.0)


def test_surface_nets_close_a_ball() -> None:
    ball = ellipsoid(np.zeros(3), np.ones(3))
    surface = mesh(ball, np.full(3, -1.3), np.full(3, 1.3), 0.1)
    np.testing.assert_allclose(np.linalg.norm(surface.points, axis=1), 1, atol=0.03)
    edges = np.sort(surface.faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    _, uses = np.unique(edges, axis=0, return_counts=True)
    assert (uses == 2).all()
    a, b, c = np.moveaxis(surface.points[surface.faces], 1, 0)
    volume = np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6
    assert volume == pytest.approx(4 / 3 * np.pi, rel=0.05)  # positive: faces look outwards
    assert (np.einsum("ij,ij->i", surface.normals, surface.points) > 0.9).all()


def test_a_union_holds_both() -> None:
    rod = skeleton(np.array([[-1.0, 0, 0], [1, 0, 0]]), np.array([0.2, 0.2]))
    both = union(rod, box(np.array([2.0, 0, 0]), np.array([0.5, 0.5, 0.5]), 0.05), 0.1)
    inside = both(np.array([[0, 0, 0], [2.4, 0.4, 0], [0, 0.5, 0]]))
    assert (inside < 0).tolist() == [True, True, False]


@pytest.mark.parametrize("kind", [*SHAPES, "anagen_sheath"])
def test_every_kind_of_end_has_a_surface(kind: str) -> None:
    parts = build_root(kind, RootSize(1.8, 2.5, 0.3, 0.8), np.random.default_rng(0), 0.15)
    assert {p.name for p in parts} >= {"bulb" if "club" in kind or "anagen" in kind else "shaft"}
    assert ("tail" in {p.name for p in parts}) == (kind in ("club_tail", "club_both"))
    for part in parts:
        assert len(part.surface.faces) > 50
        assert np.isfinite(part.surface.points).all()


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_changes_the_surface_of_a_club(flaw: Flaw) -> None:
    """By at least a twentieth of the volume of the bulb."""
    egg = ellipsoid(np.array([1.2, 0, 0]), np.array([1.25, 0.85, 0.7]))
    at = np.random.default_rng(0).uniform([0.2, -2, -1], [3, 2, 1], (20_000, 3))
    inside = egg(at) < 0
    for seed in range(10):
        changed = flaw(egg, 2.4, 1.7, np.random.default_rng(seed))(at) < 0
        assert (changed != inside).sum() > inside.sum() / 20


def test_the_view_maps_millimetres_to_pixels() -> None:
    np.testing.assert_allclose(
        ABOVE.pixels(np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])),
        [[100, 50], [120, 50], [100, 30]],
    )
    assert ABOVE.px_per_mm == 20


def test_higher_things_hide_lower_ones_and_sheaths_do_not() -> None:
    square = np.array([[-1.0, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    low = Labelled(square, faces, labels.SHAFT)
    high = Labelled(square * 0.5 + [0, 0, 0.1], faces, labels.BULB)
    skin = Labelled(square * 1.5 + [0, 0, 0.2], faces, labels.SHEATH)
    assert paint_labels(ABOVE, [high, low])[50, 100] == labels.BULB
    seen = paint_labels(ABOVE, [high, low, skin])
    found = [seen[50, x] for x in (100, 116, 126, 140)]
    assert found == [
        labels.SHEATHED_BULB,
        labels.SHEATHED_SHAFT,
        labels.SHEATH,
        labels.BACKGROUND,
    ]


def test_a_strand_lies_between_its_ends() -> None:
    plan = sample_plan(3, 1, ["tray"], [])
    strand = plan.strands[0]
    built = build_strand(strand, lambda at: np.zeros(len(at)))
    np.testing.assert_allclose(built.line[:, :2], strand.line)
    assert np.linalg.norm(built.far - built.line[0]) < 8 * strand.width_mm
    assert built.line[:, 2].min() > 0


@pytest.mark.parametrize("kind", list(SHEETS))
def test_grounds_are_reflectances(kind: str) -> None:
    sheet = SHEETS[kind](8.0, np.random.default_rng(0))
    assert sheet.albedo.shape == (SIZE, SIZE, 3)
    assert 0 < sheet.albedo.min() < sheet.albedo.max() < 1


def test_the_camera_makes_a_jpeg() -> None:
    light = np.full((64, 80, 3), 0.4, np.float32)
    sensor = sample_sensor(np.random.default_rng(0), scientific=False)
    raw = encode(develop(light, sensor), sensor)
    assert raw.startswith(b"\xff\xd8\xff")
