import pytest

pytest.importorskip("torch")

from tests.helpers.training.predictions import end, known
from training.datasets.examples import BARE, CLUB
from training.evaluation.predictions import SHOWN, EndPrediction, worst_mistakes


def misread(photo: str, sure: float) -> EndPrediction:
    return end(CLUB, BARE, sure, known(CLUB, photo=photo))


def test_the_surest_come_first_and_what_is_right_not_at_all() -> None:
    right = end(CLUB, CLUB, 0.99)
    ends = [misread("a", 0.6), right, misread("b", 0.9), misread("c", 0.7)]
    assert [round(end.sure, 2) for end in worst_mistakes(ends)] == [0.9, 0.7, 0.6]


def test_two_of_a_photo_are_enough() -> None:
    ends = [misread("a", 0.9), misread("a", 0.8), misread("a", 0.7), misread("b", 0.5)]
    assert [end.example.photo for end in worst_mistakes(ends)] == ["a", "a", "b"]


def test_the_sheet_has_an_end() -> None:
    assert len(worst_mistakes([misread(str(k), 0.9) for k in range(SHOWN + 5)])) == SHOWN
