"""The resolution that a file states, where it is that of a microscope or a scanner.

Phones, cameras and programs write a resolution for printing, such as 72 or 300 pixels per inch,
which has nothing to do with the size of what the picture shows. Those of microscopes and scanners
are far finer.
"""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image

from data.images.sniff import ImageType

MIN_PIXELS_PER_INCH = 1200.0
"""Below this a resolution may be one for printing. Above it a hair of 60 um has 3 pixels or more.
Our assumption."""
MAX_PIXELS_PER_INCH = 5e5
"""0.05 um a pixel: finer than light microscopes show."""
_MM_PER_INCH = 25.4
_WITH_RESOLUTION = {ImageType.JPEG, ImageType.PNG, ImageType.TIFF, ImageType.BMP}
_CAMERA_TAGS = {
    ExifTags.Base.FocalLength,
    ExifTags.Base.FocalLengthIn35mmFilm,
    ExifTags.Base.FNumber,
    ExifTags.Base.LensModel,
}
"""Behind a camera's lens, the size of things depends on their distance."""
_DESCRIPTION, _X_RESOLUTION, _Y_RESOLUTION = 270, 282, 283
_IMAGEJ_UNITS_MM = {"micron": 1e-3, "um": 1e-3, "µm": 1e-3, "\\u00b5m": 1e-3, "mm": 1.0, "cm": 10.0}


def stated_mm_per_px(raw: bytes, kind: ImageType) -> float | None:
    """Millimetres per pixel by the file's metadata; None unless it can be believed.

    Both directions must agree within 1 %. A picture with a camera's lens or place in its EXIF is
    never believed.
    """
    if kind not in _WITH_RESOLUTION:
        return None
    try:
        with Image.open(BytesIO(raw), formats=(kind.value,)) as image:
            return _believable(image)
    except Exception:  # Pillow's readers raise exceptions of many types
        return None


def _believable(image: Image.Image) -> float | None:
    exif = image.getexif()
    lens = exif.get_ifd(ExifTags.IFD.Exif)
    if _CAMERA_TAGS & {*exif, *lens} or exif.get_ifd(ExifTags.IFD.GPSInfo):
        return None
    per_inch = _imagej(getattr(image, "tag_v2", {})) or image.info.get("dpi")
    if per_inch is None:
        return None
    across, down = (float(value) for value in per_inch)
    if not MIN_PIXELS_PER_INCH <= across <= MAX_PIXELS_PER_INCH or abs(down / across - 1) > 0.01:
        return None
    return _MM_PER_INCH / across


def _imagej(tags: Mapping[int, Any]) -> tuple[float, float] | None:
    """Pixels per inch of a TIFF written by ImageJ, which states its unit in the description."""
    description = str(tags.get(_DESCRIPTION, ""))
    if not description.startswith("ImageJ="):
        return None
    fields = dict(line.split("=", 1) for line in description.splitlines() if "=" in line)
    unit_mm = _IMAGEJ_UNITS_MM.get(fields.get("unit", ""))
    if unit_mm is None:
        return None
    per_unit = float(tags[_X_RESOLUTION]), float(tags[_Y_RESOLUTION])
    return per_unit[0] * _MM_PER_INCH / unit_mm, per_unit[1] * _MM_PER_INCH / unit_mm
