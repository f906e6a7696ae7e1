"""Decodes one HEIC file in a separate process: ``python heic_process.py MAX_PIXELS``.

Reads the file from standard input. Writes a line ``MODE WIDTH HEIGHT`` and the upright pixels to
standard output, or a line with an error code. Imports nothing of Shedlight, so it starts fast.
"""

import sys

SAFE_LIBHEIF = (1, 23, 2)
"""Older decoders of HEIC run code that a file brings along (heif-heist.com, 2026)."""
CPU_LIMIT_S = 60
"""A photo of 50 megapixels takes about 1 s. Our assumption."""
MEMORY_BYTES, MEMORY_BYTES_PER_PIXEL = 1 << 30, 32
"""Address space: the libraries, and several copies of a picture. Our assumption."""


def main() -> None:
    """Decodes the primary image; the decoder applies its rotation."""
    max_pixels = int(sys.argv[1])
    _limit_resources(max_pixels)
    raw = sys.stdin.buffer.read()
    try:
        line, pixels = decoded(raw, max_pixels)
    except SyntaxError:  # a feature that the library lacks
        line, pixels = "unsupported_type", b""
    except Exception:  # the decoder raises errors of many types
        line, pixels = "damaged_image", b""
    sys.stdout.buffer.write(line.encode() + b"\n")
    sys.stdout.buffer.write(pixels)


def decoded(raw: bytes, max_pixels: int) -> tuple[str, bytes]:
    """The line and the pixels of the answer. Raises errors of many types."""
    import pi_heif

    if _version(pi_heif.libheif_version()) < SAFE_LIBHEIF:
        return "heic_unsafe", b""
    pi_heif.options.DECODE_THREADS = 1
    pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False
    pi_heif.options.THUMBNAILS = False
    file = pi_heif.open_heif(raw)
    photo = file[file.primary_index]
    if photo.size[0] * photo.size[1] > max_pixels:
        return "too_many_pixels", b""
    pixels = photo.data
    width, height = photo.size  # decoding may change it
    return f"{photo.mode} {width} {height}", pixels


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdecimal())


def _limit_resources(max_pixels: int) -> None:
    """Limits memory and time, and opens no file for writing; not on Windows."""
    try:
        import resource
    except ImportError:
        return
    memory = MEMORY_BYTES + MEMORY_BYTES_PER_PIXEL * max_pixels
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, CPU_LIMIT_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        least = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (least, least))


if __name__ == "__main__":
    main()
