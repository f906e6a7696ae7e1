"""What is made of the results: tables, summary, groups, report."""

import csv
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from data.images.photo import Photo
from data.io.jsonl import Json
from data.scale.request import AUTO, ScaleRequest
from model.report import PhotoReport
from serve.batch import BatchRequest, score_batch
from serve.batch.groups import NO_PERSON, TOP_FOLDER, GroupKey, load_groups
from serve.batch.review import MAX_PER_LABEL
from serve.errors import CommandError
from serve.inputs.zip_path import ZipPath
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.batches import zip_of
from tests.helpers.serve.fake_scorer import FakeScorer


class ByHeight(FakeScorer):
    """Finds as many telogen and misshapen hairs as the photo is 10 px higher and wider than 300."""

    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
        telogen, misshapen = (photo.height - 300) // 10, (photo.width - 300) // 10
        return FakeScorer(telogen=telogen, misshapen=misshapen, unsure=1).score(photo)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return tmp_path / "photos"


@pytest.fixture
def save(photos: Path) -> Callable[..., None]:
    def save(name: str, telogen: int, misshapen: int) -> None:
        file = photos / name
        file.parent.mkdir(parents=True, exist_ok=True)
        size = 300 + 10 * misshapen, 300 + 10 * telogen
        file.write_bytes(encoded(scene(*size)))

    return save


def scored(photos: Path, groups: Path | None = None) -> Path:
    out = photos.parent / "out"
    score_batch(BatchRequest((photos,), out, groups=groups), ByHeight())
    return out


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def summary_of(out: Path) -> Json:
    summary: Json = json.loads((out / "summary.json").read_text())
    return summary


def test_tables_hold_every_photo_and_every_hair(photos: Path, save: Callable[..., None]) -> None:
    save("a.jpg", 2, 1)
    save("sub/b.jpg", 2, 1)
    (photos / "c.jpg").write_text("hello")
    out = scored(photos)
    table = rows(out / "photos.csv")
    assert [(row["photo"], row["group"], row["status"], row["hairs"]) for row in table] == [
        ("a.jpg", TOP_FOLDER, "scored", "4"),
        ("c.jpg", TOP_FOLDER, "rejected", "0"),
        ("sub/b.jpg", "sub", "scored", "4"),
    ]
    assert [row["error"] for row in table] == ["", "not_an_image", ""]
    assert [row["duplicate_of"] for row in table] == ["", "", "a.jpg"]
    assert (table[0]["telogen"], table[0]["findings"]) == ("2", "blurred")
    hairs = rows(out / "hairs.csv")
    assert [(hair["photo"], hair["label"]) for hair in hairs[:4]] == [
        ("a.jpg", "telogen"),
        ("a.jpg", "telogen"),
        ("a.jpg", "anagen"),
        ("a.jpg", "unsure"),
    ]
    assert [hair["counts"] for hair in hairs] == ["yes"] * 4 + ["no"] * 4
    # The hair runs from a tenth of the width to the last multiple of 8 px before the edge.
    assert (hairs[0]["root_x"], hairs[0]["length_px"]) == ("31.0", "272.0")


def test_a_summary_counts_what_there_is(photos: Path, save: Callable[..., None]) -> None:
    save("a.jpg", 2, 1)
    save("b.jpg", 2, 1)
    save("c.jpg", 3, 0)
    (photos / "d.jpg").write_text("hello")
    (photos / "notes.txt").write_text("hello")
    summary = summary_of(scored(photos))
    assert summary["photos"] == {
        "all": 4,
        "scored": 3,
        "no_hairs": 0,
        "rejected": 1,
        "failed": 0,
        "duplicates": 1,
        "near_duplicates": 0,
        "not_counted": 1,
        "skipped": 1,
    }
    assert summary["errors"] == {"not_an_image": 1}
    assert summary["retake_findings"] == {"blurred": 2}
    assert {name: sum(bins) for name, bins in summary["confidence"].items()} == {
        "telogen": 5,
        "anagen": 1,
        "unsure": 2,
    }
    assert summary["confidence"]["telogen"][18] == 5  # 0.94 lies between 0.90 and 0.95
    assert summary["confidence"]["unsure"][8] == 2  # the greater of 0.4 and 0.3
    assert summary["pool"]["telogen"] == 5
    assert summary["listed_without_photo"] == 0


