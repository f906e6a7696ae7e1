import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from training.datasets.annotations import Attributes, load_annotations
from training.datasets.collect import collect, finder_files, hash_of
from training.datasets.examples import BARE, CLUB


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    """One photo with one dark level hair, 6 px wide, with a club at its left end."""
    pixels = np.full((300, 600, 3), 200, np.uint8)
    cv2.line(pixels, (120, 150), (500, 150), (40, 40, 40), 6)
    cv2.ellipse(pixels, (112, 150), (12, 7), 0, 0, 360, (60, 60, 60), -1)
    folder = tmp_path / "rendered"
    (folder / "photos").mkdir(parents=True)
    cv2.imwrite(str(folder / "photos" / "a.jpg"), pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])
    hair = {
        "root": "telogen",
        "root_kind": "club_tail",
        "melanin": 0.6,
        "grey": False,
        "dyed": False,
        "root_xy": [120, 150],
        "root_tip_xy": [100, 150],
        "tip_xy": [500, 150],
        "root_in_photo": True,
        "tip_in_photo": True,
        "shaft_px": 6.0,
        "polyline": [[x, 150] for x in range(120, 501, 10)],
    }
    clutter = [{"kind": "lint", "xy": [560, 280]}]
    photo = {"photo": "a.jpg", "background": "photo:cc0_03.jpg", "width": 600, "height": 300}
    line = photo | {"hairs": [hair], "clutter": clutter}
    (folder / "truth.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    return folder


def test_annotations_are_loaded(rendered: Path) -> None:
    (photo,) = load_annotations(rendered)
    assert (photo.name, photo.width, photo.height) == ("a.jpg", 600, 300)
    assert photo.hairs[0].root_tip_xy.tolist() == [100, 150]
    assert photo.clutter.tolist() == [[560, 280]]
    assert photo.hairs[0].attributes == Attributes("club_tail", "brown", "photo:cc0")
    assert photo.contains(np.array([[0.0, 0.0], [600.0, 10.0], [10.0, -1.0]])).tolist() == [
        True,
        False,
        False,
    ]


def test_the_hash_depends_on_all_input(rendered: Path) -> None:
    before = hash_of(rendered, find=True, seed=0)
    assert before == hash_of(rendered, find=True, seed=0)
    assert before != hash_of(rendered, find=False, seed=0)
    assert before != hash_of(rendered, find=True, seed=1)
    (rendered / "photos" / "b.jpg").write_bytes(b"one more")
    assert before != hash_of(rendered, find=True, seed=0)


def test_the_hash_depends_on_the_finder() -> None:
    names = {file.name for file in finder_files()}
    assert {"read.py", "ridges.py", "linking.py", "crop.py", "linenet.onnx"} <= names


@pytest.mark.slow
def test_examples_are_collected_once(rendered: Path, tmp_path: Path) -> None:
    examples = collect(rendered, tmp_path, find=True)
    synthetic = [e for e in examples if not e.found and e.annotated.truth == "telogen"]
    assert [e.annotated.end_classes for e in synthetic] == [(CLUB, BARE)] * 2
    assert all(e.strand.contrast < -100 for e in synthetic)
    assert [e.annotated.truth for e in examples if e.found] == ["telogen"]
    (rendered / "photos" / "a.jpg").touch()
    (cached,) = tmp_path.glob("*.npz")
    stamp = cached.stat().st_mtime_ns
    assert len(collect(rendered, tmp_path, find=True)) == len(examples)
    assert cached.stat().st_mtime_ns == stamp


@pytest.mark.parametrize(
    ("melanin", "grey", "dyed", "shade"),
    [
        (0.5, False, False, "pale"),
        (0.79, False, False, "brown"),
        (0.8, False, False, "dark"),
        (0.9, True, True, "grey"),
        (0.9, False, True, "dyed"),
    ],
)
def test_shades_depend_on_melanin_unless_grey_or_dyed(
    rendered: Path, melanin: float, grey: bool, dyed: bool, shade: str
) -> None:
    file = rendered / "truth.jsonl"
    line = json.loads(file.read_text("utf-8"))
    line["hairs"][0] |= {"melanin": melanin, "grey": grey, "dyed": dyed}
    file.write_text(json.dumps(line), "utf-8")
    assert load_annotations(rendered)[0].hairs[0].attributes.shade == shade
