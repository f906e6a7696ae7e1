"""From folders to hairs to train on."""

import hashlib
from pathlib import Path

from PIL import Image

from tests.helpers.training.label_folders import finds, folder, picture, strand, zipped
from training.datasets.examples import BARE, CLUB, MISSHAPEN
from training.labels.folds import split
from training.labels.label import HairLabel
from training.labels.label_set import LabelSet, load_labels
from training.labels.labelled_strand import Extent
from training.labels.preview import draw_sheet, in_words

HEAD = "photo,x,y,label,said_at\n"


FINDER = finds(strand(y=100), strand(y=300))
"""Two level hairs, 5 px wide, with ends at x = 100 and 500."""


def read(*paths: Path) -> LabelSet:
    return load_labels(paths, FINDER)


def table(tmp_path: Path, rows: str, **more: bytes) -> Path:
    """A small photo with a table: with places in it, it is no crop."""
    return folder(
        tmp_path, {"a.png": picture(1, 512, 400), "t.csv": (HEAD + rows).encode(), **more}
    )


def told(labels: LabelSet) -> list[str]:
    return [f"{each.where.row}: {each.sentence}" for each in labels.problems]


def test_labels_become_hairs_with_the_crops_of_their_ends(tmp_path: Path) -> None:
    labels = read(table(tmp_path, "a.png,101,101,club,\na.png,499,299,bent,\n"))
    assert labels.problems == ()
    first, second = labels.hairs
    assert (first.fits, second.fits) == (((CLUB, BARE),), ((BARE, MISSHAPEN),))
    assert all(crop is not None and crop.pixels.shape == (96, 160, 3) for crop in first.crops)
    assert first.photo == hashlib.sha256(picture(1, 512, 400)).hexdigest()
    assert first.strand.path.tolist() == [[100, 100], [500, 100]]
    assert (first.where.row, first.extent) == (2, Extent.HAIR)
    assert first.file == str(tmp_path / "a.png")
    assert labels.crops == 0


def test_labels_that_meet_nothing_or_contradict_are_listed_by_row(tmp_path: Path) -> None:
    rows = "a.png,300,200,club,\na.png,100,100,club,\na.png,100,100,bent,\na.png,100,300,unsure,\n"
    labels = read(table(tmp_path, rows))
    assert labels.hairs == ()
    assert labels.given == {HairLabel.TELOGEN: 2, HairLabel.MISSHAPEN: 1, HairLabel.UNSURE: 1}
    assert [text[:46] for text in told(labels)] == [
        "2: No visible end of a hair is found within 6 ",
        "3: The labels of one hair contradict each othe",
    ]


def test_the_later_word_counts_where_times_are_known(tmp_path: Path) -> None:
    rows = "a.png,100,100,club,2026-01-02\na.png,100,100,bent,2026-01-01T10:00:00+05:00\n"
    labels = read(table(tmp_path, rows))
    assert [hair.said for hair in labels.hairs] == [HairLabel.TELOGEN]
    assert len(labels.problems) == 1


def test_the_same_picture_is_one_wherever_it_lies(tmp_path: Path) -> None:
    one = table(tmp_path / "one", "a.png,100,100,club,\n")
    two = zipped(
        tmp_path / "two.zip",
        {
            "b/copy.png": picture(1, 512, 400),
            "t.csv": (HEAD + "b/copy.png,100,100,bent,\n").encode(),
        },
    )
    labels = read(one, two)
    assert len(labels.pictures) == 1
    assert labels.hairs == ()
    assert "contradict" in told(labels)[0]
    assert "The same file as" in labels.notes[0].sentence


def test_a_picture_that_cannot_be_read_costs_its_labels_alone(tmp_path: Path) -> None:
    more = {"bad.jpg": b"\xff\xd8\xff and then nothing", "empty.png": b""}
    rows = "bad.jpg,1,2,club,\nempty.png,1,2,club,\na.png,100,100,club,\nbad.jpg,3,4,club,\n"
    labels = read(table(tmp_path, rows, **more), tmp_path / "nothing")
    assert len(labels.hairs) == 1
    assert [(Path(each.where.file).name, each.sentence) for each in labels.problems] == [
        ("nothing", "There is nothing of this name."),
        ("empty.png", "The file is empty; choose the photo again or take a new one. "
                      "Labels that are lost with it: 1."),
        ("bad.jpg", "The picture is damaged or cut short; send the original file again. "
                    "Labels that are lost with it: 2."),
    ]  # fmt: skip


def test_crops_and_photos_in_folders_of_their_class(tmp_path: Path) -> None:
    files = {
        "club/crop.png": picture(1, 160, 96),
        "bent/anna/photo.png": picture(2),
        "bent/anna/other.png": picture(3),
    }
    labels = read(folder(tmp_path, files))
    assert (labels.crops, len(labels.pictures), labels.persons) == (1, 3, 1)
    by_label = {said: [h for h in labels.hairs if h.said is said] for said in HairLabel}
    (crop,) = by_label[HairLabel.TELOGEN]
    assert (crop.extent, crop.root_end, crop.strand.shaft_px) == (Extent.END, 0, 8.0)
    assert {hair.extent for hair in by_label[HairLabel.MISSHAPEN]} == {Extent.PHOTO}
    assert len(by_label[HairLabel.MISSHAPEN]) == 4
    assert len(set(labels.groups.values())) == 2
    words = list(in_words(labels, split(labels.hairs, labels.groups)))
    assert "Found in photos of one class, so that some may be no hair: 4." in words


def test_the_dry_run_tells_all_in_words(tmp_path: Path) -> None:
    labels = read(table(tmp_path, "a.png,100,100,club,\na.png,300,200,clubs,\n"))
    words = list(in_words(labels, split(labels.hairs, labels.groups)))
    assert words[0] == f"{tmp_path}: photos with a table"
    assert words[2:5] == [
        "1 photo and 0 crops of nobody by name, in 1 group, which is never divided.",
        "One group cannot be split: nothing could be judged on hairs that it was not fitted to.",
        "Problems (1):",
    ]
    assert str(words[5]).startswith(f"  {tmp_path}/t.csv, row 3: No visible end")


def test_the_sheet_has_a_row_for_each_label(tmp_path: Path) -> None:
    labels = read(table(tmp_path, "a.png,100,100,club,\na.png,500,300,bent,\n"))
    sheet = draw_sheet(labels.hairs)
    # Two blocks of a heading (34 px) and one row of tiles (96 + 2 x 15 + 8 px).
    assert sheet.height == 2 * (34 + 134)
    roots = labels.hairs[0].crops[0], labels.hairs[1].crops[1]
    for root, top in zip(roots, (34, 34 + 168), strict=True):
        assert root is not None
        shown = sheet.crop((8, top, 168, top + 96))
        assert shown.tobytes() == Image.fromarray(root.pixels[:, :, ::-1]).tobytes()
    many = draw_sheet(labels.hairs * 100)
    assert many.height == 2 * (34 + 6 * 134)
