import numpy as np
import pytest

from data.render import labels
from data.render.drawn_truth import root_of
from data.render.volume.ends import END_KINDS
from data.render.volume.fields import ball, box, curled, cut, joined, ringed, rod, squashed, turned
from data.render.volume.march import Lamp, Matter, VolumeHair, draw_hair
from data.render.volume.picture import coloured_noise, develop, lit_from_below
from data.render.volume.roots import EndShape
from data.render.volume.scene import CAPTURES, sample_hairs

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


def at(*point: float) -> tuple[Floats, Floats, Floats]:
    x, y, z = (np.array([value], np.float32) for value in point)
    return x, y, z


def test_solids_are_as_deep_as_they_are() -> None:
    assert ball((1, 0, 0), 2.0)(*at(1, 0, 0.5))[0] == pytest.approx(1.5)
    assert ball((1, 0, 0), 2.0)(*at(4, 0, 0))[0] == pytest.approx(-1)
    block = box(1.0, (1.0, 0.5, 0.5), 0.1)  # x from 0 to 2
    assert block(*at(1, 0.2, 0))[0] == pytest.approx(0.3)
    assert block(*at(2.5, 0, 0))[0] == pytest.approx(-0.5)
    assert block(*at(2.3, 0.9, 0))[0] == pytest.approx(0.1 - np.hypot(0.4, 0.5), abs=1e-6)
    assert rod(-2, 1, 0.5)(*at(0.9, 0, 0))[0] == pytest.approx(0.1)


def test_solids_are_cut_turned_stretched_and_joined() -> None:
    long = rod(-5, 5, 0.5)
    assert cut(long, 1.0, 0.0)(*at(0.8, 0, 0))[0] == pytest.approx(0.2)
    assert turned(long, np.pi / 2)(*at(0, 3, 0))[0] == pytest.approx(0.5)  # now along y
    assert squashed(long, 2.0, 1.0)(*at(0, 0.9, 0))[0] == pytest.approx(0.05)
    two = (ball((0, 0, 0), 1.0), ball((1, 0, 0), 1.0))
    assert joined(two, 0.0)(*at(0.5, 0, 0))[0] == pytest.approx(0.5)
    assert joined(two, 0.1)(*at(0.5, 0, 0))[0] == pytest.approx(0.5 + 0.1 * np.log(2))
    assert ringed(long, 2.0, 0.1)(*at(0.5, 0, 0))[0] == pytest.approx(0.6)
    assert ringed(long, 2.0, 0.1)(*at(-0.5, 0, 0))[0] == pytest.approx(0.5)


def test_a_curl_follows_a_circle_beyond_the_origin() -> None:
    quarter = curled(rod(-5, np.pi / 2, 0.2), 1.0)  # ends at (1, 1), having turned by 90 degrees
    halfway = (np.sin(np.pi / 4), 1 - np.cos(np.pi / 4), 0)
    assert quarter(*at(*halfway))[0] == pytest.approx(0.2, abs=1e-5)
    assert quarter(*at(1, 1.1, 0))[0] < 0
    assert quarter(*at(-1, 0.1, 0))[0] == pytest.approx(0.1)
    other_way = curled(rod(-5, np.pi / 2, 0.2), -1.0)
    assert other_way(*at(halfway[0], -halfway[1], 0))[0] == pytest.approx(0.2, abs=1e-5)


DARK, PALE = Matter(np.full(3, 12.0), np.full(3, 0.5)), Matter(np.full(3, 0.1), np.full(3, 4.0))
SKIN = Matter(np.full(3, 0.02), np.full(3, 0.1))
CUT = EndShape(rod(-1e4, 0.0, 0.5))
LAMP = Lamp(np.array([0.3, 0.0, 0.954]), 0.5, 0.0, 10.0, False)


def drawn(root: EndShape, below: bool = False) -> tuple[Floats, np.ndarray, float]:  # type: ignore[type-arg]
    """A dark hair 10 px wide from (120, 80) to (230, 80) on a grey ground."""
    light, label = np.full((160, 300, 3), 0.4, np.float32), np.zeros((160, 300), np.uint8)
    line = np.stack([np.linspace(120, 230, 60), np.full(60, 80.0)], axis=1)
    hair = VolumeHair(line, 10.0, root, CUT, DARK, PALE, SKIN, 0.0, 1.0, 0.2)
    lamp = Lamp(LAMP.towards, 0.5, 0.0, 10.0, below)
    far, _ = draw_hair(light, label, hair, lamp, np.random.default_rng(0))
    return light, label, far


@pytest.mark.parametrize("kind", list(END_KINDS))
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_an_end_is_drawn_and_marked(kind: str, seed: int) -> None:
    light, label, far = drawn(END_KINDS[kind].make(np.random.default_rng(seed)))
    assert label[80, 200] == labels.SHAFT
    assert light[80, 200].mean() < 0.15
    assert label[80, 245] in (labels.BACKGROUND, labels.SHEATH)
    assert np.isfinite(light).all()
    bulb = (label == labels.BULB).sum()
    if kind.startswith(("club", "anagen")):
        assert bulb > 40
        assert far < 120
        assert np.nonzero(label == labels.BULB)[1].min() < 112  # beyond the shaft's end
    else:
        assert not bulb
        assert np.nonzero(label)[1].min() > 95


def test_a_shaft_is_as_wide_and_long_as_its_truth_says() -> None:
    _, label, _ = drawn(CUT)
    assert (label[:, 180] == labels.SHAFT).sum() == pytest.approx(10, abs=1)
    assert (label[80] == labels.SHAFT).sum() == pytest.approx(110, abs=2)


def test_light_from_below_passes_a_pale_bulb_and_not_a_dark_shaft() -> None:
    light, label, _ = drawn(END_KINDS["club"].make(np.random.default_rng(4)), below=True)
    assert light[80, 200].mean() < 0.05
    assert light[label == labels.BULB].mean() > light[80, 200].mean() + 0.03
    np.testing.assert_allclose(light[5, 5], 0.4)


def test_a_hair_out_of_the_photo_changes_nothing() -> None:
    light, label = np.full((50, 60, 3), 0.4, np.float32), np.zeros((50, 60), np.uint8)
    line = np.stack([np.linspace(500, 600, 40), np.full(40, 80.0)], axis=1)
    hair = VolumeHair(line, 6.0, CUT, CUT, DARK, PALE, PALE, 0.0, 1.0, 0.2)
    draw_hair(light, label, hair, LAMP, np.random.default_rng(0))
    assert not label.any()
    np.testing.assert_array_equal(light, np.float32(0.4))


def test_hairs_of_every_class_are_sampled() -> None:
    rng = np.random.default_rng(1)
    hairs = [h for _ in range(4) for h in sample_hairs(CAPTURES["pieces"], (900, 700), 10.0, rng)]
    assert {root_of(placed.kind) for placed in hairs} == {"telogen", "misshapen", "bare"}
    assert sum(kind.root_share for kind in END_KINDS.values()) == pytest.approx(1, abs=0.02)
    assert sum(kind.tip_share for kind in END_KINDS.values()) == pytest.approx(1)


def test_grounds_are_reflectances_and_the_camera_makes_pixels() -> None:
    rng = np.random.default_rng(0)
    for _, ground in (coloured_noise((90, 120), rng), lit_from_below((90, 120), rng)):
        assert ground.shape == (90, 120, 3)
        assert ground.min() > 0
        assert ground.max() < 2
        assert 60 < np.median(develop(ground, rng)) < 220
