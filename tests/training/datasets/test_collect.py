import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from data.images.photo import Photo
from data.render import labels
from data.strands.strand import End, EndState, Strand
from model.networks.parts import PARTS
from training.datasets.annotations import Attributes, load_annotations
from training.datasets.collect import _example, _label_picture, collect, finder_files, hash_of
from training.datasets.example_files import load_ends, load_examples, save_examples
from training.datasets.examples import (
    BARE,
    CLUB,
    NOT_HAIR,
    UNTRAINED,
    AnnotatedStrand,
    Example,
    PartsMap,
)


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
    line = photo | {"hairs": [hair], "clutter": clutter, "maker": "luxcore", "mask": "masks/a.png"}
    (folder / "masks").mkdir()
    cv2.imwrite(str(folder / "masks" / "a.png"), np.full((300, 600), labels.SHAFT, np.uint8))
    (folder / "truth.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    return folder


def test_annotations_are_loaded(rendered: Path) -> None:
    (photo,) = load_annotations(rendered)
    assert (photo.name, photo.width, photo.height) == ("a.jpg", 600, 300)
    assert photo.hairs[0].root_tip_xy.tolist() == [100, 150]
    assert photo.clutter.tolist() == [[560, 280]]
    assert photo.hairs[0].attributes == Attributes("club_tail", "brown", "photo:cc0", "luxcore")
    assert (photo.maker, photo.mask) == ("luxcore", "masks/a.png")
    assert photo.contains(np.array([[0.0, 0.0], [600.0, 10.0], [10.0, -1.0]])).tolist() == [
        True,
        False,
        False,
    ]


def test_the_hash_depends_on_all_input(rendered: Path) -> None:
    before = hash_of([rendered], find=True, seed=0)
    assert before == hash_of([rendered], find=True, seed=0)
    assert before != hash_of([rendered], find=False, seed=0)
    assert before != hash_of([rendered], find=True, seed=1)
    assert before != hash_of([rendered, rendered], find=True, seed=0)
    (rendered / "photos" / "b.jpg").write_bytes(b"one more")
    assert before != hash_of([rendered], find=True, seed=0)


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
    assert {e.annotated.attributes.maker for e in examples} == {"luxcore"}
    shaft = PARTS.index("shaft")
    for example in examples:
        for crop, parts in zip(example.crops, example.parts, strict=True):
            assert (crop is None) == (parts is None)
            assert parts is None or (parts == shaft).all()
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


@pytest.mark.parametrize(
    ("legibility", "is_legible"),
    [
        ({}, True),
        ({"root_area": 0.1, "root_contrast": 4.0}, True),
        ({"root_area": 0.09, "root_contrast": 60.0}, False),
        ({"root_area": 9.0, "root_contrast": 3.9}, False),
    ],
)
def test_a_root_is_legible_from_some_area_and_contrast_on(
    rendered: Path, legibility: dict[str, float], is_legible: bool
) -> None:
    file = rendered / "truth.jsonl"
    line = json.loads(file.read_text("utf-8"))
    line["hairs"][0] |= legibility
    file.write_text(json.dumps(line), "utf-8")
    assert load_annotations(rendered)[0].hairs[0].root_is_legible is is_legible


@pytest.mark.parametrize(
    ("root", "flaw", "bend_deg", "is_ambiguous"),
    [
        ("misshapen", 0.099, 19.9, True),
        ("misshapen", 0.1, 0.0, False),
        ("misshapen", 0.0, 20.0, False),
        ("telogen", 0.0, 0.0, False),
    ],
)
def test_a_straight_torn_root_without_a_flaw_is_ambiguous(
    rendered: Path, root: str, flaw: float, bend_deg: float, is_ambiguous: bool
) -> None:
    file = rendered / "truth.jsonl"
    line = json.loads(file.read_text("utf-8"))
    line["hairs"][0] |= {"root": root, "root_flaw": flaw, "root_bend_deg": bend_deg}
    file.write_text(json.dumps(line), "utf-8")
    assert load_annotations(rendered)[0].hairs[0].is_ambiguous is is_ambiguous


@pytest.mark.parametrize(
    ("root", "flaw", "is_ambiguous"),
    [("telogen", 0.121, True), ("telogen", 0.12, False), ("misshapen", 0.5, False)],
)
def test_a_club_whose_sheath_looks_torn_is_ambiguous(
    rendered: Path, root: str, flaw: float, is_ambiguous: bool
) -> None:
    file = rendered / "truth.jsonl"
    line = json.loads(file.read_text("utf-8"))
    line["hairs"][0] |= {"root": root, "sheathed_flaw": flaw}
    file.write_text(json.dumps(line), "utf-8")
    assert load_annotations(rendered)[0].hairs[0].is_ambiguous is is_ambiguous


@pytest.mark.parametrize(("with_hairs", "maker"), [(True, "painter"), (False, "lookalikes")])
def test_roots_among_lookalikes_are_by_the_painter(
    rendered: Path, with_hairs: bool, maker: str
) -> None:
    file = rendered / "truth.jsonl"
    line = json.loads(file.read_text("utf-8")) | {"maker": "lookalikes"}
    line["hairs"] = line["hairs"] if with_hairs else []
    file.write_text(json.dumps(line), "utf-8")
    assert load_annotations(rendered)[0].maker == maker


def test_every_label_of_a_picture_is_a_part(tmp_path: Path) -> None:
    row = np.array([[labels.LABEL_NAMES.index(name) for name in labels.LABEL_NAMES]], np.uint8)
    cv2.imwrite(str(tmp_path / "a.png"), row)
    found = [PARTS[part] for part in _label_picture(tmp_path / "a.png")[0]]
    assert dict(zip(labels.LABEL_NAMES, found, strict=True)) == {
        "background": "background",
        "shaft": "shaft",
        "bulb": "root",
        "sheath": "sheath",
        "tail": "root",
        "other": "other",
        "sheathed_shaft": "shaft",
        "sheathed_bulb": "root",
    }
    with pytest.raises(OSError, match=r"none\.png"):
        _label_picture(tmp_path / "none.png")


LEVEL = Strand(
    np.array([[100.0, 150.0], [500.0, 150.0]]),
    6.0,
    (End(100, 150, np.pi, EndState.VISIBLE), End(500, 150, 0.0, EndState.OUT_OF_PHOTO)),
    -100.0,
)
"""A strand 6 px wide, so that two pixels of a crop are one of the photo."""


def example_of(mask: PartsMap | None, pixels: np.ndarray, kind: int) -> Example:  # type: ignore[type-arg]
    annotated = AnnotatedStrand(LEVEL, "not_hair", (kind, UNTRAINED))
    return _example(Photo(pixels, "0" * 64), mask, "a.jpg", annotated, found=True)


def test_the_map_of_parts_lies_over_the_crop() -> None:
    """The end at x = 100 is column 120 of the crop, 30 of the map, from where the shaft goes left;
    y = 150 is between the rows 17 and 18 of the map. A cell is two pixels of the photo."""
    mask = np.zeros((300, 600), np.uint8)
    mask[147:153, 120:500] = PARTS.index("shaft")
    mask[143:157, 100:120] = PARTS.index("root")
    mask[130:143, 100:110] = PARTS.index("sheath")  # above the hair, so below it in the crop
    pixels = np.where(mask[..., None] == 0, 200, 60).repeat(3, axis=2).astype(np.uint8)
    found = example_of(mask, pixels, CLUB)
    expected = np.zeros((36, 60), np.uint8)
    expected[17:20, :20] = PARTS.index("shaft")  # centres at y = 151, 149, 147
    expected[15:22, 20:30] = PARTS.index("root")  # at y = 155 to 143
    expected[22:28, 25:30] = PARTS.index("sheath")  # at y = 141 to 131
    crop, parts = found.crops[0], found.parts[0]
    assert parts is not None
    assert crop is not None
    assert np.array_equal(parts, expected)
    assert (found.crops[1], found.parts[1]) == (None, None)
    shown = cv2.resize(crop.pixels[..., 0], (60, 36), interpolation=cv2.INTER_AREA) < 130
    assert (shown != (expected > 0)).sum() <= 1  # a corner of which one half is dark


def test_the_map_of_parts_has_the_scale_of_the_crop(tmp_path: Path) -> None:
    """The shaft is 6 px wide in the middle and 12 px at the end: a cell is four pixels there."""
    mask = np.full((300, 600), PARTS.index("shaft"), np.uint8)
    mask[:, :100] = PARTS.index("root")
    mask[:, :60] = 0  # 40 px beyond the end: ten cells
    end = replace(LEVEL.ends[0], shaft_px=12.0)
    strand = replace(LEVEL, ends=(end, LEVEL.ends[1]))
    annotated = AnnotatedStrand(strand, "telogen", (CLUB, UNTRAINED))
    pixels = np.full((300, 600, 3), 200, np.uint8)
    found = _example(Photo(pixels, "0" * 64), mask, "a.jpg", annotated, found=True)
    assert found.parts[0] is not None
    row = found.parts[0][18]
    assert row.tolist() == [1] * 30 + [2] * 10 + [0] * 20
    save_examples(tmp_path / "e.npz", [found])
    (loaded,) = load_examples(tmp_path / "e.npz")
    assert loaded.crops[0] is not None
    assert (loaded.strand.shaft_px, loaded.crops[0].shaft_px) == (6.0, 12.0)
    assert load_ends([tmp_path / "e.npz"], lambda *_: True).shaft_px.tolist() == [12.0]


GREY, BLACK, BROWN, PINK, BLUE = (
    (140, 130, 135),
    (40, 10, 10),
    (70, 100, 130),
    (180, 110, 230),
    (200, 90, 40),
)


@pytest.mark.parametrize(
    ("colour", "part", "length_px", "kind", "expected"),
    [
        (GREY, "other", 100, NOT_HAIR, UNTRAINED),
        (BLACK, "other", 100, NOT_HAIR, UNTRAINED),
        (BROWN, "other", 100, NOT_HAIR, UNTRAINED),
        (PINK, "other", 100, NOT_HAIR, NOT_HAIR),
        (BLUE, "other", 100, NOT_HAIR, NOT_HAIR),
        (BROWN, "shaft", 100, NOT_HAIR, NOT_HAIR),  # an end in the middle of a hair
        (BROWN, "other", 12, NOT_HAIR, NOT_HAIR),  # a speck at the end
        (BROWN, "other", 100, BARE, BARE),
    ],
)
def test_a_stroke_in_a_colour_of_hair_is_not_trained(
    colour: tuple[int, int, int], part: str, length_px: int, kind: int, expected: int
) -> None:
    """It reaches the end of the strand. On yellow paper, whose colour is that of no stroke."""
    pixels = np.full((300, 600, 3), (60, 220, 240), np.uint8)
    pixels[147:153, 100 : 100 + length_px] = colour
    mask = np.zeros((300, 600), np.uint8)
    mask[147:153, 100 : 100 + length_px] = PARTS.index(part)
    assert example_of(mask, pixels, kind).annotated.end_classes == (expected, UNTRAINED)
    assert example_of(None, pixels, kind).annotated.end_classes == (kind, UNTRAINED)
