"""Zips of photos given on the command line: searched and scored like the folder that was packed."""

import json
import stat
import zipfile
from pathlib import Path

import pytest

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from serve.batch import BatchRequest, Overlays, score_batch
from serve.error_codes import ServerError
from serve.errors import CommandError
from serve.inputs.left_out import LeftOut
from serve.inputs.paths import parse_path, path_of_record, path_record, require_paths
from serve.inputs.photo_files import PhotoWalk
from serve.inputs.zip_members import EntryProblem
from serve.inputs.zip_path import ZipPath
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.batches import zip_of
from tests.helpers.serve.fake_scorer import FakeScorer

LIMITS = ReadLimits()


def unpacked(folder: Path, files: dict[str, bytes]) -> Path:
    for name, raw in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    return folder


def packed(file: Path, files: dict[str, bytes]) -> ZipPath:
    file.write_bytes(zip_of(files))
    path = parse_path(str(file))
    assert isinstance(path, ZipPath)
    return path


def photo(width: int) -> bytes:
    return encoded(scene(width, 240))


def test_a_zip_is_walked_like_its_folder(tmp_path: Path) -> None:
    names = ["b.JPG", "a.png", "sub/deep/c.webp", "sub/a.heic", "sub-1/a.jpg", ".git/x.jpg"]
    names += ["notes.txt", ".hidden.jpg", "@eaDir/a.jpg", "overlays/a.png.jpg", "labels.png"]
    files = dict.fromkeys(names, b"x")
    here = PhotoWalk([unpacked(tmp_path / "photos", files)])
    there = PhotoWalk([packed(tmp_path / "photos.zip", files)])
    assert [photo.name for photo in there] == [photo.name for photo in here]
    assert there.skipped == here.skipped == 2
    assert there.left_out.as_json() == here.left_out.as_json()
    assert there.left_out.files[LeftOut.EARLIER_RESULTS] == 2


def test_a_zip_is_scored_as_its_folder(tmp_path: Path) -> None:
    files = {"one.jpg": photo(300), "b/two.jpg": photo(301), "b/bad.jpg": b"x", "n.txt": b""}
    files["groups.csv"] = b"photo;person;date\nb\\TWO.jpg;Zoe;2026-01-31\none.jpg;Anna;\n"
    inputs = unpacked(tmp_path / "photos", files), packed(tmp_path / "photos.zip", files)
    outputs = []
    for number, path in enumerate(inputs):
        out = tmp_path / f"out{number}"
        score_batch(BatchRequest((path,), out, overlays=Overlays.ALL), FakeScorer())
        files_in = sorted(file for file in out.rglob("*") if file.is_file() and file.parent != out)
        assert [file.name for file in files_in if file.suffix == ".jpg"] == [
            "two.jpg.jpg",
            "one.jpg.jpg",
        ]
        outputs.append([file.read_bytes() for file in sorted(out.iterdir()) if file.is_file()])
    assert outputs[0] == outputs[1]
    groups = json.loads((tmp_path / "out1" / "summary.json").read_text())["groups"]
    assert {group["group"] for group in groups} == {"Anna", "Zoe", "(no person)"}


@pytest.mark.parametrize("name", ["groups.csv", "study/Groups.CSV"])
def test_a_list_that_is_used_does_not_count_as_skipped(tmp_path: Path, name: str) -> None:
    files = {"study/a.jpg": photo(300), name: b"photo,person\na.jpg,Anna\n", "study/n.txt": b""}
    folder = unpacked(tmp_path / "photos", files)
    unused = tmp_path / "other.csv"
    unused.write_bytes(files[name])
    folder /= Path(name).parent
    for number, (path, groups, skipped) in enumerate(
        (
            (folder, None, 1),
            (packed(tmp_path / "photos.zip", files), None, 1),
            (folder, folder / Path(name).name, 1),
            (folder, unused, 2),
        )
    ):
        request = BatchRequest((path,), tmp_path / f"out{number}", groups=groups)
        assert score_batch(request, FakeScorer()).skipped == skipped


def test_a_stopped_run_on_a_zip_continues(tmp_path: Path) -> None:
    path = packed(tmp_path / "photos.zip", {f"{n}.jpg": photo(300 + n) for n in range(3)})
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    score_batch(BatchRequest((path,), whole), FakeScorer())
    score_batch(BatchRequest((path,), parts), FakeScorer())
    results = parts / "results.jsonl"
    results.write_bytes(results.read_bytes()[:-100])
    score_batch(BatchRequest((parse_path(str(path)),), parts, resume=True), FakeScorer())
    assert results.read_bytes() == (whole / "results.jsonl").read_bytes()


def test_a_list_in_the_only_folder_of_a_zip_is_found(tmp_path: Path) -> None:
    files = {"study/a.jpg": photo(300), "study/sub/a.jpg": photo(301), "__MACOSX/._a.jpg": b"x"}
    files["study/groups.csv"] = b"photo,person\na.jpg,Anna\nsub/a.jpg,Zoe\n"
    path = packed(tmp_path / "study.zip", files)
    result = score_batch(BatchRequest((path,), tmp_path / "out"), FakeScorer())
    assert result.unmatched == ()
    assert result.summary is not None
    assert {group.key.group for group in result.summary.groups} == {"Anna", "Zoe"}


def test_members_that_are_refused_are_rejected_photos(tmp_path: Path) -> None:
    file = tmp_path / "odd.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("good.jpg", photo(300))
        archive.writestr("../evil.jpg", b"x")
        link = zipfile.ZipInfo("link.jpg")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("packed.jpg", b"x", zipfile.ZIP_LZMA)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("good.jpg", photo(301))
    top = ZipPath.top(file)
    refused = {}
    for photo_file in PhotoWalk([top]):
        try:
            photo_file.read(LIMITS)
        except ServerError as error:
            refused[photo_file.name] = error.details["why"]
    assert refused == {
        "evil.jpg": EntryProblem.PATH,
        "link.jpg": EntryProblem.NO_FILE,
        "packed.jpg": EntryProblem.COMPRESSION,
        "good (2).jpg": EntryProblem.SAME_PATH,
    }


def test_a_member_that_is_too_large_or_damaged_is_an_error_of_its_own(tmp_path: Path) -> None:
    path = packed(tmp_path / "photos.zip", {"a.jpg": bytes(5000)})
    with pytest.raises(ShedlightError) as caught:
        (path / "a.jpg").read(ReadLimits(max_bytes=4999))
    assert caught.value.code is ErrorCode.FILE_TOO_LARGE
    raw = bytearray(path.zip.read_bytes())
    raw[40] ^= 255
    path.zip.write_bytes(raw)
    for name in ("a.jpg", "missing.jpg"):
        with pytest.raises(ShedlightError) as caught:
            (ZipPath(path.zip) / name).read(LIMITS)
        assert caught.value.code is ErrorCode.UNREADABLE_FILE


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"not a zip", bytes(1000)])
def test_a_damaged_zip_is_one_sentence(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "photos.zip"
    file.write_bytes(raw)
    with pytest.raises(CommandError, match=r"photos\.zip"):
        parse_path(str(file))


def test_paths_are_recorded(tmp_path: Path) -> None:
    path = packed(tmp_path / "a::b.zip", {"x/y.jpg": b"1"}) / "x" / "y.jpg"
    again = path_of_record(json.loads(json.dumps(path_record(path))))
    assert isinstance(again, ZipPath)
    assert again.read(LIMITS) == b"1"
    require_paths([again, again.parent])
    with pytest.raises(CommandError, match="no such file"):
        require_paths([again.parent / "z.jpg"])
