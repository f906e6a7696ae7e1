"""Pictures among photos that are not scored: earlier results, system folders, linked folders."""

import os
from pathlib import Path

import fsspec
import pytest

from data.io.system_folders import is_system_folder
from serve.cli.labels import SHEET
from serve.drawing.explain import draw_stages
from serve.inputs.left_out import CROP_SHEETS, EXPLAIN_PICTURES, LeftOut
from serve.inputs.paths import parse_path
from serve.inputs.photo_files import PhotoWalk

OVERLAYS = ("out/overlays/a.jpg.jpg", "out/overlays/sub/b.png.jpg")


def save(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def walked(*paths: Path) -> tuple[list[str], PhotoWalk]:
    walk = PhotoWalk(paths)
    return [photo.name for photo in walk], walk


def test_overlays_of_an_earlier_run_are_left_out_but_photos_beside_it_are_not(
    tmp_path: Path,
) -> None:
    save(tmp_path, "a.jpg", "out/results.jsonl", "out/run/settings.json", "out/c.jpg", *OVERLAYS)
    save(tmp_path, "out/overlays/holiday.jpg")  # the overlay of a photo without a suffix
    names, walk = walked(tmp_path)
    assert names == ["a.jpg", "out/c.jpg"]
    assert walk.left_out.files[LeftOut.EARLIER_RESULTS] == 3


def test_overlays_without_their_results_are_known_by_their_names(tmp_path: Path) -> None:
    save(tmp_path, "overlays/photo.jpg", "copy.jpg.jpg", *OVERLAYS)
    names, walk = walked(tmp_path)
    assert names == ["copy.jpg.jpg", "overlays/photo.jpg"]
    assert walk.left_out.files[LeftOut.EARLIER_RESULTS] == 2
    assert walked(tmp_path / "out" / "overlays")[0] == []


def test_pictures_of_explain_are_left_out_where_all_are_there(tmp_path: Path) -> None:
    pictures = [*EXPLAIN_PICTURES, f"{CROP_SHEETS}.png", f"{CROP_SHEETS}_2.png"]
    save(tmp_path, *(f"explained/{name}" for name in pictures), "explained/my.jpg", "1_photo.jpg")
    names, walk = walked(tmp_path)
    assert names == ["1_photo.jpg", "explained/my.jpg"]
    assert walk.left_out.files[LeftOut.EARLIER_RESULTS] == len(pictures)


def test_other_pictures_of_ours_are_left_out(tmp_path: Path) -> None:
    ours = ("checked/labels.png", "study/retake.png", "export/crops/x_0_1.png", "made/masks/a.png")
    save(tmp_path, *ours, "study/retake.json", "export/labels.csv", "made/truth.jsonl")
    photos = (
        "crops/a.jpg",
        "export/photos/x.jpg",
        "made/photos/a.jpg",
        "masks/a.png",
        "retake.png",
    )
    save(tmp_path, *photos)
    names, walk = walked(tmp_path)
    assert sorted(names) == sorted(photos)
    assert walk.left_out.files[LeftOut.EARLIER_RESULTS] == len(ours)


def test_the_contact_sheet_of_labels_has_the_name_that_is_left_out(tmp_path: Path) -> None:
    save(tmp_path, SHEET)
    assert walked(tmp_path)[0] == []


def test_the_pictures_of_explain_have_the_names_that_are_left_out() -> None:
    constants = draw_stages.__code__.co_consts
    found = {part for each in constants for part in (each if isinstance(each, tuple) else (each,))}
    assert found >= EXPLAIN_PICTURES


@pytest.mark.parametrize(
    "folder",
    [
        *("@eaDir/a.jpg", "#recycle", "$RECYCLE.BIN/S-1-5-21", ".Trashes/501", "lost+found"),
        *("__MACOSX/sub", ".thumbnails", "Thumbnails", "thumbs", ".Trash-1000/files", ".@__thumb"),
        *("Trash", "found.000", "Previews.lrdata/a", "@tmp", "LOST.DIR"),
    ],
)
def test_system_folders_are_left_out_and_counted(tmp_path: Path, folder: str) -> None:
    save(tmp_path, "a.jpg", f"visit/{folder}/SYNOPHOTO_THUMB_M.jpg", f"{folder}/b.jpg")
    names, walk = walked(tmp_path)
    assert names == ["a.jpg"]
    assert walk.left_out.files == {LeftOut.SYSTEM_FOLDERS: 2, LeftOut.EARLIER_RESULTS: 0}


def test_folders_with_similar_names_are_searched(tmp_path: Path) -> None:
    save(tmp_path, "recycle/a.jpg", "thumb nails/a.jpg", "eaDir/a.jpg")
    assert len(walked(tmp_path)[0]) == 3
    assert not is_system_folder("trash-1000")


def test_a_system_folder_is_searched_only_when_it_is_given_alone(tmp_path: Path) -> None:
    save(tmp_path, "visit/a.jpg", "lost+found/b.jpg")
    names, walk = walked(*sorted(tmp_path.iterdir()))
    assert names == ["a.jpg"]
    assert walk.left_out.files[LeftOut.SYSTEM_FOLDERS] == 1
    assert walked(tmp_path / "lost+found")[0] == ["b.jpg"]


def test_hidden_folders_are_counted(tmp_path: Path) -> None:
    save(tmp_path, "a.jpg", ".git/x.jpg", ".git/y/z.txt")
    assert walked(tmp_path)[1].left_out.files[LeftOut.HIDDEN_FOLDERS] == 2


def test_the_same_is_left_out_of_a_remote_folder() -> None:
    memory = fsspec.filesystem("memory")
    names = ["a.jpg", "@eaDir/a.jpg/x.jpg", "out/results.jsonl", *OVERLAYS, "overlays/s/b.jpg.jpg"]
    for name in names:
        memory.pipe(f"/left-out/{name}", b"")
    walk = PhotoWalk([parse_path("memory://left-out")])
    assert [photo.name for photo in walk] == ["a.jpg"]
    assert walk.left_out.files == {LeftOut.SYSTEM_FOLDERS: 1, LeftOut.EARLIER_RESULTS: 2}


def test_a_linked_folder_is_searched_once_and_loops_are_not(tmp_path: Path) -> None:
    study, drive = tmp_path / "study", tmp_path / "drive"
    save(study, "z.jpg", "own/a.jpg")
    save(drive, "visit/b.jpg", "visit/deep/c.jpg", "lost+found/d.jpg")
    (drive / "visit" / "up").symlink_to(drive, target_is_directory=True)
    for name, target in {
        "1": drive / "visit",
        "2": drive / "visit",
        "3": study / "own",
        "4": tmp_path,
        "5": study,
        "6": drive / "lost+found",
        "7": drive / "visit" / "deep",
        "8": tmp_path / "missing",
    }.items():
        (study / name).symlink_to(target, target_is_directory=True)
    names, walk = walked(study)
    assert names == ["z.jpg", "own/a.jpg", "1/b.jpg", "1/deep/c.jpg"]
    assert (walk.left_out.links_followed, walk.left_out.links_left_out) == (1, 6)
    assert walk.left_out.files[LeftOut.SYSTEM_FOLDERS] == 1
    assert walk.skipped == 1  # the link that leads nowhere


def test_links_to_the_folder_of_results_are_not_followed(tmp_path: Path) -> None:
    save(tmp_path, "photos/a.jpg", "out/overlays/a.jpg")
    (tmp_path / "photos" / "pictures").symlink_to(tmp_path / "out" / "overlays")
    walk = PhotoWalk([tmp_path / "photos"], [tmp_path / "out" / "overlays"])
    assert [photo.path for photo in walk] == [tmp_path / "photos" / "a.jpg"]


@pytest.mark.skipif(os.name != "posix", reason="names of Unix")
def test_counts_are_complete_for_the_summary(tmp_path: Path) -> None:
    save(tmp_path, "a.jpg", "@eaDir/a.jpg", "notes.txt", ".cache/x")
    _, walk = walked(tmp_path)
    assert walk.skipped == 1
    assert walk.left_out.as_json() == {
        "earlier_results": 0,
        "system_folders": 1,
        "hidden_folders": 1,
        "linked_folders_searched": 0,
        "linked_folders_left_out": 0,
    }
