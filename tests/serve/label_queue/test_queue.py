"""The items of the label queue, and which hairs are candidates."""

import csv
from pathlib import Path

import numpy as np
import pytest

from data.errors import ErrorCode, ShedlightError
from data.strands.strand import End, EndState, Strand
from model.active_learning import EMBEDDING_LENGTH, Candidate
from serve.inputs.photo_files import NamedPhoto
from serve.label_queue.candidates import shown_ends
from serve.label_queue.output import write_table
from serve.label_queue.queue import FolderCandidates, draw_items, find_candidates, labelled_among
from serve.label_queue.queue_item import QueueItem
from serve.scoring.interfaces import ThreadWorkers
from tests.helpers.model.hairs import BARE, CLUB
from tests.helpers.serve.fake_scorer import FakeScorer

V, OUT = EndState.VISIBLE, EndState.OUT_OF_PHOTO


def strand(y: float, x: float = 100.0, shaft_px: float = 5.0) -> Strand:
    """A level strand from x 20 on."""
    path = np.array([[20, y], [x, y]], np.float64)
    return Strand(path, shaft_px, (End(20, y, np.pi, V), End(x, y, 0.0, V)), -50.0)


def item(
    telogen: float = 0.5, anagen: float = 0.5, not_hair: float = 0.0, y: float = 10, name: str = "a"
) -> QueueItem:
    look = np.zeros(EMBEDDING_LENGTH, np.float32)
    look[0] = y
    candidate = Candidate(name, telogen, anagen, not_hair, look)
    return QueueItem(name, name, strand(y), 1, candidate)


@pytest.mark.parametrize(
    ("hair", "guess", "key"),
    [
        (item(0.6, 0.4), ("telogen", 0.6), "60%"),
        # 0.8 * 0.3 and 0.8 * 0.5 of hairs, and 0.8 * 0.2 of roots out of view
        (item(0.3, 0.5, 0.2), ("anagen", 0.4), "24%"),
        (item(1.0, 0.0, 0.6), ("not_hair", 0.6), "none"),
        (item(0.04, 0.01), ("unsure", 0.95), "sure"),
        (item(0.99, 0.01), ("telogen", 0.99), "sure"),
    ],
)
def test_an_item_has_a_guess_and_a_reason(
    hair: QueueItem, guess: tuple[str, float], key: str
) -> None:
    assert hair.guess[0] == guess[0]
    assert hair.guess[1] == pytest.approx(guess[1])
    assert key in hair.why


def test_the_end_like_a_root_is_shown_unless_another_hair_ends_there() -> None:
    lone, other = strand(100), strand(200)
    assert shown_ends([lone, other], [(BARE, CLUB), (CLUB, BARE)]) == {0: 1, 1: 0}
    beside = strand(106, x=300)  # its left end lies 6 px from that of ``lone``, under 5 + 2
    assert shown_ends([lone, beside], [(CLUB, BARE), (None, BARE)]) == {0: 1, 1: 1}
    assert shown_ends([lone], [(None, None)]) == {}
    assert shown_ends([], []) == {}


def test_a_label_belongs_to_the_nearest_hair_within_the_maximum_distance() -> None:
    hairs = [item(y=10), item(y=60)]
    assert labelled_among(hairs, [(100, 30)]) == {0}
    assert labelled_among(hairs, [(20, 41), (100, 62)]) == {1}
    # 6 shaft widths are 30 px, and the nearest end lies 31 px away
    assert labelled_among(hairs, [(131, 10)]) == set()


def test_labelled_hairs_are_not_queued_again() -> None:
    found = FolderCandidates()
    found.add([item(y=10), item(y=60)], [(100, 61)])
    found.add([item(y=10, name="b")], [])
    found.add([item(0.9, 0.1, y=1000, name="c")], None)
    assert [hair.place for hair in found.labelled] == [(100, 60), (100, 10)]
    # doubt 1 at distance 0 of what is labelled, against doubt 0.2 far away
    assert [hair.photo for hair in found.queue(5)] == ["c", "a"]
    assert [hair.photo for hair in found.queue(1)] == ["c"]


def test_an_unreadable_file_is_a_problem(tmp_path: Path) -> None:
    gone = NamedPhoto(tmp_path / "gone.jpg", "gone.jpg")
    found = find_candidates([gone], {}, ThreadWorkers(FakeScorer(), 1), 1)
    message = ShedlightError(ErrorCode.UNREADABLE_FILE).message
    assert (found.photos, found.unlabelled, found.problems) == (0, [], [f"gone.jpg: {message}"])


def test_a_row_has_the_position_and_is_no_formula(tmp_path: Path) -> None:
    write_table(tmp_path / "labels.csv", [item(0.6, 0.4, name="=1+1.jpg")])
    with (tmp_path / "labels.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row == {
        "photo": "./=1+1.jpg",
        "x": "100.0",
        "y": "10",
        "label": "",
        "person": "",
        "labelled_at": "",
        "guess": "telogen",
        "probability": "0.6",
        "why": item(0.6, 0.4).why,
    }


def test_a_deleted_file_has_no_pictures(tmp_path: Path) -> None:
    gone = NamedPhoto(tmp_path / "gone.jpg", "gone.jpg")
    drawn = draw_items([item(name="gone.jpg")], [gone], ThreadWorkers(FakeScorer(), 1), 1)
    assert drawn == [None]
