import numpy as np
import pytest

from model.networks.line_net import DIRECTIONS
from training.line_finder.targets import END, WEIGHT, WIDTH, Stroke, line_target

NO_ENDS = np.zeros((0, 2))


def test_a_line_is_one_on_its_cells_and_fades_across() -> None:
    # y = 33 is the middle of row 16 of the cells, each two pixels high.
    target = line_target([Stroke(np.array([[10.0, 33], [100, 33]]), 8.0, NO_ENDS)], (64, 128))
    assert target.shape == (DIRECTIONS + 3, 32, 64)
    assert target[0, 14:19, 20] == pytest.approx([0.04, 0.46, 1, 0.46, 0.04], abs=0.01)
    assert target[:, 16, 20][[1, 2, 6, 11]] == pytest.approx([0.5, 0, 0, 0.5])
    assert target[WIDTH, 16, 20] == 1  # log2 of 8 px over 4
    assert target[END].max() == 0
    assert (target[WEIGHT] == 1).all()


def test_ends_are_marked_at_their_cells() -> None:
    target = line_target(
        [Stroke(np.array([[21.0, 33], [99, 33]]), 4.0, np.array([[21.0, 33]]))], (64, 128)
    )
    assert np.unravel_index(target[END].argmax(), target[END].shape) == (16, 10)
    assert target[END, 16, 10] == pytest.approx(1)
    assert target[END, 16, 49] == 0


def test_of_two_lines_the_nearer_gives_the_width() -> None:
    strokes = [
        Stroke(np.array([[0.0, 9], [128, 9]]), 4.0, NO_ENDS),
        Stroke(np.array([[0.0, 49], [128, 49]]), 16.0, NO_ENDS),
    ]
    width = line_target(strokes, (64, 128))[WIDTH, :, 30]
    assert width[4] == 0
    assert width[24] == 2


def test_cells_on_invisibly_thin_hairs_have_no_weight() -> None:
    target = line_target([Stroke(np.array([[0.0, 33], [128, 33]]), 0.5, NO_ENDS)], (64, 128))
    assert target[:DIRECTIONS].max() == 0
    assert target[WEIGHT, 16].max() == 0
    assert target[WEIGHT, 4].min() == 1


def test_a_tile_without_hairs_is_all_background() -> None:
    target = line_target([], (64, 64))
    assert target[:WEIGHT].max() == 0
    assert target[WEIGHT].min() == 1


def test_crossing_lines_have_targets_in_their_own_directions() -> None:
    strokes = [
        Stroke(np.array([[0.0, 33], [128, 33]]), 4.0, NO_ENDS),
        Stroke(np.array([[65.0, 0], [65, 64]]), 4.0, NO_ENDS),
    ]
    target = line_target(strokes, (64, 128))
    assert target[:DIRECTIONS, 16, 32][[0, 3, 6]] == pytest.approx([1, 0, 1])
    assert target[:DIRECTIONS, 4, 32][[0, 6]] == pytest.approx([0, 1])
    assert target[:DIRECTIONS, 16, 5][[0, 6]] == pytest.approx([1, 0])
