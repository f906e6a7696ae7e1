import numpy as np

from data.arrays import Array
from data.images.photo import Photo
from data.no_hair.drop import drop_lookalikes
from data.no_hair.repeats import repeated
from data.strands.strand import End, EndState, Strand


def strand(path: Array) -> Strand:
    one, other = (End(*path[k].tolist(), 0.0, EndState.VISIBLE) for k in (0, -1))
    return Strand(path, 4.0, (one, other), -50.0)


def arc(x: float, y: float) -> Array:
    along = np.linspace(0, 2, 30)
    return np.column_stack([x + 40 * np.cos(along), y + 40 * np.sin(along)])


def test_a_lattice_repeats_and_a_hair_on_it_does_not() -> None:
    lattice = [strand(arc(100 * column, 130 * row)) for column in range(4) for row in range(3)]
    hair = strand(np.column_stack([np.linspace(0, 300, 60), np.linspace(0, 90, 60) ** 1.1]))
    assert repeated([*lattice, hair]).tolist() == [True] * 12 + [False]
    left = drop_lookalikes(Photo(np.full((500, 500, 3), 128, np.uint8), "0" * 64), [*lattice, hair])
    assert left == [hair]


def test_hairs_laid_side_by_side_do_not_repeat() -> None:
    rng = np.random.default_rng(5)
    rows = []
    for y in np.cumsum(rng.uniform(25, 70, 20)):
        bend = rng.normal(0, 30) * np.linspace(-1, 1, 50) ** 2
        x = np.linspace(rng.uniform(0, 60), 600, 50)
        rows.append(strand(np.column_stack([x, y + bend])))
    assert not repeated(rows).any()


def test_few_strands_do_not_repeat() -> None:
    assert not repeated([strand(arc(100.0 * k, 0)) for k in range(5)]).any()
    assert repeated([]).tolist() == []
