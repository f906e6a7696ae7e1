import time

import numpy as np
import pytest

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from model.active_learning import (
    EMBEDDING_LENGTH,
    MAX_PER_PHOTO,
    Candidate,
    candidate_of,
    candidate_of_hair,
    embedding_of,
    select_for_labelling,
)
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import joint_posterior
from tests.helpers.model.hairs import BARE, CLUB, MISSHAPEN, OUT, RULE, V, label_hair, strand

THUMBNAIL = EMBEDDING_LENGTH - 9
ENDS = (CLUB.probabilities, BARE.probabilities)


def crop(dark_rows: slice, shaft_px: float = 8.0) -> RootCrop:
    """A white crop with a dark band."""
    pixels = np.full((CROP_HEIGHT, CROP_WIDTH, 3), 255, np.uint8)
    pixels[dark_rows, :120] = 40
    return RootCrop(pixels, shaft_px)


SHAFT, BLOB = crop(slice(66, 78)), crop(slice(30, 114))


def test_a_candidate_has_the_probabilities_of_its_posterior() -> None:
    posterior = joint_posterior(strand(), (CLUB, BARE), RULE)
    hair = candidate_of("a.jpg", strand(), (CLUB, BARE), posterior, (SHAFT, SHAFT))
    assert hair.photo == "a.jpg"
    # As summed in test_joint_rule: telogen 3.536 / 3.6496, the rest misshapen or no bulb.
    assert hair.telogen == pytest.approx(3.536 / 3.6496)
    assert hair.anagen == pytest.approx(0.1136 / 3.6496)
    assert hair.not_hair == posterior.not_hair


def test_a_strand_without_a_visible_end_has_no_uncertainty() -> None:
    unseen = strand(OUT, OUT)
    posterior = joint_posterior(unseen, (None, None), RULE)
    assert posterior.not_hair == pytest.approx(0.2)
    hair = candidate_of("a.jpg", unseen, (None, None), posterior, (None, None))
    assert hair.uncertainty == 0
    assert hair.embedding.shape == (EMBEDDING_LENGTH,)


def test_a_reported_hair_has_the_lowest_not_hair_of_its_ends() -> None:
    listed = label_hair(strand(), (CLUB, BARE), RULE)
    assert listed is not None
    hair = candidate_of_hair("a.jpg", listed, (SHAFT, SHAFT))
    assert hair.telogen == listed.p_telogen
    assert hair.not_hair == pytest.approx(0.02)
    half = label_hair(strand(V, OUT), (MISSHAPEN, None), RULE)
    assert half is not None
    assert candidate_of_hair("a.jpg", half, (SHAFT, None)).not_hair == pytest.approx(0.02)


