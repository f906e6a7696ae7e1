"""Cases of the command line, in the order of their folders."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import sleep

from tests.bench.cases.photos import odd_photos
from tests.bench.cases.product import HOMELESS, TIMEOUT_S, Case, Product, Scored, case


def old_results(product: Product) -> Iterator[Case]:
    """01: results of an earlier run among the photos."""
    alone = product.new("photos")
    alone.mkdir()
    for photo in product.photos():
        shutil.copy(photo, alone)
    folder = product.copy("01_old_results_in_folder")
    out = folder / "out2"
    done = product.run("score", ".", "--out", "out2", "--overlays", "none", cwd=folder)
    yield case(
        "01 old results", str(product.score(alone)), str(Scored(done.returncode, done.stdout, out))
    )


def system_folders(product: Product) -> Iterator[Case]:
    """02: thumbnails and bins beside a photo."""
    folder = product.new("photos")
    places = [
        *("@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg", "#recycle/a.jpg", "$RECYCLE.BIN/S-1-5/$RA.jpg"),
        *(".Trashes/501/a.jpg", "lost+found/#1.jpg", "__MACOSX/a.jpg", ".@__thumb/a.jpg"),
    ]
    for place in ("a.jpg", *places):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(product.photos()[0], folder / place)
    scored = product.score(folder)
    left_out = scored.summary["left_out"]
    got = f"{scored.summary['photos']['all']} photo, {sum(left_out.values())} left out"
    yield case("02 system folders", f"1 photo, {len(places)} left out", got)


def resumed_twice(product: Product) -> Iterator[Case]:
    """03: a run, and a second one into its folder while it goes on."""
    folder, out = product.new("photos"), product.new()
    folder.mkdir()
    for number in range(24):
        raw = product.photos()[number % 2].read_bytes()
        (folder / f"{number:02}.jpg").write_bytes(raw + str(number).encode())
    arguments = [folder, "--out", out, "--workers", "1", "--overlays", "none"]
    command = [*product.command, "score", *map(str, arguments)]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (out / "results.jsonl").exists() and first.poll() is None:
        sleep(0.1)
    second = product.run("score", *arguments, "--resume")
    status = first.wait(TIMEOUT_S)
    lines = len((out / "results.jsonl").read_text("utf-8").splitlines())
    got = f"first {status}, second {second.returncode}, {lines} lines"
    yield case("03 resumed while it runs", "first 0, second 1, 24 lines", got)


GROUPS: Mapping[str, str] = {
    **dict.fromkeys(("semi", "caps", "trailing", "backslash", "case", "dotslash"), "Anna"),
    **dict.fromkeys(("bomsemi", "cp1252", "utf16", "nfd"), "Zoé"),
    **dict.fromkeys(("exceldate", "datetime"), "Anna"),
}
"""The person in each list of groups."""


def groups(product: Product) -> Iterator[Case]:
    """04: lists of groups as people write them."""
    for name, person in GROUPS.items():
        scored = product.score(product.cases / "04_groups_csv" / name)
        if scored.status == 0:
            got = ", ".join(group["group"] for group in scored.summary["groups"])
        else:
            got = " ".join(scored.printed.split())
        right = got == person or ("date" in name and "2026-01-31" in got)
        yield Case(f"04 groups {name}", person, got, right)


def labels(product: Product) -> Iterator[Case]:
    """05 and 06: sets of labels. Which hairs are found depends on the model: they are compared."""
    table = product.new("labels")
    shutil.copytree(product.cases / "06_labels" / "date_de", table)
    rows = (table / "labels.csv").read_text("utf-8").splitlines()
    (table / "labels.csv").write_text("\n".join(row.rpartition(",")[0] for row in rows), "utf-8")
    plain = labels_in(product, table)
    for name in ("nfd", "date_de", "date_exif", "sepline", "coco", "yolo", "labelstudio_json"):
        expected = f"24 given{plain.removeprefix('24 given')}"
        yield case(f"06 labels {name}", expected, labels_in(product, f"06_labels/{name}"))
    yield case("06 table alone", plain, labels_in(product, table / "labels.csv"))
    one = labels_in(product, "06_labels/classfolders_emptycsv")
    right = one.startswith("1 given") and not one.startswith("1 given, 0")
    yield Case("06 labels classfolders_emptycsv", "1 given, some hairs", one, right)
    zips = [labels_in(product, f"05_zips/{name}.zip") for name in ("bsdtar_dot", "bsdtar_all")]
    expected = labels_in(product, "05_zips/dotnet_backslash.zip")
    yield case("05 labels in zips", f"{expected} (twice)", f"{zips[0]} (twice)")
    yield case("05 labels in zips, all", expected, zips[1])


def labels_in(product: Product, place: str | Path) -> str:
    """The labels given and the hairs found."""
    done = product.run("check-labels", product.cases / place, env=os.environ | {"COLUMNS": "200"})
    cells = [line.strip("│ ").split("│") for line in done.stdout.splitlines() if "│ all" in line]
    if not cells:
        return " ".join(done.stdout.split())[-300:]
    _, given, hairs = (cell.strip() for cell in cells[0])
    return f"{given} given, {hairs} hairs"


def photos(product: Product) -> Iterator[Case]:
    """07 to 09 and 14: photos that are large, damaged, or packed in unusual ways."""
    for photo in sorted((product.cases / "07_50mp").glob("*.jpg")):
        scored = product.score(photo)
        right = scored.status == 0 and scored.summary["pool"]["hairs"] > 0
        yield Case(f"07 {photo.name}", "1 of 1 photos, some hairs, status 0", str(scored), right)
    for photo in sorted((product.cases / "08_broken_middle_jpeg").glob("*.jpg")):
        line = product.score(photo).lines[0]
        found = [finding["code"] for finding in line["quality"]]
        got = line["error"]["code"] if line["error"] else ", ".join(found)
        right = got == "damaged_image" or "partly_damaged" in found
        yield Case(f"08 {photo.name}", "damaged_image or partly_damaged", got, right)
    folder = product.new("photos")
    folder.mkdir()
    for name, raw in odd_photos(product.photos()[0]).items():
        (folder / name).write_bytes(raw)
    lines = product.score(folder).lines
    sizes = {
        line["photo"]: f"{line['status']}, {line['width']} x {line['height']}" for line in lines
    }
    for name, got in sizes.items():
        turned = sizes["short.jpg"] if "long" in name else None
        yield case(
            f"09, 14 {name}", turned or sizes["plain.png"] if ".jpg" not in name else got, got
        )


def surroundings(product: Product) -> Iterator[Case]:
    """11 to 13 and 15: encodings, users without a home, links, mistyped paths, few processors."""
    photo = product.photos()[0]
    folder = product.new("photos")
    folder.mkdir()
    for name in ("Анна.jpg", "\U0001f600.jpg", "Zoë.jpg"):
        (folder / name).write_bytes(photo.read_bytes() + name.encode())
    for encoding in ("cp1252", "ascii"):
        narrow = product.score(folder, env=os.environ | {"PYTHONIOENCODING": encoding})
        expected, got = f"3 of 3 photos, {encoding}, status 0", str(narrow)
        right = got.startswith("3 of 3 photos") and got.endswith("status 0")
        yield Case(f"11 output in {encoding}", expected, got, right)

    environment = {key: value for key, value in os.environ.items() if key != "HOME"}
    copied = Path(shutil.copy(photo, product.new("a.jpg")))
    copied.chmod(0o644)
    before = HOMELESS if os.getuid() == 0 else ()
    alone = product.score(copied, before=before, env=environment)
    right = alone.status == 0 or ("SHEDLIGHT_" in alone.printed and "Trace" not in alone.printed)
    yield Case("12 no home", "scored, or the name of a setting", str(alone), right)

    linked = product.copy("13_linked_folder")
    (linked / "study" / "visit2").symlink_to(linked / "drive" / "visit2")
    scored = product.score(linked / "study")
    right = scored.summary["photos"]["all"] == 2 or "linked folder" in scored.printed
    yield Case("13 linked folder", "2 photos, or a word on it", str(scored), right)

    out = product.new()
    missing = product.run("score", copied.with_name("b.jpg"), "--out", out)
    got = (
        f"status {missing.returncode}, {'names' if 'b.jpg' in missing.stdout else 'hides'} the path"
    )
    again = product.run("score", copied, "--out", out, "--overlays", "none")
    got += f", corrected: status {again.returncode}"
    yield case("15 mistyped path", "status 1, names the path, corrected: status 0", got)
    yield case(
        "15 one processor",
        f"{most_processes(product, ['--workers', '1'])} processes",
        (f"{most_processes(product, [], processors={min(os.sched_getaffinity(0))})} processes"),
    )


def most_processes(
    product: Product, more: Sequence[str], processors: set[int] | None = None
) -> int:
    """The most processes that a run on three photos has at a time."""
    folder, out = product.new("photos"), product.new()
    folder.mkdir()
    for number in range(3):
        raw = product.photos()[0].read_bytes()
        (folder / f"{number}.jpg").write_bytes(raw + bytes([number]))
    command = [*product.command, "score", str(folder), "--out", str(out), "--overlays", "none"]
    started = subprocess.Popen(
        [*command, *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, processors) if processors else None,
    )
    most = 0
    while started.poll() is None:
        most = max(most, _descendants(started.pid))
        sleep(0.05)
    return most


def _descendants(pid: int) -> int:
    """The number of processes below a process."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    return len(children) + sum(_descendants(int(child)) for child in children)
