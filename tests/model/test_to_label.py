import time

import numpy as np
import pytest

from model.active_learning import EMBEDDING_LENGTH, MAX_PER_PHOTO, Candidate, select_for_labelling


def at(place: float, doubt: float, photo: str = "a") -> Candidate:
    """A hair that looks like its place on a line; its doubt is twice the lesser chance."""
    look = np.zeros(EMBEDDING_LENGTH, np.float32)
    look[0] = place
    return Candidate(photo, 1 - doubt / 2, doubt / 2, 0.0, look)


def test_doubt_is_one_between_telogen_and_anagen_and_none_where_no_root_is_in_view() -> None:
    assert at(0, 1.0).doubt == 1.0
    assert at(0, 0.2).doubt == pytest.approx(0.2)
    look = at(0, 1).look
    assert Candidate("a", 0.05, 0.05, 0.0, look).doubt == pytest.approx(0.1)
    assert Candidate("a", 0.0, 0.0, 0.0, look).doubt == 0
    # no hair with a chance of 0.6: 2 * 0.4 * 0.5 + 2 * 0.25 * 0.4 = 0.6
    assert Candidate("a", 0.5, 0.5, 0.6, look).doubt == pytest.approx(0.6)
    # surely telogen if a hair: 2 * 0.25 * 0.5
    assert Candidate("a", 1.0, 0.0, 0.5, look).doubt == pytest.approx(0.25)


def test_the_most_doubtful_comes_first_then_the_other_cluster_and_the_sure_last() -> None:
    hairs = [at(0.0, 0.9), at(0.1, 0.8), at(2.0, 0.5), at(2.1, 0.4), at(1.0, 0.0)]
    # first 0 by its doubt; then 0.8*0.1, 0.5*2.0 or 0.4*2.1: 2; then 0.8*0.1 or 0.4*0.1: 1
    assert select_for_labelling(hairs) == [0, 2, 1, 3, 4]


def test_what_is_like_a_labelled_hair_comes_later() -> None:
    hairs = [at(0.0, 0.9), at(2.0, 0.5)]
    assert select_for_labelling(hairs) == [0, 1]
    # 0.9*0.1 or 0.5*1.9
    assert select_for_labelling(hairs, already=[at(0.1, 0.0)]) == [1, 0]


def test_no_photo_gives_more_than_its_part_before_others_gave_theirs() -> None:
    many = [at(i, 1.0, "many") for i in range(MAX_PER_PHOTO + 2)]
    few = [at(0.5, 0.01, "few"), at(1.5, 0.01, "few")]
    order = select_for_labelling([*many, *few])
    assert sorted(order) == list(range(MAX_PER_PHOTO + 4))
    assert all(i < len(many) for i in order[:MAX_PER_PHOTO])
    assert {*order[MAX_PER_PHOTO : MAX_PER_PHOTO + 2]} == {len(many), len(many) + 1}
    # labels of before count for their photo
    assert select_for_labelling([many[0], few[0]], already=many[2:]) == [1, 0]


def test_the_order_is_the_same_each_time_and_its_beginning_can_be_asked_for() -> None:
    random = np.random.default_rng(1)
    hairs = [at(*random.random(2), photo=f"{i % 7}") for i in range(60)]
    order = select_for_labelling(hairs)
    assert order == select_for_labelling(hairs)
    assert sorted(order) == list(range(60))
    assert select_for_labelling(hairs, count=9) == order[:9]


def test_equals_keep_their_order() -> None:
    assert select_for_labelling([at(1, 0.5), at(1, 0.5), at(1, 0.5)]) == [0, 1, 2]


def test_of_nothing_there_is_no_order() -> None:
    assert select_for_labelling([]) == []
    assert select_for_labelling([], already=[at(0, 1)]) == []
    assert select_for_labelling([at(0, 1)], count=0) == []


def test_ten_thousand_hairs_are_put_in_order_in_seconds() -> None:
    random = np.random.default_rng(2)
    looks = random.normal(size=(10_000, EMBEDDING_LENGTH)).astype(np.float32)
    hairs = [Candidate(f"{i % 300}", 0.5, 0.3, 0.1, look) for i, look in enumerate(looks)]
    before = time.process_time()
    assert len(set(select_for_labelling(hairs, count=500))) == 500
    assert time.process_time() - before < 5
