import numpy as np
import pytest

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from tests.helpers.training.label_folders import strand
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR, UNTRAINED
from training.labels.issues import Location
from training.labels.label import HairLabel
from training.labels.labelled_strand import Extent, LabelledStrand

CROP = RootCrop(np.zeros((CROP_HEIGHT, CROP_WIDTH, 3), np.uint8), 5.0)


def hair(
    label: HairLabel,
    root_end: int | None,
    extent: Extent = Extent.HAIR,
    second: RootCrop | None = CROP,
) -> LabelledStrand:
    return LabelledStrand(
        strand(), (CROP, second), label, extent, root_end, "a", "a.jpg", Location("a.jpg")
    )


@pytest.mark.parametrize(
    ("label", "root_end", "fits"),
    [
        (HairLabel.TELOGEN, 0, {(CLUB, BARE)}),
        (HairLabel.TELOGEN, 1, {(BARE, CLUB)}),
        (HairLabel.TELOGEN, None, {(CLUB, BARE), (BARE, CLUB)}),
        (HairLabel.NO_BULB, None, {(BARE, BARE)}),
        (HairLabel.ANAGEN, 0, {(MISSHAPEN, BARE), (BARE, BARE)}),
        (HairLabel.ANAGEN, None, {(MISSHAPEN, BARE), (BARE, MISSHAPEN), (BARE, BARE)}),
        (HairLabel.NOT_HAIR, 1, {(NOT_HAIR, NOT_HAIR)}),
        (HairLabel.UNSURE, 0, set()),
    ],
)
def test_a_label_fits_what_the_joint_rule_allows(
    label: HairLabel, root_end: int | None, fits: set[tuple[int, int]]
) -> None:
    assert set(hair(label, root_end).fits) == fits


def test_the_label_of_a_crop_leaves_the_other_end_open() -> None:
    crop = hair(HairLabel.ANAGEN, 0, Extent.END)
    assert set(crop.fits) == {(MISSHAPEN, UNTRAINED), (BARE, UNTRAINED)}
    assert hair(HairLabel.NOT_HAIR, 0, Extent.END).fits == ((NOT_HAIR, UNTRAINED),)


def test_in_a_photo_of_one_class_a_strand_may_be_no_hair() -> None:
    of_photo = hair(HairLabel.MISSHAPEN, None, Extent.PHOTO)
    assert set(of_photo.fits) == {(MISSHAPEN, BARE), (BARE, MISSHAPEN), (NOT_HAIR, NOT_HAIR)}
    assert of_photo.end_classes == (UNTRAINED, UNTRAINED)


def test_an_end_has_a_class_if_all_answers_agree_and_it_is_visible() -> None:
    assert hair(HairLabel.ANAGEN, 0).end_classes == (UNTRAINED, BARE)
    assert hair(HairLabel.TELOGEN, 0, second=None).end_classes == (CLUB, UNTRAINED)


def test_the_label_of_a_whole_photo_is_no_evidence() -> None:
    assert not hair(HairLabel.TELOGEN, None, Extent.PHOTO).is_evidence
    assert hair(HairLabel.TELOGEN, 0, Extent.END).is_evidence
    assert hair(HairLabel.NO_BULB, 0).kind == "anagen"
