"""Reading photos: every good kind upright and in its colours, every bad file refused calmly."""

import hashlib
import os
import struct
import zlib
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import data.images.read
from data.errors import ErrorCode, ShedlightError
from data.images.photo import Photo, ReadLimits
from data.images.read import read_photo, read_photo_file
from tests.helpers.hostile_files import (
    BadFile,
    bad_files,
    chunk,
    encoded,
    oriented,
    png,
    scene,
    text_bomb,
    without_segment,
)

SMALL = ReadLimits(min_side_px=1)


def difference(photo: Photo, image: Image.Image) -> float:
    """Mean difference in grey levels, infinite when the sizes differ."""
    wanted = np.asarray(image.convert("RGB"))[:, :, ::-1].astype(int)
    if photo.pixels.shape != wanted.shape:
        return float("inf")
    return float(np.abs(photo.pixels - wanted).mean())


def refusal(raw: bytes, limits: ReadLimits = ReadLimits()) -> ErrorCode | None:
    try:
        read_photo(raw, limits)
    except ShedlightError as error:
        return error.code
    return None


@pytest.mark.parametrize("bad", bad_files(), ids=lambda bad: bad.name)
def test_bad_files_are_refused_with_their_code(bad: BadFile) -> None:
    assert refusal(bad.raw) is bad.code


def test_every_cut_of_a_jpeg_is_damaged() -> None:
    for options in ({}, {"progressive": True}):
        raw = encoded(scene(), quality=40, **options)
        cuts = {refusal(raw[:length]) for length in range(3, len(raw))}
        assert cuts == {ErrorCode.DAMAGED_IMAGE}


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_cut_file_is_damaged_or_whole(kind: str) -> None:
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 255, (40, 40, 3), np.uint8))
    raw = encoded(noise, kind)
    whole = read_photo(raw, SMALL).pixels
    for length in range(20, len(raw)):
        code = refusal(raw[:length], SMALL)
        assert code in (None, ErrorCode.DAMAGED_IMAGE)
        assert code or (read_photo(raw[:length], SMALL).pixels == whole).all()


def test_the_thumbnail_in_a_cut_jpeg_is_not_taken_for_its_end() -> None:
    exif = Image.Exif()
    exif[0x010E] = encoded(scene(64, 64)).decode("latin-1")
    raw = encoded(scene(), exif=exif)
    assert refusal(raw) is None
    assert refusal(raw[:-2]) is ErrorCode.DAMAGED_IMAGE


def test_of_several_pictures_in_a_jpeg_the_first_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = scene(320, 240), scene(300, 400)
    seen: list[int] = []
    decode = cv2.imdecode

    def spy(raw: NDArray[np.uint8], flags: int) -> object:
        seen.append(len(raw))
        return decode(raw, flags)

    monkeypatch.setattr(data.images.read.cv2, "imdecode", spy)
    many = encoded(first, "MPO", save_all=True, append_images=[second])
    assert difference(read_photo(many), first) < 3
    assert difference(read_photo(encoded(first) + b"\x00\xff\xd9 gain map"), first) < 3
    assert seen[0] < len(many) - 1000
    assert seen[1] == len(encoded(first))


@pytest.mark.parametrize("adobe", [True, False])
def test_cmyk_has_the_colours_that_pillow_sees(adobe: bool) -> None:
    inks = np.zeros((240, 320, 4), np.uint8)
    inks[:120, :, 1], inks[120:, :, 2], inks[:, 160:, 3] = 220, 200, 90
    raw = encoded(Image.fromarray(inks, "CMYK"), quality=95)
    raw = raw if adobe else without_segment(raw, 0xEE)
    with Image.open(BytesIO(raw)) as by_pillow:
        assert difference(read_photo(raw), by_pillow) < 2


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_grey_is_grey(kind: str) -> None:
    grey = scene().convert("L")
    assert difference(read_photo(encoded(grey, kind)), grey) < 3


