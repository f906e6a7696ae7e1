"""Untrusted zips: bombs, path traversal, links, and damaged files."""

import stat
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from serve.error_codes import ServerErrorCode
from serve.inputs.zip_members import EntryProblem, is_zip
from serve.jobs.batches.unpack import UploadedBatch, UploadedFile, unpack
from serve.jobs.batches.zip_files import FREE_BYTES, MAX_RATIO, UnpackQuota
from tests.helpers.serve.batches import zip_of
from tests.helpers.serve.http import OTHER, PHOTO

MB = 1_000_000
LIMITS = ReadLimits(max_bytes=2 * MB)


def unpack_zip(folder: Path, raw: bytes, name: str = "sent.zip", photos: int = 9) -> UploadedBatch:
    path = folder / "000000"
    path.write_bytes(raw)
    return unpack([UploadedFile(path, name)], folder, UnpackQuota(photos, 20 * MB), LIMITS)


def refusals(batch: UploadedBatch) -> dict[str, str]:
    """The refused files with their problem or error code."""
    return {name: str(error.details.get("why", error.code.value)) for name, error in batch.refused}


def code_of(folder: Path, raw: bytes, photos: int = 9) -> ErrorCode:
    with pytest.raises(ShedlightError) as refused:
        unpack_zip(folder, raw, photos=photos)
    assert refused.value.field == "files"
    return refused.value.code


