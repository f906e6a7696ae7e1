"""From folders to hairs to train on."""

import hashlib
from pathlib import Path

from PIL import Image
from rich.table import Table

from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, CROP_WIDTH
from tests.helpers.training.label_folders import finds, folder, picture, strand, zipped
from training.datasets.examples import BARE, CLUB, MISSHAPEN
from training.labels.folds import split_labels
from training.labels.label import HairLabel
from training.labels.label_set import LabelSet, label_points, load_labels
from training.labels.labelled_strand import Extent
from training.labels.preview import describe, draw_sheet

HEADER = "photo,x,y,label,labelled_at\n"


def read(*paths: Path) -> LabelSet:
    """With a finder of two level hairs, 5 px wide, with ends at x = 100 and 500."""
    return load_labels(paths, finds(strand(y=100), strand(y=300)))


def table(tmp_path: Path, rows: str, **more: bytes) -> Path:
    """A small photo with a table: with points in it, it is no crop."""
    files = {"a.png": picture(1, 512, 400), "t.csv": (HEADER + rows).encode(), **more}
    return folder(tmp_path, files)


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def test_labels_become_strands_with_the_crops_of_their_ends(tmp_path: Path) -> None:
    labels = read(table(tmp_path, "a.png,101,101,club,\na.png,499,299,bent,\n"))
    assert labels.issues == ()
    first, second = labels.hairs
    assert (first.fits, second.fits) == (((CLUB, BARE),), ((BARE, MISSHAPEN),))
    assert all(
        crop is not None and crop.pixels.shape == (CROP_HEIGHT, CROP_WIDTH, 3)
        for crop in first.crops
    )
    assert first.photo == sha256(picture(1, 512, 400))
    assert first.strand.path.tolist() == [[100, 100], [500, 100]]
    assert (first.where.row, first.extent) == (2, Extent.HAIR)
    assert first.file == str(tmp_path / "a.png")
    assert labels.crops == 0


def test_unmatched_and_contradictory_labels_are_problems_with_their_row(tmp_path: Path) -> None:
    rows = "a.png,300,200,club,\na.png,100,100,club,\na.png,100,100,bent,\na.png,100,300,unsure,\n"
    labels = read(table(tmp_path, rows))
    assert labels.hairs == ()
    assert labels.given == {HairLabel.TELOGEN: 2, HairLabel.MISSHAPEN: 1, HairLabel.UNSURE: 1}
    assert [issue.where.row for issue in labels.problems] == [2, 3]
    assert "contradict" in labels.problems[1].message


def test_the_latest_label_counts_if_times_are_known(tmp_path: Path) -> None:
    rows = "a.png,100,100,club,2026-01-02\na.png,100,100,bent,2026-01-01T10:00:00+05:00\n"
    labels = read(table(tmp_path, rows))
    assert [hair.label for hair in labels.hairs] == [HairLabel.TELOGEN]
    assert len(labels.problems) == 1


def test_copies_of_a_file_are_one_picture(tmp_path: Path) -> None:
    one = table(tmp_path / "one", "a.png,100,100,club,\n")
    copy = {
        "b/copy.png": picture(1, 512, 400),
        "t.csv": (HEADER + "b/copy.png,100,100,bent,\n").encode(),
    }
    labels = read(one, zipped(tmp_path / "two.zip", copy))
    assert len(labels.pictures) == 1
    assert labels.hairs == ()
    assert [issue.where.file for issue in labels.problems] == [str(one / "t.csv")]
    assert len(labels.notes) == 1


def test_an_unreadable_picture_costs_only_its_own_labels(tmp_path: Path) -> None:
    more = {"bad.jpg": b"\xff\xd8\xff and then nothing", "empty.png": b""}
    rows = "bad.jpg,1,2,club,\nempty.png,1,2,club,\na.png,100,100,club,\nbad.jpg,3,4,club,\n"
    labels = read(table(tmp_path, rows, **more), tmp_path / "nothing")
    assert len(labels.hairs) == 1
    files = [Path(issue.where.file).name for issue in labels.problems]
    assert files == ["nothing", "empty.png", "bad.jpg"]
    assert [issue.message[-8:] for issue in labels.problems[1:]] == ["lost: 1.", "lost: 2."]