def test_photos_are_grouped_by_folder(photos: Path, save: Callable[..., None]) -> None:
    save("anna/a.jpg", 20, 1)
    save("ben/a.jpg", 1, 20)
    save("ben/b.jpg", 1, 19)
    save("c.jpg", 1, 0)
    summary = summary_of(scored(photos))
    groups = {each["group"]: each for each in summary["groups"]}
    assert list(groups) == [TOP_FOLDER, "anna", "ben"]
    assert (groups["ben"]["photos"], groups["ben"]["summary"]["anagen"]) == (2, 39)
    assert groups["anna"]["summary"]["verdict"] == "mostly_telogen"
    assert groups["ben"]["summary"]["verdict"] == "mostly_anagen"
    assert summary["trend"] == []


def test_a_list_names_people_and_dates(photos: Path, save: Callable[..., None]) -> None:
    for number in range(4):
        save(f"{number}.jpg", 5 + number, number)
    (photos / "groups.csv").write_text(
        "photo,person,date\n0.jpg,anna,2026-03-01\n1.jpg,anna,2026-01-31\n"
        "2.jpg,anna,2026-01-31\nlost.jpg,ben,\n"
    )
    summary = summary_of(scored(photos))
    groups = [(each["group"], each["photos"]) for each in summary["groups"]]
    assert groups == [(NO_PERSON, 1), ("anna", 3)]
    trend = [(each["date"], each["photos"], each["summary"]["anagen"]) for each in summary["trend"]]
    assert trend == [("2026-01-31", 2, 3), ("2026-03-01", 1, 0)]
    shares = [each["summary"]["telogen_share"] for each in summary["trend"]]
    assert all(share["low"] < share["estimate"] < share["high"] for share in shares)
    assert summary["listed_without_photo"] == 1
    page = (photos.parent / "out" / "report.html").read_text()
    assert page.count("2026-03-01") == 2  # the plots of the share and of the number of hairs
    assert {each["verdict"] for each in summary["change"]["anna"]} == {"unknown"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "row 1: "),
        ("name,person\n", "row 1: "),
        ("photo\na.jpg\n", "row 1: "),
        ("photo,date\na.jpg,2026-01-31\nb.jpg,3.4.2026\n", "row 3: .*2026-01-31"),
        ("photo,date\na.jpg,31.01.26\n", "row 2: .*2026-01-31"),
        ("photo,person\na.jpg,x\n./a.jpg,y\n", "row 3: .*'./a.jpg'"),
        ("photo,person\n,x\n", "row 2: "),
        ("photo,person\na.jpg,x,y\n", "row 2: "),
    ],
)
def test_a_wrong_list_is_refused_before_anything_is_scored(
    tmp_path: Path, text: str, place: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text)
    with pytest.raises(CommandError, match=place):
        score_batch(BatchRequest((tmp_path,), tmp_path / "out", groups=file), FakeScorer())
    assert not (tmp_path / "out").exists()


def test_a_list_as_spreadsheets_write_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes("\ufeffperson,photo,note\r\nÁgi,a b.jpg,x\r\n,c.jpg,\r\n".encode())
    groups = load_groups(file, ())
    groups.match(["a b.jpg", "c.jpg"])
    assert groups.key_of("a b.jpg") == GroupKey("Ági")
    assert groups.key_of("c.jpg") == GroupKey(NO_PERSON)


