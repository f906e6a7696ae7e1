from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from data.render import dataset
from data.render.backgrounds.photographs import is_held_out
from data.render.sampling.scene import sample_scene
from data.render.scene import build_scene, trace_scene
from data.render.variants import second_look
from tests.helpers.render_scenes import scene, straight_hair
from training.datasets.annotations import load_annotations


def test_the_same_hairs_are_shown_by_other_means() -> None:
    spec = sample_scene(7, 3, ["tray"])
    other = second_look(spec, ["a.jpg"])
    assert [hair.root for hair in other.hairs] == [hair.root for hair in spec.hairs]
    assert [hair.solid for hair in other.hairs] == [not hair.solid for hair in spec.hairs]
    assert (other.ground.kind, other.material) == ("photo:a.jpg", "lacquer")
    assert other.phone != spec.phone
    assert other == second_look(spec, ["a.jpg"])
    assert second_look(spec, []).ground == spec.ground


def test_a_root_of_lacquer_looks_otherwise() -> None:
    pytest.importorskip("mitsuba")
    plain = scene(straight_hair("club", width_um=800.0))
    built = build_scene(plain)
    one, other = (
        trace_scene(replace(built, spec=replace(plain, material=material)))
        for material in ("keratin", "lacquer")
    )
    bulb, ground = np.s_[50:70, 12:30], np.s_[:30, 100:]
    assert np.abs(one - other)[bulb].mean() > 4 * np.abs(one - other)[ground].mean()


def test_only_grounds_that_are_never_trained_on_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grounds = tmp_path / "grounds"
    grounds.mkdir()
    for k in range(6):
        cv2.imwrite(str(grounds / f"{k}.jpg"), np.full((40, 40, 3), 120, np.uint8))
    used: list[str] = []
    monkeypatch.setattr(dataset, "load", lambda: None)
    monkeypatch.setattr(
        dataset,
        "_photo_and_truth",
        lambda name, spec, _: used.append(spec.ground.kind) or _photo(name),
    )
    dataset.render_dataset(tmp_path / "out", 8, 1, grounds=grounds, look="second")
    assert len(load_annotations(tmp_path / "out")) == len(used) == 8
    assert all(is_held_out(kind.removeprefix("photo:")) for kind in used)


def _photo(name: str) -> tuple[bytes, dataset.Json]:
    return b"", {"photo": name, "width": 1, "height": 1, "hairs": [], "clutter": []}