@pytest.mark.parametrize("kind", ["AVIF", "BMP", "GIF"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_other_stills_have_the_pixels_that_pillow_sees(kind: str, mode: str) -> None:
    raw = encoded(scene().convert("RGB" if kind == "AVIF" else mode), kind)
    with Image.open(BytesIO(raw)) as by_pillow:
        assert difference(read_photo(raw), by_pillow) == 0


@pytest.mark.parametrize("kind", ["AVIF", "BMP", "GIF"])
def test_other_stills_that_are_cut_or_narrow_are_refused(kind: str) -> None:
    raw = encoded(scene(), kind)
    assert refusal(raw[: len(raw) // 2]) is ErrorCode.DAMAGED_IMAGE
    assert refusal(encoded(scene(500, 100), kind)) is ErrorCode.IMAGE_TOO_SMALL


def test_sixteen_bit_grey_is_scaled() -> None:
    levels = np.linspace(0, 65535, 256).astype(np.uint16)
    raw = encoded(Image.fromarray(np.repeat(levels[None], 4, axis=0)), "PNG")
    row = read_photo(raw, SMALL).pixels[0].astype(int)
    assert (row == np.arange(256)[:, None]).all()


def test_sixteen_bit_colour_is_scaled() -> None:
    row = b"\x00" + bytes.fromhex("ffff 8000 0000") * 4
    photo = read_photo(png(row * 4, (4, 4), depth=16, colour=2), SMALL)
    assert photo.pixels[0, 0].tolist() == [0, 128, 255]


def test_one_bit_and_palette_keep_their_colours() -> None:
    black_and_white = scene().convert("1")
    assert difference(read_photo(encoded(black_and_white, "PNG")), black_and_white) == 0
    palette = scene().convert("P", palette=Image.Palette.ADAPTIVE)
    assert difference(read_photo(encoded(palette, "PNG")), palette) == 0


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L"])
def test_what_is_transparent_lies_on_white(mode: str) -> None:
    image = Image.new("RGBA", (8, 8), (60, 60, 60, 255))
    image.paste((60, 60, 60, 0), (0, 0, 4, 8))
    options: dict[str, object] = {}
    stored = image.convert(mode)
    if mode == "L":  # one grey level is declared transparent
        stored.paste(0, (0, 0, 4, 8))
        options["transparency"] = 0
    pixels = read_photo(encoded(stored, "PNG", **options), SMALL).pixels
    assert (pixels[:, :4] == 255).all()
    assert (pixels[:, 4:] == 60).all()


def test_half_transparent_webp_is_mixed_with_white() -> None:
    image = Image.new("RGBA", (8, 8), (0, 0, 0, 51))
    pixels = read_photo(encoded(image, "WEBP", lossless=True, exact=True), SMALL).pixels
    assert (pixels == 204).all()


@pytest.mark.parametrize(
    "between",
    [
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(bytes(2_000_000))),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b" " * 2_000_000),
        chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(1_500_000))),
        text_bomb(),
    ],
    ids=["packed XMP", "plain XMP", "profile", "text bomb"],
)
def test_large_metadata_of_a_png_is_ignored(between: bytes) -> None:
    stored, exif = oriented(scene(), 6)
    raw = encoded(stored, "PNG", exif=exif)
    start = raw.index(b"IDAT") - 4
    assert difference(read_photo(raw[:start] + between + raw[start:]), scene()) == 0


