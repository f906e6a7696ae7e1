from dataclasses import replace

import numpy as np
import pytest

from data.strands.strand import End, EndState, Strand
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto, distance_to_line
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR, UNTRAINED
from training.datasets.matching import match

V, OUT = EndState.VISIBLE, EndState.OUT_OF_PHOTO


def hair(root: str = "telogen", root_in_photo: bool = True, y: float = 200.0) -> AnnotatedHair:
    """A level hair, 5 px wide: root at x = 100 with a bulb to x = 85, tip at x = 500."""
    line = np.array([[x, y] for x in range(100, 501, 10)], float)
    bulb_end, tip = np.array([85.0, y]), line[-1]
    return AnnotatedHair(root, line[0], bulb_end, tip, root_in_photo, True, 5.0, line)


def photo(*hairs: AnnotatedHair) -> AnnotatedPhoto:
    return AnnotatedPhoto("a.jpg", 600, 400, hairs, np.empty((0, 2)))


def strand(from_x: float, to_x: float, y: float = 200.0, state: EndState = V) -> Strand:
    path = np.array([[x, y] for x in np.linspace(from_x, to_x, 30)])
    return Strand(path, 5.0, (End(from_x, y, np.pi, state), End(to_x, y, 0.0, V)), -50.0)


@pytest.mark.parametrize(
    ("root", "kind"), [("telogen", CLUB), ("misshapen", MISSHAPEN), ("bare", BARE)]
)
def test_a_strand_along_a_hair_has_its_root_and_its_tip(root: str, kind: int) -> None:
    found = match(strand(84, 502), photo(hair("telogen", y=50), hair(root)))
    assert found.truth == root
    assert found.end_classes == (kind, BARE)


def test_a_torn_root_that_looks_like_a_club_is_neither_trained_nor_judged() -> None:
    found = match(strand(84, 502), photo(replace(hair("misshapen"), is_ambiguous=True)))
    assert (found.truth, found.end_classes) == ("ambiguous", (UNTRAINED, BARE))
    assert not found.is_knowable
    assert not found.is_hair


def test_a_strand_on_no_hair_is_no_hair() -> None:
    found = match(strand(84, 502, y=300), photo(hair()))
    assert (found.truth, found.end_classes) == ("not_hair", (NOT_HAIR, NOT_HAIR))
    assert match(strand(0, 50), photo()).truth == "not_hair"


def test_an_end_in_the_middle_of_a_shaft_is_not_hair() -> None:
    # 12 widths are 60 px: 300 is 200 px from either end, 145 only 45 from the root.
    assert match(strand(84, 300), photo(hair())).end_classes == (CLUB, NOT_HAIR)
    assert match(strand(145, 502), photo(hair())).end_classes == (UNTRAINED, BARE)
    assert match(strand(200, 400), photo(hair())).truth == "fragment"


def hair_after(root_x: float, tip_x: float) -> AnnotatedHair:
    """A misshapen hair in the line of ``hair``, which ends at x = 500."""
    line = np.array([[x, 200.0] for x in np.linspace(root_x, tip_x, 12)])
    return AnnotatedHair("misshapen", line[0], line[0], line[-1], True, True, 5.0, line)


def test_a_strand_that_continues_onto_the_next_hair_ends_where_it_does() -> None:
    # 84 to 500 lies along the hair, and 520 to 590 along the next one.
    found = match(strand(84, 590), photo(hair(), hair_after(590, 520)))
    assert (found.truth, found.end_classes) == ("telogen", (CLUB, MISSHAPEN))
    # Across a gap of 60 px to a root on the near side, the class is ambiguous.
    assert match(strand(84, 560), photo(hair(), hair_after(560, 590))).end_classes[1] == UNTRAINED


def test_a_negative_beside_the_end_of_a_hair_is_not_trained() -> None:
    # 215 is three widths beside the tip: the crop of the left end shows that, too.
    found = match(strand(500, 590, y=215), photo(hair()))
    assert (found.truth, found.end_classes) == ("not_hair", (UNTRAINED, NOT_HAIR))


def test_a_hair_with_its_root_outside_is_rootless() -> None:
    found = match(strand(100, 502), photo(hair(root_in_photo=False)))
    assert found.truth == "rootless"
    assert found.end_classes[1] == BARE


def test_an_end_out_of_the_photo_is_not_trained() -> None:
    found = match(strand(84, 502, state=OUT), photo(hair()))
    assert found.end_classes == (UNTRAINED, BARE)
    assert found.truth == "fragment"


def test_a_strand_half_along_a_hair_is_not_trained() -> None:
    # From 300 to 700 the hair covers one half.
    assert match(strand(300, 700), photo(hair())).end_classes == (UNTRAINED, UNTRAINED)


def test_the_distance_to_a_line_is_to_its_nearest_piece() -> None:
    corner = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]])
    points = np.array([[5.0, 3.0], [14.0, 5.0], [-3.0, -4.0], [13.0, -4.0]])
    assert distance_to_line(points, corner) == pytest.approx([3, 4, 5, 5])


def test_the_end_at_an_illegible_root_is_not_trained() -> None:
    illegible = replace(hair(), root_is_legible=False)
    assert match(strand(84, 502), photo(illegible)).end_classes == (UNTRAINED, BARE)


def test_what_is_no_hair_has_the_maker_of_its_photo() -> None:
    by_painter = replace(photo(hair()), maker="painter", background="wood")
    found = match(strand(84, 502, y=300), by_painter).attributes
    assert (found.maker, found.background) == ("painter", "wood")
