"""Labels written in other formats and read back, also by COCO's and Label Studio's libraries."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.serve.command_line import run
from tests.helpers.training.label_folders import folder, picture, zipped
from training.labels.export.export import WRITERS, export_labels
from training.labels.formats.detect import read_labels
from training.labels.label import HairLabel
from training.labels.sources import open_source

FORMATS = sorted(WRITERS)
HEADER = "photo,root_x,root_y,other_end_x,other_end_y,root_from,label,person,labelled_at\n"
ROWS = [
    "one.png,10,20.5,300,41,person,telogen,anna,2026-01-31T18:05:00+00:00",
    "one.png,33.3333,7,,,person,misshapen,anna,2026-02-01T00:00:00+02:00",
    "one.png,50,60,70,80,unknown,no_bulb,zoe,",
    "one.png,200.125,61,,,unknown,anagen,,",
    "sub/t w\u00f6.png,0,0,639,399,machine,not_hair,,",
    "sub/t w\u00f6.png,5,6,,,person,unsure,,",
    "sub/t w\u00f6.png,,,,,whole_photo,telogen,b c,",
]
FILES = {"one.png": picture(1), "sub/t w\u00f6.png": picture(2), "left.png": picture(3)}
Key = tuple[Any, ...]


@pytest.fixture
def given(tmp_path: Path) -> Path:
    table = (HEADER + "\n".join(ROWS) + "\n").encode()
    return folder(tmp_path / "given", {**FILES, "labels.csv": table})


def keys(path: Path) -> list[Key]:
    """Everything about each label but the folder of its picture, sorted."""
    source = open_source(path)
    _, labels, issues = read_labels(source)
    source.close()
    assert [issue for issue in issues if not issue.is_note] == []
    return sorted(
        (
            label.picture.name.removeprefix("photos/"),
            label.label.value,
            tuple((round(x, 6), round(y, 6)) for x, y in label.points),
            label.root_known,
            label.person,
            str(label.labelled_at.astimezone(UTC)) if label.labelled_at else "",
        )
        for label in labels
    )


@pytest.mark.parametrize("name", FORMATS)
def test_labels_come_back_the_same(given: Path, tmp_path: Path, name: str) -> None:
    exported = export_labels([given], tmp_path / "out", name)
    assert exported.labels.total() == len(ROWS)
    assert keys(tmp_path / "out") == keys(given)
    copied = tmp_path / "out" / "photos" / "sub" / "t w\u00f6.png"
    assert copied.read_bytes() == FILES["sub/t w\u00f6.png"]
    assert not (tmp_path / "out" / "photos" / "left.png").exists()


@pytest.mark.parametrize("first", FORMATS)
@pytest.mark.parametrize("second", FORMATS)
def test_labels_survive_two_exports(given: Path, tmp_path: Path, first: str, second: str) -> None:
    export_labels([given], tmp_path / "one", first)
    shutil.make_archive(str(tmp_path / "one"), "zip", tmp_path / "one")
    export_labels([tmp_path / "one.zip"], tmp_path / "two", second)
    assert keys(tmp_path / "two") == keys(given)


def test_cocos_own_library_reads_and_writes_the_labels(given: Path, tmp_path: Path) -> None:
    pycocotools = pytest.importorskip("pycocotools.coco", reason="in the extra test")
    out = tmp_path / "out"
    export_labels([given], out, "coco")
    coco = pycocotools.COCO(str(out / "annotations.json"))
    assert len(coco.getImgIds()) == 2
    clubs = coco.getAnnIds(catIds=coco.getCatIds(catNms=["telogen"]))
    assert len(clubs) == 2
    assert all(each["area"] > 0 for each in coco.loadAnns(coco.getAnnIds()))
    again = tmp_path / "again"
    again.mkdir()
    shutil.copytree(out / "photos", again / "photos")
    (again / "annotations.json").write_text(json.dumps(coco.dataset))
    assert keys(again) == keys(given)
    coco.loadRes(coco.loadAnns(coco.getAnnIds()))


@pytest.mark.parametrize("short", ["JSON", "JSON_MIN", "CSV", "TSV"])
def test_label_studios_own_library_reads_and_writes_the_labels(
    given: Path, tmp_path: Path, short: str
) -> None:
    library = pytest.importorskip("label_studio_converter", reason="in the extra test")
    out, again = tmp_path / "out", tmp_path / "again"
    export_labels([given], out, "labelstudio")
    converter = library.Converter(str(out / "labeling_config.xml"), str(out))
    converter.convert(str(out / "tasks.json"), str(again), short, is_dir=False)
    if short == "TSV":
        (again / "result.csv").rename(again / "result.tsv")
    shutil.copytree(out / "photos", again / "photos")
    assert keys(again) == keys(given)


def test_label_studios_own_export_to_coco_has_the_same_boxes(tmp_path: Path) -> None:
    library = pytest.importorskip("label_studio_converter", reason="in the extra test")
    box = {"x": 10.0, "y": 20.0, "width": 5.0, "height": 10.0, "rotation": 0}
    size = {"original_width": 640, "original_height": 400}
    names = {"from_name": "box", "to_name": "image", "type": "rectanglelabels"}
    result = {**names, **size, "value": {**box, "rectanglelabels": ["club"]}}
    task = {"id": 1, "data": {"image": "one.png"}, "annotations": [{"id": 1, "result": [result]}]}
    config = (
        '<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image">'
        '<Label value="club"/></RectangleLabels></View>'
    )
    given = folder(tmp_path / "given", {"one.png": FILES["one.png"]})
    (given / "tasks.json").write_text(json.dumps([task]))
    out = tmp_path / "out"
    converter = library.Converter(config, str(given), download_resources=False)
    converter.convert(str(given / "tasks.json"), str(out), "COCO", is_dir=False)
    shutil.copy(given / "one.png", out / "one.png")
    assert [key[:3] for key in keys(out)] == [("one.png", "telogen", ((80.0, 100.0),))]
    assert [key[:3] for key in keys(given)] == [("one.png", "telogen", ((80.0, 100.0),))]


def test_pictures_of_several_sources_get_different_names(tmp_path: Path) -> None:
    crops = [{"club/x.png": picture(n, 160, 96)} for n in (1, 2)]
    paths = [folder(tmp_path / "a", crops[0]), zipped(tmp_path / "b.zip", crops[1])]
    exported = export_labels(paths, tmp_path / "out", "csv")
    assert exported.pictures == 2
    names = sorted(path.name for path in (tmp_path / "out" / "photos" / "club").iterdir())
    assert names == ["x (2).png", "x.png"]


def test_a_broken_picture_costs_its_labels_and_no_label_writes_nothing(
    given: Path, tmp_path: Path
) -> None:
    (given / "one.png").write_bytes(b"x")
    exported = export_labels([given], tmp_path / "out", "coco")
    assert exported.labels.total() == 3
    assert [issue.message[-2:] for issue in exported.issues if not issue.is_note] == ["4."]
    empty = export_labels([folder(tmp_path / "none", {"a.txt": b""})], tmp_path / "no", "csv")
    assert (empty.labels, (tmp_path / "no").exists()) == ({}, False)


@pytest.mark.parametrize("name", FORMATS)
def test_the_command_exports(
    given: Path,
    tmp_path: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    command = ("labels", "export", given, "--out", out, "--format", name)
    assert run(monkeypatch, *command) == 0
    assert f"Labels: {len(ROWS)} on 2 pictures" in capsys.readouterr().out
    assert run(monkeypatch, *command) == 1  # it is not empty now
    assert run(monkeypatch, "labels", "export", given, "--out", given / "x") == 1
    assert run(monkeypatch, "labels", "export", tmp_path / "none", "--out", tmp_path / "x") == 1
    assert not (tmp_path / "x").exists()


def test_unknown_names_are_listed_with_the_known_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = b"photo,x,y,label\none.png,1,2,catagen\none.png,3,4,dystrophic\n"
    labels = folder(tmp_path / "l", {"one.png": FILES["one.png"], "labels.csv": table})
    assert run(monkeypatch, "labels", "export", labels, "--out", tmp_path / "out") == 2
    printed = capsys.readouterr().out
    assert "catagen" in printed
    assert "exclamation mark" in printed
    assert [key[1] for key in keys(tmp_path / "out")] == [HairLabel.ANAGEN]


def test_times_without_a_zone_are_utc(given: Path, tmp_path: Path) -> None:
    source = open_source(given)
    _, labels, _ = read_labels(source)
    assert labels[0].labelled_at == datetime(2026, 1, 31, 18, 5, tzinfo=UTC)
    assert replace(labels[0], labelled_at=None) != labels[0]
