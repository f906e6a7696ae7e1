"""Mutated picture files through the reader, and through a running server.

    python -m tests.bench.fuzz reader [--files 200000] [--seed 0]
    python -m tests.bench.fuzz server [--files 2000] [--seed 0]

Each file is a small sound picture with some bytes replaced, cut out, doubled or added. The reader
runs in a process that is replaced when it dies, and must give a photo or one of our errors. The
server must answer each file with a report or an error, and lose no worker permanently.
"""

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from time import perf_counter

CHUNK = 200
"""Files for one process."""
LIMIT_S = 3600
"""Seconds for a chunk; the machine may be busy."""
MEMORY_BYTES = 4_000_000_000
"""Address space of a process; more is an error that we look for."""


@dataclass(frozen=True)
class Seed:
    """A sound picture, by the kind of its file."""

    kind: str
    raw: bytes


@cache
def seeds(width: int, height: int) -> tuple[Seed, ...]:
    """Sound pictures of all kinds."""
    return tuple(_seeds(width, height))


def _seeds(width: int, height: int) -> Iterator[Seed]:
    from tests.helpers import heic_files
    from tests.helpers.hostile_files import encoded, oriented, png, scene

    picture = scene(width, height)
    exif = oriented(picture, 6)[1]
    grey, palette, clear = (picture.convert(mode) for mode in ("L", "P", "RGBA"))
    for options in ({}, {"progressive": True}, {"restart_marker_blocks": 3}, {"subsampling": 0}):
        yield Seed("jpeg", encoded(picture, exif=exif, **options))
    yield Seed("jpeg", encoded(picture.convert("CMYK")))
    yield Seed("jpeg", encoded(picture, "MPO", save_all=True, append_images=[grey]))
    for image in (picture, grey, palette, clear, picture.convert("1")):
        yield Seed("png", encoded(image, "PNG", exif=exif))
    yield Seed("png", png((b"\0" + bytes(range(12))) * 4, (2, 4), depth=16, colour=2))
    yield Seed("png", encoded(picture, "PNG", save_all=True, append_images=[grey]))
    for image, lossless in ((picture, False), (clear, False), (clear, True)):
        yield Seed("webp", encoded(image, "WEBP", exif=exif, lossless=lossless))
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        yield Seed("tiff", encoded(picture, "TIFF", compression=compression, exif=exif))
    yield Seed("tiff", encoded(grey, "TIFF", compression="jpeg"))
    yield Seed("tiff", encoded(palette, "TIFF", compression="tiff_lzw"))
    yield Seed("tiff", encoded(picture, "TIFF", save_all=True, append_images=[grey]))
    yield Seed("tiff", encoded(picture, "TIFF", big_tiff=True))
    for image in (picture, grey, palette, picture.convert("1")):
        yield Seed("bmp", encoded(image, "BMP"))
    for image in (picture, grey, clear):
        yield Seed("avif", encoded(image, "AVIF", exif=exif))
    for image in (picture, palette):
        yield Seed("gif", encoded(image, "GIF"))
    yield Seed("gif", encoded(picture, "GIF", save_all=True, append_images=[grey]))
    for raw in (heic_files.ORIENTATION_1, heic_files.ORIENTATION_6, heic_files.TRANSPARENT):
        yield Seed("heic", raw)


def mutated_file(number: int, seed: int, width: int = 64, height: int = 48) -> Seed:
    """The mutated file of that number; always the same for the same seed and size."""
    rng = Random(f"{seed}/{number}")
    chosen = rng.choice(seeds(width, height))
    raw = bytearray(chosen.raw)
    for _ in range(rng.choice((1, 1, 2, 4, 8, 16))):
        if not raw:
            break
        # Headers are short and decide most; half of the edits are there.
        end = len(raw) if rng.random() < 0.5 else min(len(raw), 300)
        at = rng.randrange(end)
        edit = rng.random()
        if edit < 0.6:
            raw[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        elif edit < 0.75:
            raw[at : at + 4] = rng.randbytes(4)
        elif edit < 0.85:
            del raw[at : at + rng.randrange(1, 64)]
        elif edit < 0.95:
            raw[at:at] = raw[at : at + rng.randrange(1, 64)]
        else:
            del raw[at:]
    return Seed(chosen.kind, bytes(raw))


def read_chunk(first: int, count: int, seed: int, direct_heic: bool) -> None:
    """Reads files in this process and prints what became of each kind; for ``python -c``.

    ``direct_heic``: HEIC is decoded in this process, which is many times as fast.
    """
    import resource
    import warnings

    import data.images.heic
    import data.images.heic_process
    from data.errors import ShedlightError
    from data.images.photo import ReadLimits
    from data.images.read import read_photo

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    warnings.simplefilter("ignore")
    limits = ReadLimits(max_pixels=4_000_000, min_side_px=1)
    slowest = 0.0
    for number in range(first, first + count):
        file = mutated_file(number, seed)
        print(f"at {number}", flush=True)  # noqa: T201  # the last one is the culprit
        start = perf_counter()
        try:
            if file.kind == "heic" and direct_heic:
                try:
                    outcome = data.images.heic_process.decoded(file.raw, limits.max_pixels)[0]
                except Exception:
                    outcome = "damaged_image"
                outcome = outcome if outcome.islower() else "photo"
            else:
                photo = read_photo(file.raw, limits)
                outcome = "photo" if photo.pixels.size <= 3 * 4_000_000 else "TOO LARGE"
        except ShedlightError as error:
            outcome = error.code.value
        slowest = max(slowest, perf_counter() - start)
        print(f"is {file.kind} {outcome}", flush=True)  # noqa: T201
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"end {slowest:.3f} {peak_mb}", flush=True)  # noqa: T201