def test_an_animation_of_one_frame_is_a_still() -> None:
    raw = encoded(scene(), "PNG")
    start, end = raw.index(b"IDAT") - 4, raw.index(b"IEND") - 4
    frames = chunk(b"acTL", struct.pack(">II", 1, 0))
    frame = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 320, 240, 0, 0, 1, 1, 0, 0))
    assert difference(read_photo(raw[:start] + frames + frame + raw[start:]), scene()) == 0
    apart = raw[:start] + frames + raw[start:end] + frame + raw[end:]
    assert difference(read_photo(apart), scene()) == 0

    webp = encoded(scene(), "WEBP", lossless=True)
    body = bytes(6) + (319).to_bytes(3, "little") + (239).to_bytes(3, "little") + bytes(4)
    anmf = body + webp[12:]
    flags = b"\x02\0\0\0" + body[6:12]
    chunks = (b"VP8X" + struct.pack("<I", 10) + flags) + (b"ANIM" + struct.pack("<I", 6) + bytes(6))
    chunks += b"ANMF" + struct.pack("<I", len(anmf)) + anmf
    raw = b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks
    assert difference(read_photo(raw), scene()) == 0


def test_phones_of_fifty_megapixels_are_within_the_limits() -> None:
    ReadLimits().check_size(8192, 6144)
    with pytest.raises(ShedlightError):
        ReadLimits().check_size(9000, 6000)


def test_only_pixels_and_hash_are_retained() -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    photo = read_photo(encoded(scene(), exif=exif))
    assert set(vars(photo)) == {
        "pixels",
        "sha256",
        "partly_damaged",
        "has_more_pages",
        "mm_per_px",
    }
    assert type(photo.pixels) is np.ndarray


def test_the_hash_is_that_of_the_bytes() -> None:
    raw = encoded(scene())
    assert read_photo(raw).sha256 == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_limits_are_named_in_the_refusal(kind: str) -> None:
    raw = encoded(scene(), kind)
    assert refusal(raw, ReadLimits(max_pixels=320 * 240)) is None
    for limits, words in (
        (ReadLimits(max_pixels=60_000), "at most 0.06 megapixels"),
        (ReadLimits(max_bytes=100), r"at most 0\.0001 MB"),
        (ReadLimits(min_side_px=241), "at least 241 pixels"),
    ):
        with pytest.raises(ShedlightError, match=words):
            read_photo(raw, limits)


@pytest.mark.parametrize("bad", ["huge png", "huge jpeg", "narrow", "animated png"])
def test_what_is_too_large_is_never_decoded(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("decoded before its limits were checked")

    monkeypatch.setattr(data.images.read.cv2, "imdecode", refuse)
    monkeypatch.setattr(Image, "open", refuse)
    by_name = {file.name: file for file in bad_files()}
    assert refusal(by_name[bad].raw) is by_name[bad].code


def test_only_jpegs_are_given_to_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(raw: NDArray[np.uint8], _: int) -> None:
        assert raw[:3].tobytes() == b"\xff\xd8\xff"

    monkeypatch.setattr(data.images.read.cv2, "imdecode", refuse)
    for file in bad_files():
        refusal(file.raw)
    assert refusal(encoded(scene(), "PNG")) is None
    assert refusal(encoded(scene())) is ErrorCode.DAMAGED_IMAGE


def test_an_error_inside_opencv_means_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise cv2.error("out of luck")

    monkeypatch.setattr(data.images.read.cv2, "imdecode", fail)
    assert refusal(encoded(scene())) is ErrorCode.DAMAGED_IMAGE


class TestFiles:
    def test_a_good_file_is_read(self, tmp_path: Path) -> None:
        file = tmp_path / "é ü.jpg"
        file.write_bytes(encoded(scene()))
        assert read_photo_file(file).width == 320

    def test_what_cannot_be_opened_is_unreadable(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.jpg")
        for name in ("missing.jpg", ".", "pipe.jpg", "nul\0.jpg", "x" * 300):
            with pytest.raises(ShedlightError) as caught:
                read_photo_file(tmp_path / name)
            assert caught.value.code is ErrorCode.UNREADABLE_FILE

    def test_a_file_that_is_too_large_is_not_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "large.jpg"
        file.write_bytes(encoded(scene()))
        monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
        with pytest.raises(ShedlightError) as caught:
            read_photo_file(file, ReadLimits(max_bytes=1000))
        assert caught.value.code is ErrorCode.FILE_TOO_LARGE