def test_an_embedding_ignores_the_order_of_ends_mirroring_and_brightness() -> None:
    embedding = embedding_of(ENDS, (BLOB, SHAFT), 8.0)
    assert np.array_equal(embedding, embedding_of(ENDS[::-1], (SHAFT, BLOB), 8.0))
    one_sided = embedding_of(ENDS, (crop(slice(30, 60)), SHAFT), 8.0)
    mirrored = embedding_of(ENDS, (crop(slice(84, 114)), SHAFT), 8.0)
    assert one_sided == pytest.approx(mirrored, abs=1e-6)
    assert np.linalg.norm(embedding[:THUMBNAIL]) == pytest.approx(1)
    faint = RootCrop((BLOB.pixels // 2 + 90).astype(np.uint8), 8.0)
    assert embedding == pytest.approx(embedding_of(ENDS, (faint, SHAFT), 8.0), abs=0.01)


def test_hairs_that_look_different_are_far_apart() -> None:
    embedding = embedding_of(ENDS, (SHAFT, SHAFT), 8.0)
    assert np.linalg.norm(embedding - embedding_of(ENDS, (BLOB, SHAFT), 8.0)) > 0.3
    # two doublings, half a step each
    assert np.linalg.norm(embedding - embedding_of(ENDS, (SHAFT, SHAFT), 32.0)) == pytest.approx(1)
    # Hellinger's distance of two certain classes is 1
    certain = EndProbabilities(1, 0, 0, 0), EndProbabilities(0, 1, 0, 0)
    one, other = (embedding_of((end, None), (SHAFT, None), 8.0) for end in certain)
    assert np.linalg.norm(one - other) == pytest.approx(1)


def test_an_empty_crop_has_no_thumbnail() -> None:
    assert not embedding_of(ENDS, (crop(slice(0, 0)), SHAFT), 8.0)[:THUMBNAIL].any()


def at(place: float, uncertainty: float, photo: str = "a") -> Candidate:
    """A candidate with an embedding on a line; its uncertainty is twice the lower probability."""
    embedding = np.zeros(EMBEDDING_LENGTH, np.float32)
    embedding[0] = place
    return Candidate(photo, 1 - uncertainty / 2, uncertainty / 2, 0.0, embedding)


def test_uncertainty_is_1_between_telogen_and_anagen_and_0_without_a_root_in_view() -> None:
    assert at(0, 1.0).uncertainty == 1.0
    assert at(0, 0.2).uncertainty == pytest.approx(0.2)
    embedding = at(0, 1).embedding
    assert Candidate("a", 0.05, 0.05, 0.0, embedding).uncertainty == pytest.approx(0.1)
    assert Candidate("a", 0.0, 0.0, 0.0, embedding).uncertainty == 0
    # no hair with a probability of 0.6: 2 * 0.4 * 0.5 + 2 * 0.25 * 0.4 = 0.6
    assert Candidate("a", 0.5, 0.5, 0.6, embedding).uncertainty == pytest.approx(0.6)
    # certainly telogen if a hair: 2 * 0.25 * 0.5
    assert Candidate("a", 1.0, 0.0, 0.5, embedding).uncertainty == pytest.approx(0.25)


def test_the_most_uncertain_comes_first_then_the_other_cluster_and_the_certain_last() -> None:
    hairs = [at(0.0, 0.9), at(0.1, 0.8), at(2.0, 0.5), at(2.1, 0.4), at(1.0, 0.0)]
    # first 0 by its uncertainty; then 0.8*0.1, 0.5*2.0 or 0.4*2.1: 2; then 0.8*0.1 or 0.4*0.1: 1
    assert select_for_labelling(hairs) == [0, 2, 1, 3, 4]


def test_hairs_like_a_labelled_one_come_later() -> None:
    hairs = [at(0.0, 0.9), at(2.0, 0.5)]
    assert select_for_labelling(hairs) == [0, 1]
    # 0.9*0.1 or 0.5*1.9
    assert select_for_labelling(hairs, already=[at(0.1, 0.0)]) == [1, 0]


def test_photos_take_turns() -> None:
    many = [at(i, 1.0, "many") for i in range(MAX_PER_PHOTO + 2)]
    few = [at(0.5, 0.01, "few"), at(1.5, 0.01, "few")]
    order = select_for_labelling([*many, *few])
    assert sorted(order) == list(range(MAX_PER_PHOTO + 4))
    assert all(i < len(many) for i in order[:MAX_PER_PHOTO])
    assert {*order[MAX_PER_PHOTO : MAX_PER_PHOTO + 2]} == {len(many), len(many) + 1}
    # earlier labels count for their photo
    assert select_for_labelling([many[0], few[0]], already=many[2:]) == [1, 0]


def test_the_order_is_deterministic_and_can_be_limited() -> None:
    random = np.random.default_rng(1)
    hairs = [at(*random.random(2), photo=f"{i % 7}") for i in range(60)]
    order = select_for_labelling(hairs)
    assert order == select_for_labelling(hairs)
    assert sorted(order) == list(range(60))
    assert select_for_labelling(hairs, count=9) == order[:9]


def test_equal_candidates_keep_their_order() -> None:
    assert select_for_labelling([at(1, 0.5), at(1, 0.5), at(1, 0.5)]) == [0, 1, 2]


def test_no_candidates_give_no_order() -> None:
    assert select_for_labelling([]) == []
    assert select_for_labelling([], already=[at(0, 1)]) == []
    assert select_for_labelling([at(0, 1)], count=0) == []


def test_selecting_from_ten_thousand_hairs_takes_seconds() -> None:
    random = np.random.default_rng(2)
    embeddings = random.normal(size=(10_000, EMBEDDING_LENGTH)).astype(np.float32)
    hairs = [
        Candidate(f"{i % 300}", 0.5, 0.3, 0.1, embedding) for i, embedding in enumerate(embeddings)
    ]
    before = time.process_time()
    assert len(set(select_for_labelling(hairs, count=500))) == 500
    assert time.process_time() - before < 5
