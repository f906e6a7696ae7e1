"""Pictures encoded for files and pages."""

from base64 import b64encode

import cv2

from data.arrays import Pixels


def encode_jpeg(pixels: Pixels, quality: int) -> bytes:
    """A JPEG file of pixels (H, W, 3), blue green red; ``quality`` from 0 to 100.

    Raises ValueError for a picture that is longer than a JPEG can be (65,500 px).
    """
    return _encode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, quality))


def encode_png(pixels: Pixels) -> bytes:
    """A PNG file of pixels (H, W, 3), blue green red. Raises ValueError if it cannot be encoded."""
    return _encode(".png", pixels, ())


def data_url(content: bytes, media_type: str) -> str:
    """A URL that holds the content itself, such as ``data:image/png;base64,...``."""
    return f"data:{media_type};base64,{b64encode(content).decode('ascii')}"


def _encode(suffix: str, pixels: Pixels, parameters: tuple[int, ...]) -> bytes:
    try:
        done, encoded = cv2.imencode(suffix, pixels, parameters)
    except cv2.error as error:
        raise ValueError("the picture could not be encoded") from error
    if not done:
        raise ValueError("the picture could not be encoded")
    return encoded.tobytes()