def fuzz_reader(files: int, seed: int, direct_heic: bool = True) -> tuple[Counter[str], list[str]]:
    """Counts of outcomes by kind, and what went wrong: the number of a file and how.

    Ctrl-C ends it early, with the counts so far.
    """
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    number, at, slowest, peak_mb = 0, 0, 0.0, 0
    while number < files:
        count = min(CHUNK, files - number)
        program = f"from tests.bench.fuzz import read_chunk; read_chunk({number}, {count}, {seed}, "
        command = [sys.executable, "-c", f"{program}{direct_heic})"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S)
            printed, ended = done.stdout, f"status {done.returncode}"
        except subprocess.TimeoutExpired as error:
            printed, ended = (error.stdout or b"").decode(), "no end"
        except KeyboardInterrupt:
            break
        number += count
        for line in printed.splitlines():
            word, *rest = line.split()
            if word == "is":
                counts[" ".join(rest)] += 1
            elif word == "at":
                at = int(rest[0])
            elif word == "end":
                slowest, peak_mb = max(slowest, float(rest[0])), max(peak_mb, int(rest[1]))
        if "\nend " not in printed:
            number = at + 1
            file = mutated_file(at, seed)
            if file.kind == "heic" and direct_heic:  # in a separate process it is one error
                counts[f"heic decoder crashed, {_code_of(file.raw)}"] += 1
            else:
                wrong.append(f"file {at}: {ended}")
        print(f"{number} files, {len(wrong)} wrong, {slowest:.2f} s, {peak_mb} MB", flush=True)  # noqa: T201
    return counts, wrong


def _code_of(raw: bytes) -> str:
    """What the reader makes of a file."""
    from data.errors import ShedlightError
    from data.images.read import read_photo

    try:
        read_photo(raw)
    except ShedlightError as error:
        return error.code.value
    return "photo"


def fuzz_server(files: int, seed: int) -> tuple[Counter[str], list[str]]:
    """The same through a server with worker processes and the shipped model."""
    import httpx

    from tests.bench.load import SCORING, running
    from tests.bench.process import process_tree_mib

    counts: Counter[str] = Counter()
    wrong: list[str] = []
    peak_mib = 0.0
    with running(SCORING) as (address, pid), httpx.Client(base_url=address, timeout=600) as client:
        for number in range(files):
            if number % 50 == 0:
                peak_mib = max(peak_mib, process_tree_mib(pid))
                print(f"{number} files, {len(wrong)} wrong, {peak_mib:.0f} MiB", flush=True)  # noqa: T201
            file = mutated_file(number, seed, 320, 240)
            answer = client.post("/v1/photos", content=file.raw)
            body = answer.json()
            if "photos" in body:
                outcome = body["photos"][0]["status"]
            else:
                outcome = body["error"]["code"]
                if not body["error"]["message"]:
                    wrong.append(f"file {number}: no message")
            if "photos" in body and (error := body["photos"][0]["error"]):
                outcome = error["code"]
            if answer.status_code >= 500 or outcome in ("internal", "failed"):
                wrong.append(f"file {number}: {answer.status_code} {outcome}")
            counts[f"{file.kind} {outcome}"] += 1
        if client.get("/readyz").status_code != 200:
            wrong.append("the server is not ready at the end")
    return counts, wrong


def main() -> None:
    """Prints the outcomes of each kind, and what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("where", choices=("reader", "server"))
    parser.add_argument("--files", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--heic-in-process", action="store_true")
    given = parser.parse_args()
    if given.where == "reader":
        counts, wrong = fuzz_reader(given.files or 200_000, given.seed, not given.heic_in_process)
    else:
        counts, wrong = fuzz_server(given.files or 2_000, given.seed)
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}")  # noqa: T201
    print(f"{sum(counts.values())} files, {len(wrong)} wrong: {wrong[:20]}")  # noqa: T201


if __name__ == "__main__":
    main()
