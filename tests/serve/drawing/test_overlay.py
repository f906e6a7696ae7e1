"""The overlay: readable labels, visible roots, unchanged pixels of hairs."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import ImageFont

from data.images.photo import Photo
from data.scale.scale import Scale, ScaleSource
from data.strands.strand import End, EndState, Strand
from data.texts.catalogue import languages, texts_in
from model.labelling.hair import Hair, Label, Reason, RootType
from model.measures.measure import HairMeasures
from serve.drawing.label_layout import place_label
from serve.drawing.overlay import _dashes, _text, draw_overlay
from serve.drawing.style import STYLES, draw_legend
from tests.helpers.serve.fake_scorer import FakeScorer

GREY = 128
PHOTO = Photo(np.full((600, 800, 3), GREY, np.uint8), "0" * 64)
NO_HAIRS = np.zeros((601, 801), np.int32)


def hair(label: Label, y: float = 300, root: int | None = 0, p: float = 0.97) -> Hair:
    """A level hair from x = 200 to 600, 8 px wide."""
    path = np.array([[x, y] for x in range(200, 601, 10)], float)
    ends = (End(200, y, np.pi, EndState.VISIBLE), End(600, y, 0.0, EndState.VISIBLE))
    return Hair(
        strand=Strand(path, 8.0, ends, -60.0),
        ends=(None, None),
        label=label,
        reason=Reason.ROOT_NOT_SEEN if label is Label.UNSURE else None,
        p_telogen=p if label is Label.TELOGEN else 1 - p,
        p_anagen=p if label is Label.ANAGEN else 1 - p,
        root_type=RootType.CLUB if label is Label.TELOGEN else None,
        root_end=root,
    )


def drawn(*hairs: Hair) -> np.ndarray:
    report = FakeScorer().score(PHOTO)
    return draw_overlay(PHOTO, replace(report, hairs=hairs))


def has_colour(pixels: np.ndarray, label: Label) -> bool:
    return bool((pixels[:, :, ::-1] == STYLES[label].colour).all(axis=2).any())


@pytest.mark.parametrize("size", [(200, 200), (800, 600), (300, 1500), (2000, 1500)])
def test_the_photo_stays_in_place_above_the_legend(size: tuple[int, int]) -> None:
    photo = Photo(np.full((size[1], size[0], 3), GREY, np.uint8), "0" * 64)
    picture = draw_overlay(photo, FakeScorer().score(photo))
    assert picture.dtype == np.uint8
    assert picture.shape[1] == size[0]
    assert size[1] < picture.shape[0] < 1.5 * size[1]
    assert (photo.pixels == GREY).all()


def test_without_hairs_the_photo_is_unchanged() -> None:
    assert (drawn()[:600] == GREY).all()


@pytest.mark.parametrize("label", list(Label))
def test_each_label_is_drawn_in_its_own_colour_only(label: Label) -> None:
    picture = drawn(hair(label))[:600]
    assert [other for other in Label if has_colour(picture, other)] == [label]


@pytest.mark.parametrize("label", list(Label))
def test_shaft_and_ends_are_unchanged(label: Label) -> None:
    picture = drawn(hair(label, root=None if label is Label.UNSURE else 0))
    assert (picture[296:305, 250:370] == GREY).all()  # left of the mark amid an unsure hair
    for x in (200, 600):
        assert (picture[285:316, x - 15 : x + 16] == GREY).all()


def test_only_unsure_hairs_are_dashed() -> None:
    path = np.array([[0.0, 0.0], [100.0, 0.0]])
    pieces = _dashes(path, 10)
    assert [piece[[0, -1], 0].tolist() for piece in pieces] == [
        [0, 10],
        [30, 40],
        [60, 70],
        [90, 100],
    ]
    columns = {label: outlined_columns(label) for label in Label}
    assert columns[Label.TELOGEN] == columns[Label.ANAGEN] == 1.0
    assert 0.4 < columns[Label.UNSURE] < 0.85


def outlined_columns(label: Label) -> float:
    """Share of the columns along the shaft, off its marks, that carry the outline's colour."""
    part = drawn(hair(label))[270:331, 250:550, ::-1]
    return float((part == STYLES[label].colour).all(axis=2).any(axis=0).mean())