def with_entry(name: str, raw: bytes = PHOTO, **how: int) -> bytes:
    """A zip of a good photo and of an entry with unusual attributes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("good.jpg", OTHER)
        info = zipfile.ZipInfo("x")
        info.filename = name  # unchanged: the constructor would normalize some names
        for attribute, value in how.items():
            setattr(info, attribute, value)
        packed.writestr(info, raw)
    return buffer.getvalue()


def test_photos_get_new_file_names_and_keep_their_labels(tmp_path: Path) -> None:
    raw = zip_of({"b/x.jpg": b"3", "a/x.jpg": b"2", "z.PNG": b"1", "a/deep/er.webp": b"4"})
    batch = unpack_zip(tmp_path, raw)
    assert [photo.name for photo in batch.photos] == [
        *("z.PNG", "a/x.jpg", "a/deep/er.webp", "b/x.jpg")
    ]
    assert [photo.path.read_bytes() for photo in batch.photos] == [b"1", b"2", b"4", b"3"]
    assert all(photo.path.parent == tmp_path for photo in batch.photos)
    assert len(list(tmp_path.iterdir())) == 4  # the zip is deleted


def test_files_that_are_not_images_are_skipped_and_counted(tmp_path: Path) -> None:
    names = ("notes.txt", ".hidden.jpg", "__MACOSX/a.jpg", "@eaDir\\a.jpg", ".git/a.jpg", "g.csv")
    batch = unpack_zip(tmp_path, zip_of(dict.fromkeys(names, PHOTO) | {"a.jpg": PHOTO}))
    assert ([photo.name for photo in batch.photos], batch.skipped) == (["a.jpg"], 6)
    assert batch.refused == ()


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../evil.jpg", "evil.jpg"),
        ("a/../../evil.jpg", "a/evil.jpg"),
        ("/etc/evil.jpg", "etc/evil.jpg"),
        ("..\\evil.jpg", "evil.jpg"),
        ("C:/evil.jpg", "C:/evil.jpg"),
        ("C:evil.jpg", "C:evil.jpg"),
        ("a\\..\\..\\evil.jpg", "a/evil.jpg"),
        ("\\\\host\\evil.jpg", "host/evil.jpg"),
        ("../../etc/passwd", "etc/passwd"),
    ],
)
def test_a_path_that_leads_out_is_refused(tmp_path: Path, name: str, label: str) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    batch = unpack_zip(folder, with_entry(name))
    assert [photo.name for photo in batch.photos] == ["good.jpg"]
    assert refusals(batch) == {label: EntryProblem.PATH}
    assert len(list(tmp_path.rglob("*"))) == 2  # the folder and the good photo


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("./club/a.jpg", "club/a.jpg"),
        (".\\club\\a.jpg", "club/a.jpg"),
        ("club\\anna\\a.jpg", "club/anna/a.jpg"),
        ("club/./x/..//a.jpg", "club/a.jpg"),
        ("10:15/at 18:05.jpg", "10:15/at 18:05.jpg"),
        ("a..b/c.jpg", "a..b/c.jpg"),
        ("Zoe\u0301/\u00dcbersicht.jpg", "Zo\u00e9/\u00dcbersicht.jpg"),
    ],
)
def test_a_path_that_stays_inside_names_its_photo(tmp_path: Path, name: str, label: str) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    batch = unpack_zip(folder, with_entry(name))
    assert {photo.name for photo in batch.photos} == {"good.jpg", label}
    assert refusals(batch) == {}
    assert all(path.parent == folder for path in tmp_path.rglob("*") if path != folder)


@pytest.mark.parametrize(
    ("raw_name", "name"),
    [
        ("Zoe\u0301/U\u0308b.jpg".encode(), "Zo\u00e9/\u00dcb.jpg"),
        ("\u00fc.jpg".encode("cp437"), "\u00fc.jpg"),
    ],
    ids=["UTF-8", "code page 437"],
)
def test_names_without_the_flag_for_utf_8_are_read(
    tmp_path: Path, raw_name: bytes, name: str
) -> None:
    raw = with_entry("x" * len(raw_name)).replace(b"x" * len(raw_name), raw_name)
    batch = unpack_zip(tmp_path, raw)
    assert [photo.name for photo in batch.photos] == ["good.jpg", name]


def test_two_paths_that_resolve_to_one_are_the_same_path(tmp_path: Path) -> None:
    batch = unpack_zip(tmp_path, zip_of({"a/b.jpg": b"1", "./a/b.jpg": b"2", "a\\b.jpg": b"3"}))
    assert [photo.path.read_bytes() for photo in batch.photos] == [b"1"]
    assert list(refusals(batch).values()) == [EntryProblem.SAME_PATH] * 2


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (
            with_entry("link.jpg", b"/etc/passwd", external_attr=(stat.S_IFLNK | 0o777) << 16),
            EntryProblem.NO_FILE,
        ),
        (
            with_entry("pipe.jpg", external_attr=(stat.S_IFIFO | 0o777) << 16),
            EntryProblem.NO_FILE,
        ),
        (with_entry("more.zip", zip_of({"a.jpg": PHOTO})), EntryProblem.NESTED_ZIP),
        (
            with_entry("odd.jpg", compress_type=zipfile.ZIP_LZMA),
            EntryProblem.COMPRESSION,
        ),
    ],
    ids=["link", "pipe", "nested", "lzma"],
)
def test_an_unsupported_entry_is_refused(
    tmp_path: Path, entry: bytes, problem: EntryProblem
) -> None:
    batch = unpack_zip(tmp_path, entry)
    assert [photo.name for photo in batch.photos] == ["good.jpg"]
    assert list(refusals(batch).values()) == [problem]


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    raw = bytearray(zip_of({"a.jpg": PHOTO}))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1  # the flag in the central directory
    assert refusals(unpack_zip(tmp_path, bytes(raw))) == {"a.jpg": EntryProblem.ENCRYPTED}


def test_a_second_file_of_the_same_path_is_refused(tmp_path: Path) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("a.jpg", PHOTO)
        with pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("a.jpg", OTHER)
    batch = unpack_zip(tmp_path, buffer.getvalue())
    assert [photo.path.read_bytes() for photo in batch.photos] == [PHOTO]
    assert refusals(batch) == {"a (2).jpg": EntryProblem.SAME_PATH}


def test_names_that_differ_only_in_removed_characters_stay_distinct(tmp_path: Path) -> None:
    batch = unpack_zip(tmp_path, zip_of({"a\x07.jpg": b"1", "a.jpg": b"2"}))
    assert sorted(photo.name for photo in batch.photos) == ["a (2).jpg", "a.jpg"]


def test_changed_bytes_are_detected(tmp_path: Path) -> None:
    raw = bytearray(zip_of({"a.jpg": PHOTO, "b.jpg": OTHER}, zipfile.ZIP_STORED))
    raw[raw.index(PHOTO) + 50] ^= 0xFF
    batch = unpack_zip(tmp_path, bytes(raw))
    assert [photo.name for photo in batch.photos] == ["b.jpg"]
    assert refusals(batch) == {"a.jpg": "damaged_zip"}


def test_a_photo_that_unpacks_too_large_is_refused_whatever_size_it_states(tmp_path: Path) -> None:
    """Its size in the central directory and in its header is false."""
    noise = np.random.default_rng(0).bytes(LIMITS.max_bytes + 1)
    raw = zip_of({"a.jpg": noise, "b.jpg": PHOTO})
    assert refusals(unpack_zip(tmp_path, raw)) == {"a.jpg": "file_too_large"}
    true_size = (LIMITS.max_bytes + 1).to_bytes(4, "little")
    false_size = raw.replace(true_size, (100).to_bytes(4, "little"))
    assert false_size != raw
    assert refusals(unpack_zip(tmp_path, false_size)) == {"a.jpg": "damaged_zip"}


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    """Zeros compress to a thousandth."""
    raw = zip_of({f"{number}.jpg": bytes(1_900_000) for number in range(8)})
    assert len(raw) * MAX_RATIO + FREE_BYTES < 8 * 1_900_000 < 20 * MB
    assert code_of(tmp_path, raw) is ServerErrorCode.TOO_MUCH_IN_ZIP


def test_a_bomb_of_overlapping_files_is_refused(tmp_path: Path) -> None:
    """Many entries that share the same compressed bytes (as in Fifield's zip bomb)."""
    entries, size = 2_000, 100_000
    one = zip_of({"000000.jpg": bytes(range(250)) * (size // 250)})
    start = one.index(b"PK\x01\x02")
    entry, end = one[start:-22], bytearray(one[-22:])
    table = b"".join(entry.replace(b"000000", b"%06d" % number) for number in range(entries))
    end[8:12] = entries.to_bytes(2, "little") * 2
    end[12:16] = len(table).to_bytes(4, "little")
    raw = one[:start] + table + bytes(end)
    assert len(zipfile.ZipFile(BytesIO(raw)).infolist()) == entries
    batch = unpack_zip(tmp_path, raw, photos=entries)
    assert len(batch.photos) <= 1
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= entries * 100 + size


def test_nested_zips_are_never_opened(tmp_path: Path) -> None:
    """As in 42.zip: 16 zips in each of 5 layers."""
    layer = zip_of({"0.jpg": bytes(1_900_000)})
    for _ in range(5):
        layer = zip_of({f"{number}.zip": layer for number in range(16)})
    batch = unpack_zip(tmp_path, layer, photos=16)
    assert batch.photos == ()
    assert set(refusals(batch).values()) == {EntryProblem.NESTED_ZIP}
    assert list(tmp_path.iterdir()) == []


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    raw = zip_of({f"{number}.jpg": b"x" for number in range(10)})
    assert code_of(tmp_path, raw) is ServerErrorCode.TOO_MANY_FILES
    raw = zip_of({f"../{number}.jpg": b"x" for number in range(10)})
    assert code_of(tmp_path, raw) is ServerErrorCode.TOO_MANY_FILES
    assert len(unpack_zip(tmp_path, raw, photos=10)) == 10
    raw = zip_of({"a.jpg": PHOTO} | {f"{number}.txt": b"" for number in range(21)})
    assert code_of(tmp_path, raw, photos=2) is ServerErrorCode.TOO_MANY_FILES
    assert unpack_zip(tmp_path, raw, photos=3).skipped == 21


def test_a_central_directory_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    names = {f"{number:05}{'x' * 60_000}.txt": b"" for number in range(70)}
    raw = zip_of(names)
    assert len(raw) > 8 * MB
    assert code_of(tmp_path, raw) is ServerErrorCode.TOO_MUCH_IN_ZIP


@pytest.mark.parametrize(
    "raw",
    [b"PK\x03\x04", b"PK\x05\x06" + bytes(17), zip_of({"a.jpg": PHOTO})[:-30], PHOTO, b""],
    ids=["start", "short end", "cut", "photo", "empty"],
)
def test_a_damaged_zip_is_refused(tmp_path: Path, raw: bytes) -> None:
    assert code_of(tmp_path, raw) is ServerErrorCode.DAMAGED_ZIP


def test_a_zip_is_recognized_by_its_bytes_or_its_name(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for raw, name, expected in (
        (zip_of({}), "holiday", True),
        (PHOTO, "holiday.ZIP", True),
        (PHOTO, "holiday.jpg", False),
        (PHOTO + zip_of({"a.jpg": PHOTO}), "both.jpg", False),
    ):
        path.write_bytes(raw)
        assert is_zip(path, name) is expected


def test_pictures_that_shedlight_drew_are_skipped(tmp_path: Path) -> None:
    drawn = ("out/overlays/a.jpg.jpg", "out/overlays/b.png", "labels.png", "x/crops/a_0_1.png")
    beside = ("out/results.jsonl", "x/labels.csv")
    raw = zip_of(dict.fromkeys(("a.jpg", "x/photos/a.jpg", *drawn, *beside), PHOTO))
    batch = unpack_zip(tmp_path, raw)
    assert [photo.name for photo in batch.photos] == ["a.jpg", "x/photos/a.jpg"]
    assert batch.skipped == len(drawn) + len(beside)


@pytest.mark.parametrize(("folder", "name"), [("", "Groups.csv"), ("Study/", "groups.csv")])
def test_a_list_of_groups_in_a_zip_is_used(tmp_path: Path, folder: str, name: str) -> None:
    table = b"file;patient\nA.jpg;Anna\nlost.jpg;Ben\n"
    files = {"a.jpg": PHOTO, "sub/a.jpg": OTHER, name: table}
    batch = unpack_zip(tmp_path, zip_of({f"{folder}{path}": raw for path, raw in files.items()}))
    assert batch.groups is not None
    assert batch.skipped == 0
    batch.groups.match(photo.name for photo in batch)
    assert batch.groups.key_of(f"{folder}a.jpg").group == "Anna"
    assert [row.row for row in batch.groups.unmatched] == [3]


def test_a_list_deeper_in_a_zip_is_a_file_like_any_other(tmp_path: Path) -> None:
    files = {"a.jpg": PHOTO, "sub/groups.csv": b"photo,person\na.jpg,Anna\n"}
    batch = unpack_zip(tmp_path, zip_of(files))
    assert (batch.groups, batch.skipped) == (None, 1)


def test_a_list_that_cannot_be_understood_refuses_the_batch(tmp_path: Path) -> None:
    raw = zip_of({"a.jpg": PHOTO, "groups.csv": b"photo,person\na.jpg,Anna\na.jpg,Ben\n"})
    with pytest.raises(ShedlightError) as refused:
        unpack_zip(tmp_path, raw)
    assert (refused.value.code, refused.value.field) == (ServerErrorCode.INVALID_REQUEST, "files")
    assert "row 3" in refused.value.message
    assert str(tmp_path) not in refused.value.message
