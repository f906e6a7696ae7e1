"""Reads a folder of test images, such as Pillow's own, and compares the pixels with Pillow's.

    pip download --no-deps --no-binary pillow pillow && tar xzf pillow-*.tar.gz
    python -m tests.bench.pillow_images pillow-*/Tests/images

Prints the outcomes by format and every photo whose pixels differ.
"""

import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from data.errors import ShedlightError
from data.images.photo import ReadLimits
from data.images.read import read_photo

LIMITS = ReadLimits(min_side_px=1)
TOLERANCE = 2
"""Grey levels by which two decoders of JPEG may differ."""


def difference(raw: Path, pixels: np.ndarray) -> str:
    """How the pixels differ from what Pillow decodes, empty if they do not."""
    try:
        with Image.open(raw) as image:
            upright = ImageOps.exif_transpose(image)
            if upright.mode.startswith("I"):
                return ""  # Pillow clips 16 bits
            if upright.has_transparency_data:
                layer = upright.convert("RGBA")
                alpha = layer.getchannel("A")
                upright = Image.new("RGB", layer.size, "white")
                upright.paste(layer, mask=alpha)
            wanted = np.asarray(upright.convert("RGB")).astype(int)
    except Exception as error:  # Pillow's decoders raise errors of many types
        return f"Pillow cannot read it: {error}"
    if wanted.shape != pixels.shape:
        return f"{pixels.shape} instead of {wanted.shape}"
    most = int(np.abs(pixels[:, :, ::-1] - wanted).max(initial=0))
    return f"{most} grey levels" if most > TOLERANCE else ""


def main(folder: Path) -> None:
    """Prints what became of each file."""
    warnings.simplefilter("ignore")
    counts: Counter[str] = Counter()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            photo = read_photo(file.read_bytes(), LIMITS)
        except ShedlightError as error:
            counts[f"{file.suffix.lower()} {error.code}"] += 1
            continue
        different = difference(file, photo.pixels)
        counts[f"{file.suffix.lower()} {'different' if different else 'photo'}"] += 1
        if different:
            print(f"{file.relative_to(folder)}: {different}")  # noqa: T201
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}")  # noqa: T201
    print(f"{counts.total()} files")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