def test_the_text_has_label_and_probability() -> None:
    assert _text(hair(Label.TELOGEN), texts_in()) == "telogen 97 %"
    assert _text(hair(Label.ANAGEN, p=0.884), texts_in()) == "anagen 88 %"
    assert _text(hair(Label.UNSURE), texts_in()) == "? root not seen"
    assert _text(hair(Label.TELOGEN, p=0.9999), texts_in()) == "telogen 99 %"


class TestPlacement:
    def test_a_label_lies_in_the_picture(self) -> None:
        for anchor in ((0, 0), (799, 0), (0, 599), (799, 599), (400, 300)):
            left, top, right, bottom = place_label(
                anchor, (120, 20), 10, (800, 600), [], [], NO_HAIRS
            )
            assert 0 <= left < right <= 800
            assert 0 <= top < bottom <= 600
            assert (right - left, bottom - top) == pytest.approx((120, 20))

    def test_it_is_clear_of_its_anchor(self) -> None:
        left, top, right, bottom = place_label(
            (400, 300), (120, 20), 10, (800, 600), [], [], NO_HAIRS
        )
        assert not (left < 400 < right and top < 300 < bottom)

    def test_it_avoids_roots_labels_and_hairs(self) -> None:
        free = place_label((400, 300), (100, 20), 10, (800, 600), [], [], NO_HAIRS)
        for taken in ("roots", "labels"):
            boxes: dict[str, list[tuple[float, float, float, float]]] = {"roots": [], "labels": []}
            boxes[taken] = [free]
            box = place_label((400, 300), (100, 20), 10, (800, 600), **boxes, hairs=NO_HAIRS)
            assert box[0] >= free[2] or box[2] <= free[0] or box[1] >= free[3] or box[3] <= free[1]

    def test_it_prefers_the_side_without_hairs(self) -> None:
        mask = np.zeros((600, 800), np.int32)
        mask[:300] = 1  # all above the anchor is hair
        hairs = np.pad(mask.cumsum(0).cumsum(1), ((1, 0), (1, 0))).astype(np.int32)
        box = place_label((400, 300), (100, 20), 10, (800, 600), [], [], hairs)
        assert box[1] >= 300


def test_a_narrow_legend_needs_more_rows() -> None:
    assert draw_legend(250, 14, 2, texts_in()).height > draw_legend(2000, 14, 2, texts_in()).height
    assert draw_legend(60, 14, 2, texts_in()).width == 60


def test_labels_and_legend_are_in_the_language_asked_for() -> None:
    german = texts_in("de")
    assert _text(hair(Label.UNSURE), german) == f"? {german('label.why.root_not_seen')}"
    report = FakeScorer().score(PHOTO)
    pictures = [draw_overlay(PHOTO, report, texts_in(each)) for each in ("en", "de")]
    same_rows = min(map(len, pictures))
    assert (pictures[0][600:same_rows] != pictures[1][600:same_rows]).any()


def test_what_the_scale_was_taken_from_is_outlined_and_widths_are_written() -> None:
    box = np.array([[40.0, 40], [160, 40], [160, 120], [40, 120]])
    scale = Scale(ScaleSource.BANK_CARD, np.diag([0.01, 0.01, 1.0]), outlines=(box,))
    picture = draw_overlay(PHOTO, replace(FakeScorer(0, 0, 0).score(PHOTO), scale=scale))
    assert (picture[40, 45:155] != GREY).any(axis=1).all()
    measured = HairMeasures(71.6, 8.0, 4.0, True, 0.01)
    text = _text(replace(hair(Label.TELOGEN), measures=measured), texts_in("en"))
    assert text.endswith("72 µm")


@pytest.mark.parametrize("language", languages())
def test_the_font_has_all_letters_of_the_labels(language: str) -> None:
    """Pillow's font has few beyond ASCII, and draws a box for the others."""
    font = ImageFont.load_default(20)
    box = bytes(font.getmask("\uffff"))
    section = texts_in(language).section("label")
    drawn_texts = [section["by_person"], section["caveat"]]
    drawn_texts += [*section["why"].values(), *section["meaning"].values()]
    missing = {letter for letter in "".join(drawn_texts) if bytes(font.getmask(letter)) == box}
    assert missing == set()
