from dataclasses import replace

import numpy as np
import pytest

from data.render.sampling.scene import sample_scene
from data.render.scene import build_scene, trace_scene
from data.render.spec import LABEL_OF_KIND
from data.render.variants import light_table
from tests.helpers.render_scenes import scene, straight_hair


def test_the_ground_shines_and_the_hair_stands_dark_before_it() -> None:
    pytest.importorskip("mitsuba")
    plain = scene(straight_hair("club", width_um=400.0))
    dark = replace(plain, fill=0.0, lights=(replace(plain.lights[0], power=1e-4),))
    unlit, lit = (
        trace_scene(build_scene(replace(dark, backlight=shine)))[..., 1] for shine in (0, 1.0)
    )
    assert unlit.max() < 0.05
    assert np.quantile(lit[:30], 0.02) > 0.7, "white paper shines 0.93"
    assert lit[59:61, 60:120].mean() < 0.3 * np.median(lit)


def test_what_a_root_is_stays_and_how_it_looks_does_not() -> None:
    spec = sample_scene(7, 3, ["tray"])
    other = light_table(spec, ["a.jpg"])
    assert [hair.root.kind for hair in other.hairs] == [hair.root.kind for hair in spec.hairs]
    assert [hair.root_at_mm for hair in other.hairs] == [hair.root_at_mm for hair in spec.hairs]
    widths = {
        label: [h.root.width_ratio for h in other.hairs if LABEL_OF_KIND[h.root.kind] == label]
        for label in ("telogen", "misshapen")
    }
    assert all(1.2 <= width <= 1.7 for width in widths["telogen"])
    assert all(1.4 <= width <= 2.6 for width in widths["misshapen"])
    assert (other.ground.kind, other.backlight, other.phone.saturation) == ("white_paper", 1.0, 0.0)
    assert other == light_table(spec, [])


def test_a_sheet_that_shines_is_exposed_as_white() -> None:
    spec = scene()
    assert replace(spec, backlight=0.5).white == pytest.approx(spec.white + 0.5)
