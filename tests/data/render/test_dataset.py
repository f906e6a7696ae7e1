import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.render import dataset
from data.render.sampling.scene import sample_scene
from data.render.scene import BuiltScene, build_scene
from data.render.spec import SceneSpec
from tests.helpers.render_scenes import scene, straight_hair

EXAM_PHOTO = {"photo", "width", "height", "regime", "background", "px_per_mm", "hairs", "clutter"}
EXAM_HAIR = {
    "root", "end_kind", "tip", "root_xy", "tip_xy", "root_in_photo", "tip_in_photo", "shaft_px",
    "melanin", "grey", "polyline",
}  # fmt: skip


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Photos come from a stand-in for the ray tracer: what was traced, by scene seed."""
    seeds: list[int] = []

    def flat(built: BuiltScene) -> np.ndarray:  # type: ignore[type-arg]
        seeds.append(built.spec.seed)
        camera = built.spec.camera
        return np.full((camera.height_px, camera.width_px, 3), 0.3, np.float32)

    def small(*args: object) -> SceneSpec:
        spec = sample_scene(*args)  # type: ignore[arg-type]
        return replace(spec, camera=replace(spec.camera, width_px=160, height_px=120))

    monkeypatch.setattr(dataset, "sample_scene", small)
    monkeypatch.setattr(dataset, "load", lambda: None)
    monkeypatch.setattr(dataset, "trace_scene", flat)
    return seeds


def lines(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "truth.jsonl").read_text().splitlines()]


def test_the_truth_of_a_hair_is_where_the_camera_sees_it() -> None:
    # 10 px per mm, the lens 219.8 mm up: 0.05 mm above the ground changes a pixel by 0.01.
    line = dataset.truth_line("x.jpg", build_scene(scene(straight_hair("club_tail", "tapered"))))
    (hair,) = line["hairs"]  # type: ignore[misc]
    assert line.keys() >= EXAM_PHOTO
    assert hair.keys() >= EXAM_HAIR
    assert (hair["root"], hair["end_kind"], hair["tip"]) == ("telogen", None, "tapered")
    np.testing.assert_allclose(hair["root_xy"], [30, 60], atol=0.3)
    np.testing.assert_allclose(hair["tip_xy"], [130, 60], atol=0.3)
    assert hair["shaft_px"] == pytest.approx(1.0, abs=0.01)
    assert hair["root_tip_xy"][0] < 28
    np.testing.assert_allclose(np.diff(np.array(hair["polyline"])[:, 0]), 10, atol=1)
    (crumb,) = line["clutter"]  # type: ignore[misc]
    assert crumb["kind"] == "crumb"
    np.testing.assert_allclose(crumb["xy"], [80, 20], atol=1.5)


@pytest.mark.parametrize(
    ("kind", "name"), [("cut", "cut"), ("oblique", "cut"), ("split", "frayed")]
)
def test_bare_ends_keep_their_coarse_name(kind: str, name: str) -> None:
    (hair,) = dataset.truth_line("x", build_scene(scene(straight_hair(kind))))["hairs"]  # type: ignore[misc]
    assert (hair["root"], hair["root_kind"], hair["end_kind"]) == ("bare", kind, name)


def test_a_root_outside_says_so() -> None:
    outside = straight_hair(root_at_mm=(-12.0, 0.0))
    (hair,) = dataset.truth_line("x", build_scene(scene(outside)))["hairs"]  # type: ignore[misc]
    assert not hair["root_in_photo"]
    assert hair["tip_in_photo"]


def test_photos_do_not_depend_on_the_count(tmp_path: Path, drawn: list[int]) -> None:
    dataset.render_dataset(tmp_path / "a", 1, 3, regimes=["macro"])
    dataset.render_dataset(tmp_path / "b", 2, 3, regimes=["macro"])
    assert drawn[0] == drawn[1]
    assert lines(tmp_path / "a") == lines(tmp_path / "b")[:1]
    one, other = (next((tmp_path / n / "photos").glob("*_00000.jpg")) for n in "ab")
    assert one.read_bytes() == other.read_bytes()


def test_a_killed_run_is_taken_up_where_it_stopped(tmp_path: Path, drawn: list[int]) -> None:
    dataset.render_dataset(tmp_path, 3, 5, regimes=["macro"])
    whole = lines(tmp_path)
    truth = tmp_path / "truth.jsonl"
    truth.write_bytes(truth.read_bytes()[:-40])
    seen: list[tuple[int, int]] = []
    dataset.render_dataset(
        tmp_path, 3, 5, regimes=["macro"], progress=lambda done, count: seen.append((done, count))
    )
    assert lines(tmp_path) == whole
    assert len(drawn) == 4, "only the photo with the torn line is drawn again"
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert {line["photo"] for line in whole} == {p.name for p in (tmp_path / "photos").iterdir()}


def test_photographed_grounds_need_a_usable_picture(tmp_path: Path, drawn: list[int]) -> None:
    (tmp_path / "grounds").mkdir()
    with pytest.raises(ValueError, match="no usable ground"):
        dataset.render_dataset(tmp_path / "out", 1, 1, grounds=tmp_path / "grounds")
