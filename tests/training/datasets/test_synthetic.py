from dataclasses import replace

import numpy as np

from data.images.photo import Photo
from data.strands.strand import EndState
from tests.training.datasets.test_matching import hair, photo
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto
from training.datasets.examples import BARE, CLUB, NOT_HAIR, UNTRAINED
from training.datasets.synthetic import (
    contrast_of,
    ends_of,
    fragments_from_truth,
    hairs_from_truth,
    run_in_photo,
    sample_negatives,
)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_each_hair_gives_two_strands_near_its_ends() -> None:
    strands = list(hairs_from_truth(photo(hair()), rng()))
    assert [annotated.truth for annotated in strands] == ["telogen"] * 2
    for annotated in strands:
        assert annotated.end_classes == (CLUB, BARE)
        root, tip = annotated.strand.ends
        assert 60 < root.x < 125
        assert 475 < tip.x < 525
        assert np.cos(root.direction) < -0.8
        assert np.cos(tip.direction) > 0.8
    assert strands[0].strand.ends != strands[1].strand.ends


def outside(line: list[list[float]], root_in: bool, tip_in: bool) -> AnnotatedHair:
    points = np.array(line)
    return AnnotatedHair("bare", points[0], points[0], points[-1], root_in, tip_in, 5.0, points)


def test_a_hair_that_leaves_the_photo_ends_at_its_border() -> None:
    leaving = outside([[550, 200], [580, 200], [620, 200], [660, 200]], True, False)
    line, root_visible, tip_visible = run_in_photo(leaving, photo())
    assert (len(line), root_visible, tip_visible) == (2, True, False)
    coming = outside([[-40, 200], [-10, 200], [30, 200], [70, 200]], False, True)
    line, root_visible, tip_visible = run_in_photo(coming, photo())
    assert (line[0].tolist(), root_visible, tip_visible) == ([30, 200], False, True)
    absent = outside([[-40, 200], [-10, 200]], False, False)
    assert len(run_in_photo(absent, photo())[0]) == 0


def test_an_end_outside_is_not_trained() -> None:
    leaving = outside([[x, 200] for x in range(400, 700, 10)], True, False)
    annotated = next(hairs_from_truth(photo(leaving), rng()))
    assert annotated.end_classes == (BARE, UNTRAINED)
    assert annotated.strand.ends[1].state is EndState.OUT_OF_PHOTO


def test_an_illegible_root_is_not_trained() -> None:
    illegible = replace(hair(), root_is_legible=False)
    strands = hairs_from_truth(photo(illegible), rng())
    assert [annotated.end_classes for annotated in strands] == [(UNTRAINED, BARE)] * 2
    ambiguous = list(hairs_from_truth(photo(replace(hair(), is_ambiguous=True)), rng()))
    assert [each.end_classes for each in ambiguous] == [(UNTRAINED, BARE)] * 2
    assert {each.truth for each in ambiguous} == {"ambiguous"}


def test_a_covered_root_is_left_out() -> None:
    crossing = outside([[100, y] for y in range(100, 300, 10)], True, True)
    strands = list(hairs_from_truth(photo(hair(), crossing), rng()))
    assert [annotated.truth for annotated in strands] == ["bare"] * 2


def test_fragments_show_neither_end() -> None:
    for seed in range(20):
        for piece in fragments_from_truth(photo(hair()), np.random.default_rng(seed)):
            assert piece.end_classes == (NOT_HAIR, NOT_HAIR)
            assert all(125 < end.x < 475 for end in piece.strand.ends)


def test_negatives_start_clear_of_hairs() -> None:
    pixels = rng().integers(0, 255, (400, 600, 3), dtype=np.uint8)
    truth = AnnotatedPhoto("a.jpg", 600, 400, (hair(),), np.array([[300.0, 205.0], [300.0, 350.0]]))
    truth = replace(truth, maker="painter")
    strands = list(sample_negatives(Photo(pixels, "0" * 64), truth, rng()))
    assert strands
    for annotated in strands:
        assert annotated.end_classes == (NOT_HAIR, UNTRAINED)
        assert annotated.attributes.maker == "painter"
        at = annotated.strand.ends[0]
        beside_x = np.clip(at.x, 100, 500)
        assert np.hypot(at.x - beside_x, at.y - 200) > 60


def test_contrast_is_the_shaft_minus_its_background() -> None:
    pixels = np.full((100, 200, 3), 180, np.uint8)
    pixels[48:53] = 60
    line = np.array([[x, 50.0] for x in range(20, 180, 10)])
    assert contrast_of(Photo(pixels, "0" * 64), line, 5.0) == -120


def test_ends_point_outward() -> None:
    first, second = ends_of(np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]), 1.0, (True, False))
    assert (first.direction, second.direction) == (np.pi, np.pi / 2)
    assert (first.state, second.state) == (EndState.VISIBLE, EndState.OUT_OF_PHOTO)
