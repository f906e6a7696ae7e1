import numpy as np
import pytest

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from model.active_learning import EMBEDDING_LENGTH, candidate_of, candidate_of_hair, embedding_of
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import joint_posterior
from tests.helpers.model.hairs import BARE, CLUB, MISSHAPEN, OUT, RULE, V, label_hair, strand

THUMBNAIL = EMBEDDING_LENGTH - 9
ENDS = (CLUB.probabilities, BARE.probabilities)


def crop(dark_rows: slice, shaft_px: float = 8.0) -> RootCrop:
    """A white crop with a dark band."""
    pixels = np.full((CROP_HEIGHT, CROP_WIDTH, 3), 255, np.uint8)
    pixels[dark_rows, :80] = 40
    return RootCrop(pixels, shaft_px)


SHAFT, BLOB = crop(slice(44, 52)), crop(slice(20, 76))


def test_a_candidate_has_the_chances_of_its_posterior() -> None:
    posterior = joint_posterior(strand(), (CLUB, BARE), RULE)
    hair = candidate_of("a.jpg", strand(), (CLUB, BARE), posterior, (SHAFT, SHAFT))
    assert hair.photo == "a.jpg"
    # the sums of test_joint: telogen 3.536 / 3.6496, and what is left of 1 misshapen or no bulb
    assert hair.telogen == pytest.approx(3.536 / 3.6496)
    assert hair.anagen == pytest.approx(0.1136 / 3.6496)
    assert hair.not_hair == posterior.not_hair


def test_a_strand_without_an_end_in_view_is_of_no_doubt() -> None:
    unseen = strand(OUT, OUT)
    posterior = joint_posterior(unseen, (None, None), RULE)
    assert posterior.not_hair == pytest.approx(0.2)
    hair = candidate_of("a.jpg", unseen, (None, None), posterior, (None, None))
    assert hair.doubt == 0
    assert hair.look.shape == (EMBEDDING_LENGTH,)


def test_a_reported_hair_is_nothing_as_far_as_its_surest_end_is() -> None:
    listed = label_hair(strand(), (CLUB, BARE), RULE)
    assert listed is not None
    hair = candidate_of_hair("a.jpg", listed, (SHAFT, SHAFT))
    assert hair.telogen == listed.p_telogen
    assert hair.not_hair == pytest.approx(0.02)
    half = label_hair(strand(V, OUT), (MISSHAPEN, None), RULE)
    assert half is not None
    assert candidate_of_hair("a.jpg", half, (SHAFT, None)).not_hair == pytest.approx(0.02)


def test_a_look_is_the_same_from_either_end_mirrored_and_on_brighter_ground() -> None:
    look = embedding_of(ENDS, (BLOB, SHAFT), 8.0)
    assert np.array_equal(look, embedding_of(ENDS[::-1], (SHAFT, BLOB), 8.0))
    one_sided = embedding_of(ENDS, (crop(slice(20, 40)), SHAFT), 8.0)
    mirrored = embedding_of(ENDS, (crop(slice(56, 76)), SHAFT), 8.0)
    assert one_sided == pytest.approx(mirrored, abs=1e-6)
    assert np.linalg.norm(look[:THUMBNAIL]) == pytest.approx(1)
    faint = RootCrop((BLOB.pixels // 2 + 90).astype(np.uint8), 8.0)
    assert look == pytest.approx(embedding_of(ENDS, (faint, SHAFT), 8.0), abs=0.01)


def test_what_looks_otherwise_is_far() -> None:
    look = embedding_of(ENDS, (SHAFT, SHAFT), 8.0)
    assert np.linalg.norm(look - embedding_of(ENDS, (BLOB, SHAFT), 8.0)) > 0.3
    # two doublings, half a step each
    assert np.linalg.norm(look - embedding_of(ENDS, (SHAFT, SHAFT), 32.0)) == pytest.approx(1)
    # Hellinger's distance of two sure classes is 1
    sure = EndProbabilities(1, 0, 0, 0), EndProbabilities(0, 1, 0, 0)
    one, other = (embedding_of((end, None), (SHAFT, None), 8.0) for end in sure)
    assert np.linalg.norm(one - other) == pytest.approx(1)


def test_an_empty_crop_has_no_thumbnail() -> None:
    assert not embedding_of(ENDS, (crop(slice(0, 0)), SHAFT), 8.0)[:THUMBNAIL].any()
