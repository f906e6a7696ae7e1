import numpy as np
import pytest

from data.render.geometry.hair import HairShape, build_hair
from data.render.sampling.ends import sample_root, sample_tip
from data.render.spec import LABEL_OF_KIND, ROOT_KINDS, EndMake, EndSpec
from tests.helpers.render_scenes import straight_hair


def built(kind: str, **changes: object) -> HairShape:
    spec = EndSpec(kind, 4, 1.8, 3.0, **changes)  # type: ignore[arg-type]
    return build_hair(straight_hair(root=spec), lambda xy: np.zeros(len(xy)))


def beyond_root(shape: HairShape) -> np.ndarray:  # type: ignore[type-arg]
    """Mesh points outside the root, which is at x = -5; the hair runs to the right."""
    points = np.concatenate([mesh.points for mesh in shape.meshes])
    return points[points[:, 0] < -5]


MAKES: tuple[EndMake, ...] = ("swept", "built")


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("kind", LABEL_OF_KIND)
def test_every_kind_builds_sound_meshes(kind: str, make: EndMake) -> None:
    spec = EndSpec(kind, 4, 1.5, 2.5, 30, 0.4, 0.9, 0.1, 2.0, 3.0, make=make)
    shape = build_hair(straight_hair(root=spec), lambda xy: np.zeros(len(xy)))
    for mesh in shape.meshes:
        assert np.isfinite(mesh.points).all()
        assert mesh.faces.max() < len(mesh.points) == len(mesh.colour) == len(mesh.opacity)
        assert 0 <= mesh.colour.min() <= mesh.colour.max() <= 1
        assert 0 <= mesh.opacity.min() <= mesh.opacity.max() <= 1


@pytest.mark.parametrize(("make", "ahead"), [("swept", 1.0), ("built", 0.875)])
def test_a_club_has_the_size_asked_for(make: EndMake, ahead: float) -> None:
    bulb = beyond_root(built("club", make=make))
    assert np.ptp(bulb[:, 1]) == pytest.approx(1.8 * 0.1, rel=0.03)
    # The solid one overlaps the shaft by an eighth of its length.
    assert -5 - bulb[:, 0].min() == pytest.approx(ahead * 3.0 * 0.1, rel=0.03)


@pytest.mark.parametrize("make", MAKES)
def test_a_tail_reaches_past_the_club(make: EndMake) -> None:
    plain, tailed = (
        built(kind, tail_ratio=tail, make=make).far
        for kind, tail in (("club", 0.0), ("club_tail", 4.0))
    )
    assert np.linalg.norm(tailed - [-5, 0, 0.05]) > np.linalg.norm(plain - [-5, 0, 0.05]) + 0.15


@pytest.mark.parametrize("make", MAKES)
def test_a_hook_leaves_the_line_of_the_shaft(make: EndMake) -> None:
    straight, bent = (built("anagen_hooked", bend_deg=bend, make=make).far for bend in (0.0, 90.0))
    assert abs(straight[1]) < 0.02
    assert bent[1] < -0.08 or bent[1] > 0.08


@pytest.mark.parametrize("make", MAKES)
def test_a_square_stub_is_as_wide_at_its_end_and_a_club_is_not(make: EndMake) -> None:
    def width_near_end(kind: str) -> float:
        points = beyond_root(built(kind, make=make))
        last = points[points[:, 0] < points[:, 0].min() + 0.02]
        return float(np.ptp(last[:, 1]))

    assert width_near_end("anagen_rectangular") > 0.15
    assert width_near_end("club") < 0.13


@pytest.mark.parametrize("kind", ROOT_KINDS["bare"])
def test_a_bare_end_ends_at_the_root(kind: str) -> None:
    np.testing.assert_allclose(built(kind).far, [-5, 0, 0.05], atol=1e-9)


def test_a_tapered_tip_is_thin_and_a_cut_one_is_not() -> None:
    radii = [
        build_hair(straight_hair(tip=tip), lambda xy: np.zeros(len(xy))).fibres[0].radius[-1]
        for tip in ("cut", "tapered")
    ]
    assert radii[0] == pytest.approx(0.05, rel=0.06)
    assert radii[1] < 0.01


def test_labels_come_in_the_shares_stated() -> None:
    rng = np.random.default_rng(0)
    labels = [LABEL_OF_KIND[sample_root(rng, False).kind] for _ in range(2000)]
    shares = [labels.count(label) / 2000 for label in ("telogen", "misshapen", "bare")]
    np.testing.assert_allclose(shares, [0.4, 0.3, 0.3], atol=0.04)


def test_sampled_ends_keep_to_the_sizes_of_the_literature() -> None:
    rng = np.random.default_rng(1)
    roots = [sample_root(rng, True) for _ in range(500)]
    clubs = [r for r in roots if r.kind in ROOT_KINDS["telogen"]]
    assert all(1.2 <= r.width_ratio <= 3 and 1.5 <= r.length_ratio <= 4 for r in clubs)
    assert np.median([r.width_ratio for r in clubs]) == pytest.approx(1.7, abs=0.12)
    assert all((r.tail_ratio > 0) == (r.kind in ("club_tail", "club_both")) for r in clubs)
    assert all(r.pigment <= 0.5 for r in roots), "a grey hair has no dark bulb"
    assert np.mean([r.make == "built" for r in clubs]) == pytest.approx(0.5, abs=0.1)
    assert {sample_tip(rng).kind for _ in range(300)} <= set(ROOT_KINDS["bare"])


def test_pigment_hints_at_a_growing_hair_and_no_more() -> None:
    rng = np.random.default_rng(2)
    roots = [sample_root(rng, False) for _ in range(3000)]
    dark = {
        label: np.mean([r.pigment > 0.4 for r in roots if LABEL_OF_KIND[r.kind] == label])
        for label in ("telogen", "misshapen")
    }
    # Of the dark ones six in seven are above 0.4 of 0.3 to 1, of the pale ones none.
    assert dark["telogen"] == pytest.approx(0.2 * 6 / 7, abs=0.04)
    assert dark["misshapen"] == pytest.approx(0.6 * 6 / 7, abs=0.04)
