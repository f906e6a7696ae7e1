from io import BytesIO

import pytest
from PIL import ExifTags, Image

from data.images.read import read_photo

PICTURE = Image.new("RGB", (320, 240), "grey")


def mm_per_px(kind: str, **options: object) -> float | None:
    file = BytesIO()
    PICTURE.save(file, kind, **options)
    return read_photo(file.getvalue()).mm_per_px


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP"])
def test_a_microscopes_resolution_is_used(kind: str) -> None:
    assert mm_per_px(kind, dpi=(12700, 12700)) == pytest.approx(0.002, rel=1e-3)


@pytest.mark.parametrize("dpi", [(72, 72), (300, 300), (600, 600), (2400, 1200), (1e6, 1e6)])
def test_resolutions_for_printing_are_not(dpi: tuple[float, float]) -> None:
    assert mm_per_px("TIFF", dpi=dpi) is None


def test_a_camera_is_never_believed() -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FocalLength] = 4.2
    assert mm_per_px("JPEG", dpi=(12700, 12700), exif=exif) is None


def test_the_unit_of_imagej_is_read() -> None:
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    tags = ImageFileDirectory_v2()
    tags[270] = "ImageJ=1.54f\nunit=micron\n"
    tags[282] = tags[283] = 0.5  # pixels per micrometre
    tags[296] = 1  # no unit
    assert mm_per_px("TIFF", tiffinfo=tags) == pytest.approx(0.002)
