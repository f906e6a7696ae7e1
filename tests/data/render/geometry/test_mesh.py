from collections import Counter

import numpy as np
import pytest

from data.render.geometry.mesh import Mesh, Profile, bumps, lump, merge, superquadric, sweep


def straight(sides: int = 8, aspect: float = 1.0) -> Mesh:
    line = np.stack([np.linspace(0, 5, 6), np.zeros(6), np.full(6, 2.0)], axis=1)
    profile = Profile(np.full(6, 0.5), np.full((6, 3), 0.3), np.ones(6), aspect, sides=sides)
    return sweep(line, profile)


def test_a_straight_tube_keeps_its_radius() -> None:
    ring = straight().points[:-2]
    np.testing.assert_allclose(np.hypot(ring[:, 1], ring[:, 2] - 2), 0.5)
    assert (ring[:, 0].min(), ring[:, 0].max()) == (0, 5)


def test_a_flat_tube_is_lower_than_wide() -> None:
    points = straight(aspect=0.4).points
    assert np.ptp(points[:, 1]) == pytest.approx(1.0)
    assert np.ptp(points[:, 2]) == pytest.approx(0.4)


@pytest.mark.parametrize(
    "mesh", [straight(), lump(np.random.default_rng(1), (1, 2, 3), 0.2, 5)], ids=["tube", "lump"]
)
def test_meshes_are_closed(mesh: Mesh) -> None:
    edges = Counter(
        tuple(sorted((int(face[k]), int(face[k - 1])))) for face in mesh.faces for k in range(3)
    )
    assert set(edges.values()) == {2}


@pytest.mark.parametrize(("power", "corner"), [(2.0, 3**-0.5), (40.0, 1.0)])
def test_a_superquadric_goes_from_an_egg_to_a_box(power: float, corner: float) -> None:
    half = np.array([1.0, 2.0, 3.0])
    solid = superquadric(np.random.default_rng(0), (1.0, 2.0, 3.0), power, 0.0)
    np.testing.assert_allclose(((np.abs(solid.points) / half) ** power).sum(axis=1), 1)
    # The point nearest to a corner, where all three shares are alike; none lies right in it.
    share = (np.abs(solid.points) / half).min(axis=1).max()
    assert 0.8 * corner < share <= corner


def test_merging_shifts_the_faces() -> None:
    one = straight()
    both = merge([one, one])
    assert len(both.points) == 2 * len(one.points)
    np.testing.assert_array_equal(both.faces[len(one.faces) :], one.faces + len(one.points))


def test_bumps_meet_around_the_tube() -> None:
    field = bumps(np.random.default_rng(0), (30, 64), (6, 5))
    seam = np.abs(field[:, 0] - field[:, -1]).max()
    assert seam <= np.abs(np.diff(field, axis=1)).max() * 1.5
    assert field.std() > 0.3
