"""Photos in a remote store: fsspec's store in memory."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from serve.batch import BatchRequest, score_batch
from serve.errors import CommandError
from serve.inputs.paths import parse_path, path_of_record, path_record
from serve.inputs.photo_files import PhotoWalk
from serve.inputs.remote_files import RemotePath
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.fake_scorer import FakeScorer

fsspec = pytest.importorskip("fsspec")
SHOP = "memory://shop"


@pytest.fixture(autouse=True)
def store() -> Iterator[None]:
    yield
    fsspec.filesystem("memory").store.clear()


def save(*names: str, raw: bytes = b"x") -> None:
    for name in names:
        fsspec.filesystem("memory").pipe(f"/shop/{name}", raw)


def names_of(*addresses: str) -> list[str]:
    return [photo.name for photo in PhotoWalk([parse_path(address) for address in addresses])]


def test_a_remote_folder_is_walked_like_a_local_one(tmp_path: Path) -> None:
    names = ["b.JPG", "a.png", "sub/deep/c.webp", "sub/a.heic", "sub-1/a.jpg", ".git/x.jpg"]
    names += ["notes.txt", ".hidden.jpg", "sub/noend"]
    save(*names)
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    here, there = PhotoWalk([tmp_path]), PhotoWalk([parse_path(SHOP)])
    assert [photo.name for photo in there] == [photo.name for photo in here]
    assert there.skipped == here.skipped == 3
    assert names_of(SHOP) == ["a.png", "b.JPG", "sub/a.heic", "sub/deep/c.webp", "sub-1/a.jpg"]


def test_a_remote_file_comes_once_with_any_name() -> None:
    save("a.jpg", "holiday")
    assert names_of(SHOP, f"{SHOP}/a.jpg", f"{SHOP}/holiday", f"{SHOP}/") == ["a.jpg", "holiday"]


def test_names_are_distinct() -> None:
    save("one/a.jpg", "two/a.jpg", "x/two/a.jpg")
    given = [f"{SHOP}/{name}" for name in ("one", "two", "x/two/a.jpg")]
    assert names_of(*given) == ["a.jpg", "two/a.jpg", "two (2)/a.jpg"]


def test_no_name_leads_out_of_the_results_folder() -> None:
    """Names in a store are untrusted, and overlays are written under them."""
    save("a.jpg", "../b.jpg", "x/../../c.jpg", "./d.jpg", "/e.jpg")
    assert names_of(SHOP) == ["a.jpg"]


def test_a_path_survives_its_record() -> None:
    assert path_of_record(path_record(parse_path("memory://shop/a/"))) == RemotePath(
        "memory:///shop/a"
    )
    assert path_of_record(path_record(parse_path("/a//b"))) == Path("/a/b")


@pytest.mark.parametrize("address", ["weird://a/b", "memory2://x"])
def test_an_unknown_protocol_is_refused(address: str) -> None:
    with pytest.raises(CommandError, match=f"^{address} "):
        parse_path(address)


@pytest.mark.parametrize(
    ("name", "limit", "code"),
    [
        ("gone.jpg", 9, ErrorCode.UNREADABLE_FILE),
        ("a.jpg", 2, ErrorCode.FILE_TOO_LARGE),
        ("empty.jpg", 9, ErrorCode.EMPTY_FILE),
    ],
)
def test_an_unreadable_file_has_an_error_code(name: str, limit: int, code: ErrorCode) -> None:
    save("a.jpg", raw=b"abc")
    save("empty.jpg", raw=b"")
    assert RemotePath(f"{SHOP}/a.jpg").read(ReadLimits(max_bytes=3)) == b"abc"
    with pytest.raises(ShedlightError) as refused:
        RemotePath(f"{SHOP}/{name}").read(ReadLimits(max_bytes=limit))
    assert refused.value.code is code


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_a_remote_run_has_the_results_of_a_local_one(tmp_path: Path) -> None:
    here = tmp_path / "here"
    for number, name in enumerate(("a.jpg", "sub/b.jpg", "sub/again.jpg")):
        raw = encoded(scene(300 + min(number, 1)))
        save(name, raw=raw)
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes(raw)
    save("groups.csv", raw=b"photo,person\na.jpg,Anna\n")
    (here / "groups.csv").write_text("photo,person\na.jpg,Anna\n")
    for place, out in ((here, "one"), (parse_path(SHOP), "other")):
        score_batch(BatchRequest((place,), tmp_path / out), FakeScorer())
    one, other = contents(tmp_path / "one"), contents(tmp_path / "other")
    assert {name for name in one if one[name] != other[name]} == {
        "run/photos.jsonl",
        "run/settings.json",
    }
    assert one.keys() == other.keys()
    rows = list(csv.DictReader(one["photos.csv"].decode().splitlines()))
    assert [row["group"] for row in rows] == ["Anna", "(no person)", "(no person)"]
    assert b"data:image" in other["report.html"], "the report has crops"


def test_an_unreachable_store_does_not_reject_photos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save("a.jpg", "b.jpg", raw=encoded(scene()))
    order = BatchRequest((parse_path(SHOP),), tmp_path, resume=True)

    def broken(*_: object) -> bytes:
        raise ConnectionError("the line is dead")

    with monkeypatch.context() as patch:
        patch.setattr("fsspec.implementations.memory.MemoryFileSystem.cat_file", broken)
        with pytest.raises(CommandError, match="--resume"):
            score_batch(order, FakeScorer())
    assert score_batch(order, FakeScorer()).statuses.total() == 2
    lines = (tmp_path / "results.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["scored", "scored"]


def test_a_store_that_cannot_be_listed_makes_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save("a.jpg")

    def broken(*_: object, **__: object) -> list[object]:
        raise PermissionError("not for you")

    monkeypatch.setattr("fsspec.implementations.memory.MemoryFileSystem.ls", broken)
    with pytest.raises(CommandError, match=r"memory:///shop .*not for you"):
        score_batch(BatchRequest((parse_path(SHOP),), tmp_path), FakeScorer())
    assert not (tmp_path / "run" / "settings.json").exists()


@pytest.mark.slow
def test_a_run_in_s3_has_the_results_of_a_local_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a local server for the S3 protocol; moto and s3fs are not in .ci/run."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    s3fs = pytest.importorskip("s3fs")
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    fs, here = s3fs.S3FileSystem(), tmp_path / "here"
    fs.mkdir("shop")
    (here / "sub").mkdir(parents=True)
    for name, raw in (("a.jpg", encoded(scene())), ("sub/b.jpg", b"broken"), ("notes.txt", b"x")):
        fs.pipe(f"shop/hairs/{name}", raw)
        (here / name).write_bytes(raw)
    for place, out in ((here, "one"), (parse_path("s3://shop/hairs/"), "other")):
        score_batch(BatchRequest((place,), tmp_path / out), FakeScorer())
    server.stop()
    one, other = contents(tmp_path / "one"), contents(tmp_path / "other")
    assert {name for name in one if one[name] != other.get(name)} == {
        "run/photos.jsonl",
        "run/settings.json",
    }
