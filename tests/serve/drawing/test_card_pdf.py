from dataclasses import replace

import numpy as np
import pypdfium2
import pytest

from data.images.photo import Photo
from data.scale.find import find_scale
from data.scale.request import ScaleRequest
from data.texts.catalogue import languages, texts_in
from serve.drawing.card_pdf import Paper, card_pdf

PX_PER_INCH = 150


def printed(raw: bytes) -> Photo:
    page = pypdfium2.PdfDocument(raw)[0]
    pixels = page.render(scale=PX_PER_INCH / 72).to_numpy()[..., :3]
    return Photo(np.ascontiguousarray(pixels), "0" * 64)


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("language", languages())
def test_the_printed_card_gives_its_scale(paper: Paper, language: str) -> None:
    photo = printed(card_pdf(texts_in(language), paper))
    scale = find_scale(photo)
    assert scale is not None
    at = np.array([[photo.width / 2, photo.height / 4]])
    assert scale.mm_per_px(at) == pytest.approx([25.4 / PX_PER_INCH], rel=0.005)


def test_a_card_printed_smaller_is_corrected_by_its_line() -> None:
    photo = printed(card_pdf(texts_in("en")))
    at = np.array([[photo.width / 2, photo.height / 4]])
    as_printed = find_scale(photo, ScaleRequest.parse("card=97mm"))
    assert as_printed is not None
    assert as_printed.mm_per_px(at) == pytest.approx([0.97 * 25.4 / PX_PER_INCH], rel=0.005)


def test_one_marker_alone_gives_none() -> None:
    photo = printed(card_pdf(texts_in("en")))
    part = photo.pixels[110:240, 180:300]
    alone = np.full((400, 400, 3), 255, np.uint8)
    alone[100 : 100 + part.shape[0], 100 : 100 + part.shape[1]] = part
    assert find_scale(replace(photo, pixels=alone)) is None
