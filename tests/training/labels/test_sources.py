import zipfile
from pathlib import Path

import pytest

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from tests.helpers.training.label_folders import folder, zipped
from training.labels import sources as source
from training.labels.sources import SourceError, open_source

FILES = {"b/x.jpg": b"x", "a.csv": b"a", ".hidden/y.jpg": b"y", "b/.z": b"z", "__MACOSX/q": b"q"}
FILES |= {"b/@eaDir/x.jpg/THUMB.jpg": b"t", "#recycle/x.jpg": b"r"}
LIMITS = ReadLimits()


def test_a_folder_and_its_zip_are_read_alike(tmp_path: Path) -> None:
    for path in (folder(tmp_path / "f", FILES), zipped(tmp_path / "f.zip", FILES)):
        opened = open_source(path)
        assert opened.names == ("a.csv", "b/x.jpg")
        assert opened.read("b/x.jpg", LIMITS) == b"x"
        assert opened.problems == ()
        opened.close()


def test_a_linked_folder_is_reported(tmp_path: Path) -> None:
    labels = folder(tmp_path / "labels", {"a.csv": b"a"})
    (labels / "round").symlink_to(labels, target_is_directory=True)
    opened = open_source(labels)
    assert opened.names == ("a.csv",)
    assert [problem.where.file for problem in opened.problems] == [str(labels / "round")]


def test_paths_that_lead_out_of_a_zip_are_problems_and_never_read(tmp_path: Path) -> None:
    bad = {"../up.jpg": b"", "/etc/passwd": b"", "a/../../b.jpg": b"", "C:\\x.jpg": b""}
    opened = open_source(zipped(tmp_path / "z.zip", {**bad, "good.jpg": b"g"}))
    assert opened.names == ("good.jpg",)
    assert len(opened.problems) == 4
    opened.close()


def test_a_zip_of_any_program_has_the_names_of_its_folder(tmp_path: Path) -> None:
    files = {"./b/x.jpg": b"x", "c\\y.jpg": b"y", "c/d/../10:15.jpg": b"z", "./": b"", "c\\": b""}
    opened = open_source(zipped(tmp_path / "z.zip", files))
    assert opened.names == ("b/x.jpg", "c/10:15.jpg", "c/y.jpg")
    assert [opened.read(name, LIMITS) for name in opened.names] == [b"x", b"z", b"y"]
    assert opened.problems == ()
    opened.close()


def test_the_first_of_two_files_with_one_path_counts(tmp_path: Path) -> None:
    opened = open_source(zipped(tmp_path / "z.zip", {"a/x.jpg": b"1", "a\\x.jpg": b"2"}))
    assert opened.read("a/x.jpg", LIMITS) == b"1"
    assert len(opened.problems) == 1
    opened.close()


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_source(zipped(tmp_path / "z.zip", {"a.jpg": bytes(50_000_000)}))
    assert opened.path.stat().st_size < 100_000
    with pytest.raises(ShedlightError) as refused:
        opened.read("a.jpg", ReadLimits(max_bytes=1_000_000))
    assert refused.value.code is ErrorCode.FILE_TOO_LARGE
    opened.close()
    monkeypatch.setattr(source, "MAX_UNPACKED_BYTES", 49_999_999)
    with pytest.raises(SourceError, match="too large"):
        open_source(tmp_path / "z.zip")


def test_a_damaged_member_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jpg", b"aaaaaaaa")
        archive.writestr("b.jpg", b"bbbbbbbb")
    path.write_bytes(path.read_bytes().replace(b"aaaaaaaa", b"aaaaaaax"))
    opened = open_source(path)
    with pytest.raises(ShedlightError) as refused:
        opened.read("a.jpg", LIMITS)
    assert refused.value.code is ErrorCode.UNREADABLE_FILE
    assert opened.read("b.jpg", LIMITS) == b"bbbbbbbb"
    opened.close()


def test_what_is_neither_folder_nor_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04 and no end")
    for name, term in (("cut.zip", "complete zip"), ("no", "no such file")):
        with pytest.raises(SourceError, match=term):
            open_source(tmp_path / name)


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_FILES", 1)
    for path in (folder(tmp_path / "f", FILES), zipped(tmp_path / "f.zip", FILES)):
        with pytest.raises(SourceError, match="more than 1 "):
            open_source(path)