def test_crops_and_photos_in_class_folders(tmp_path: Path) -> None:
    files = {
        "club/crop.png": picture(1, CROP_WIDTH, CROP_HEIGHT),
        "bent/anna/photo.png": picture(2),
        "bent/anna/other.png": picture(3),
    }
    labels = read(folder(tmp_path, files))
    assert (labels.crops, len(labels.pictures), labels.persons) == (1, 3, 1)
    by_label = {label: [h for h in labels.hairs if h.label is label] for label in HairLabel}
    (crop,) = by_label[HairLabel.TELOGEN]
    assert (crop.extent, crop.root_end, crop.strand.shaft_px) == (Extent.END, 0, CROP_SHAFT_PX)
    assert {hair.extent for hair in by_label[HairLabel.MISSHAPEN]} == {Extent.PHOTO}
    assert len(by_label[HairLabel.MISSHAPEN]) == 4
    assert labels.group_count == 2


def test_the_preview_lists_format_counts_split_and_problems(tmp_path: Path) -> None:
    labels = read(table(tmp_path, "a.png,100,100,club,\na.png,300,200,clubs,\n"))
    name, counts, sizes, split, heading, problem = describe(
        labels, split_labels(labels.hairs, labels.groups)
    )
    assert name == f"{tmp_path}: photos with a table"
    assert isinstance(counts, Table)
    assert str(sizes).startswith("1 photo and 0 crops")
    assert "cannot be split" in str(split)
    assert heading == "Problems (1):"
    assert str(problem).startswith(f"  {tmp_path}/t.csv, row 3: ")


def test_the_sheet_has_a_row_for_each_label(tmp_path: Path) -> None:
    labels = read(table(tmp_path, "a.png,100,100,club,\na.png,500,300,bent,\n"))
    sheet = draw_sheet(labels.hairs)
    # Two blocks of a heading (34 px) and one row of tiles (a crop + 2 x 15 + 8 px).
    tile = CROP_HEIGHT + 38
    assert sheet.height == 2 * (34 + tile)
    roots = labels.hairs[0].crops[0], labels.hairs[1].crops[1]
    for root, top in zip(roots, (34, 34 + 34 + tile), strict=True):
        assert root is not None
        shown = sheet.crop((8, top, 8 + CROP_WIDTH, top + CROP_HEIGHT))
        assert shown.tobytes() == Image.fromarray(root.pixels[:, :, ::-1]).tobytes()
    many = draw_sheet(labels.hairs * 100)
    assert many.height == 2 * (34 + 6 * tile)


ONE, TWO = picture(1), picture(2)


def test_points_of_labels_are_by_the_bytes_of_their_picture(tmp_path: Path) -> None:
    rows = b"photo,x,y,label\na.png,1,2,club\na.png,3,4,unsure\na.png,5,6,\nb.png,7,8,klub\n"
    here = folder(tmp_path / "here", {"a.png": ONE, "b.png": TWO, "labels.csv": rows})
    there = folder(tmp_path / "there", {"c.png": ONE, "t.csv": b"photo,x,y,label\nc.png,9,9,cut\n"})
    points, problems = label_points([here, there])
    assert points == {sha256(ONE): [(1, 2), (3, 4), (9, 9)]}
    assert [each.where.row for each in problems] == [5]


def test_the_label_of_a_whole_picture_has_no_points(tmp_path: Path) -> None:
    classes = folder(tmp_path / "classes", {"club/a.png": ONE})
    rows = folder(tmp_path / "t", {"a.png": ONE, "t.csv": b"photo,x,y,label\na.png,9,9,cut\n"})
    for paths in ([classes, rows], [rows, classes]):
        assert label_points(paths) == ({sha256(ONE): []}, [])


def test_a_missing_folder_is_a_problem(tmp_path: Path) -> None:
    points, problems = label_points([tmp_path / "none"])
    assert not points
    assert [issue.where.file for issue in problems] == [str(tmp_path / "none")]
