"""Which photos a run has, and their names."""

import os
from pathlib import Path

import pytest

from serve.inputs.photo_files import PhotoWalk, distinct, photo_name


def save(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def names_of(*paths: Path) -> list[str]:
    return [photo.name for photo in PhotoWalk(paths)]


def test_a_folder_is_walked_in_order(tmp_path: Path) -> None:
    for name in ("b.JPG", "a.png", "sub/deep/c.webp", "sub/a.heic"):
        save(tmp_path / name)
    assert names_of(tmp_path) == ["a.png", "b.JPG", "sub/a.heic", "sub/deep/c.webp"]


def test_other_files_are_skipped_and_counted(tmp_path: Path) -> None:
    for name in ("notes.txt", ".hidden.jpg", "._a.jpg", "a.jpg", "noend", ".git/x.jpg"):
        save(tmp_path / name)
    walk = PhotoWalk([tmp_path])
    assert [photo.name for photo in walk] == ["a.jpg"]
    assert walk.skipped == 4


def test_a_file_given_itself_counts_as_a_photo(tmp_path: Path) -> None:
    given = save(tmp_path / "holiday")
    walk = PhotoWalk([tmp_path, given])
    assert [photo.name for photo in walk] == ["holiday"]
    assert walk.skipped == 0


def test_a_photo_comes_once(tmp_path: Path) -> None:
    photo = save(tmp_path / "a.jpg")
    (tmp_path / "again.jpg").symlink_to(photo)
    again = Path(os.path.relpath(photo))
    assert names_of(tmp_path, photo, again, tmp_path) == ["a.jpg"]


def test_names_are_distinct(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two", "x/two", "y/two")]
    for folder in folders:
        save(folder / "a.jpg")
    assert names_of(*folders) == ["a.jpg", "two/a.jpg", "two (2)/a.jpg", "two (3)/a.jpg"]


def test_circular_links_end(tmp_path: Path) -> None:
    save(tmp_path / "a.jpg")
    (tmp_path / "round").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.jpg").symlink_to(tmp_path / "self.jpg")
    assert names_of(tmp_path) == ["a.jpg", "self.jpg"]


def test_a_folder_can_be_left_out(tmp_path: Path) -> None:
    for name in ("a.jpg", "out/overlays/a.jpg.jpg", "out/b.jpg"):
        save(tmp_path / name)
    walk = PhotoWalk([tmp_path], [tmp_path / "out" / "overlays"])
    assert [photo.name for photo in walk] == ["a.jpg", "out/b.jpg"]


def test_names_have_composed_accents(tmp_path: Path) -> None:
    save(tmp_path / "u\u0308ber" / "e\u0301.jpg")
    (photo,) = PhotoWalk([tmp_path])
    assert photo.name == "\u00fcber/\u00e9.jpg"
    assert Path(str(photo.path)).exists()


def test_names_that_differ_in_their_accents_only_stay_distinct(tmp_path: Path) -> None:
    for name in ("e\u0301.jpg", "\u00e9.jpg"):
        save(tmp_path / name)
    assert names_of(tmp_path) == ["\u00e9.jpg", f"{tmp_path.name}/\u00e9.jpg"]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("hairs.jpg", "hairs.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\a.jpg", "a.jpg"),
        ("a/", "photo"),
        ("..", "photo"),
        ("", "photo"),
        (None, "photo"),
        ("a\x00\n\u202eb.jpg", "ab.jpg"),
        ("x" * 500 + ".jpg", "x" * 116 + ".jpg"),
    ],
)
def test_upload_names_lose_paths_and_control_characters(sent: str | None, shown: str) -> None:
    assert photo_name(sent) == shown


def test_equal_names_get_numbers() -> None:
    names = ["image.jpg", "image.jpg", "image (2).jpg", "photo", "photo"]
    expected = ["image.jpg", "image (2).jpg", "image (2) (2).jpg", "photo", "photo (2)"]
    assert distinct(names) == expected