@pytest.mark.parametrize(
    "raw",
    [
        "\ufeffPhoto;Person;Date\r\nvisit1/Zo\u00e9.jpg;Zo\u00e9;31.01.2026\r\n".encode(),
        "sep=;\nfile;patient;date taken\nvisit1\\Zo\u00e9.jpg;Zo\u00e9;2026-01-31 18:05".encode(
            "cp1252"
        ),
        "File Name\tSubject ID\tdate_taken\n./visit1/zoe\u0301.JPG\tZo\u00e9\t2026:01:31".encode(
            "utf-16"
        ),
        'Foto|Name|Aufnahmedatum\n="visit1/Zo\u00e9.jpg"|="Zo\u00e9"|31. Januar 2026'.encode(),
        "image,person,date,,\n/home/me/visit1/Zo\u00e9.jpg,Zo\u00e9,Jan 31 2026,,\n,,,,\n".encode(),
    ],
    ids=["semicolon", "separator line", "utf-16", "German", "trailing"],
)
def test_a_list_of_any_spreadsheet_meets_its_photo(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(raw)
    groups = load_groups(file, ())
    photo = "visit1/Zoe\u0301.jpg"
    groups.match([photo, "visit2/other.jpg"])
    assert groups.key_of(photo) == GroupKey("Zo\u00e9", "2026-01-31")
    assert groups.unmatched == ()


def test_a_row_that_comes_twice_and_a_missing_date_cost_nothing(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    rows = "a.jpg,x,n/a\na.jpg,x,\nb.jpg,y,-\nA.jpg,z,2026-01-31\nB.jpg,z,?\n"
    file.write_text(f"photo,person,date\n{rows}")
    groups = load_groups(file, ())
    groups.match(["A.jpg", "b.jpg"])
    assert groups.key_of("A.jpg") == GroupKey("z", "2026-01-31")  # as it is spelled
    assert groups.key_of("b.jpg") == GroupKey("y")
    assert [row.row for row in groups.unmatched] == [2, 6]


def test_the_name_of_a_list_may_be_in_any_case(tmp_path: Path) -> None:
    (tmp_path / "Groups.CSV").write_text("photo,person\na.jpg,x\n")
    zipped = tmp_path / "photos.zip"
    zipped.write_bytes(zip_of({"top/GROUPS.csv": b"photo,person\na.jpg,x\n", "top/a.jpg": b""}))
    for folder, photo in ((tmp_path, "a.jpg"), (ZipPath.top(zipped), "top/a.jpg")):
        groups = load_groups(None, [folder])
        groups.match([photo])
        assert groups.key_of(photo) == GroupKey("x")


def test_a_row_that_could_be_of_another_photo_matches_none(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("photo,person\nvisit1/a.jpg,x\nb.jpg,y\nC.jpg,z\n/q/d.jpg,u\n/r/d.jpg,v\n")
    groups = load_groups(file, ())
    groups.match(["visit2/a.jpg", "1/b.jpg", "2/b.jpg", "C.jpg", "c.jpg", "d.jpg"])
    assert [row.row for row in groups.unmatched] == [2, 3, 5, 6]
    assert groups.key_of("C.jpg") == GroupKey("z")
    assert groups.key_of("c.jpg") == GroupKey(NO_PERSON)


@pytest.mark.skipif(os.name != "posix", reason="file names of any bytes")
def test_file_names_run_neither_in_a_spreadsheet_nor_in_the_page(photos: Path) -> None:
    photos.mkdir()
    names = ["=cmd().jpg", "<script>alert(1)<b>.jpg", os.fsdecode(b"\xff.jpg")]
    for number, name in enumerate(names):
        (photos / name).write_bytes(encoded(scene(300 + number, 310)))
        (photos / f"{name}.bad.jpg").write_text("hello")
    out = scored(photos)
    assert {row["photo"] for row in rows(out / "photos.csv")} >= {"'=cmd().jpg", "\\udcff.jpg"}
    page = (out / "report.html").read_text("utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_report_stays_small_and_shows_the_least_certain_hairs(
    photos: Path, save: Callable[..., None]
) -> None:
    for number in range(30):
        save(f"{number:02}.jpg", 2, number % 7)
        with (photos / f"{number:02}.jpg").open("ab") as file:
            file.write(bytes([number]))  # other bytes, same picture
    page = (scored(photos) / "report.html").read_text("utf-8")
    assert page.count("<img") == 3 * MAX_PER_LABEL
    assert page.count("telogen 94 %") == MAX_PER_LABEL
    assert "01.jpg: ambiguous" in page
    assert not re.search(r"(src|href)=\"(?!data:)", page)


def test_a_crop_is_shown_only_of_the_bytes_that_were_scored(
    photos: Path, save: Callable[..., None]
) -> None:
    save("a.jpg", 1, 0)
    save("b.jpg", 2, 0)
    request = BatchRequest((photos,), photos.parent / "out", resume=True)
    score_batch(request, ByHeight())
    assert (request.out / "report.html").read_text().count("<img") == 5
    save("b.jpg", 3, 3)
    (photos / "a.jpg").unlink()
    score_batch(request, ByHeight())
    assert (request.out / "report.html").read_text().count("<img") == 0
