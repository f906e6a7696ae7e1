import numpy as np
import pytest

from model.labelling.joint_rule import HairScores, joint_posterior
from model.version import SHIPPED, load_version
from tests.helpers.training.labels import BARE_END, CLUB_READ, reading, taught
from training.labels.label import HairLabel
from training.labels.labelled_strand import Extent
from training.retrain.label_probabilities import LabelProbabilities, kind_of, label_probabilities

RULE = load_version(SHIPPED).manifest.rule
NOTHING_READ = reading(0.01, 0.01, 0.01, 0.97)


def test_what_is_thought_of_a_hair_is_the_joint_rule_s() -> None:
    hair = taught(HairLabel.TELOGEN)
    chances = label_probabilities(hair, CLUB_READ, RULE)
    posterior = joint_posterior(hair.strand, CLUB_READ, RULE)
    assert chances.not_hair == posterior.not_hair
    real = 1 - posterior.not_hair
    assert chances.telogen == pytest.approx(real * (posterior.telogen + posterior.unseen / 2))
    assert chances.telogen + chances.anagen + chances.not_hair == pytest.approx(1)
    assert chances.likeliest == "telogen"


def test_a_root_out_of_view_may_be_either() -> None:
    hair = taught(HairLabel.TELOGEN, second=False)
    chances = label_probabilities(hair, (BARE_END, None), RULE)
    assert chances.telogen == pytest.approx(chances.anagen, rel=0.5)
    assert min(chances.telogen, chances.anagen) > 0.2


@pytest.mark.parametrize(
    ("readings", "kind"),
    [
        ((CLUB_READ[0], None), "telogen"),
        ((BARE_END, None), "anagen"),
        ((reading(0.02, 0.94, 0.02, 0.02), None), "anagen"),
        ((None, NOTHING_READ), "not_hair"),
    ],
)
def test_a_crop_is_judged_by_its_one_end(readings: HairScores, kind: str) -> None:
    chances = label_probabilities(taught(HairLabel.TELOGEN, extent=Extent.END), readings, RULE)
    assert chances.likeliest == kind
    assert chances.telogen + chances.anagen + chances.not_hair == pytest.approx(1)


def test_of_a_crop_without_an_end_nothing_is_known() -> None:
    chances = label_probabilities(taught(HairLabel.TELOGEN, extent=Extent.END), (None, None), RULE)
    assert chances.telogen == chances.anagen


def test_the_loss_is_bounded() -> None:
    """One label in twenty is a slip, and says any of the three kinds."""
    assert LabelProbabilities(0.25, 0.5, 0.25).loss("anagen") == pytest.approx(
        -np.log(0.95 / 2 + 0.05 / 3)
    )
    assert LabelProbabilities(0.0, 1.0, 0.0).loss("telogen") == pytest.approx(np.log(60))


def test_kinds_of_labels() -> None:
    kinds = [kind_of(said) for said in HairLabel]
    assert kinds == ["telogen", "anagen", "anagen", "anagen", "not_hair", None]


def test_doubt_draws_telogen_and_anagen_together() -> None:
    sure = LabelProbabilities(0.64, 0.16, 0.2)
    assert sure.doubted(1).telogen == pytest.approx(0.64)
    doubted = sure.doubted(2)  # square roots: 0.8 and 0.4
    assert doubted.telogen == pytest.approx(0.8 * 2 / 3)
    assert doubted.anagen == pytest.approx(0.8 / 3)
    assert doubted.not_hair == 0.2
    assert LabelProbabilities(1.0, 0.0, 0.0).doubted(3).likeliest == "telogen"
    assert LabelProbabilities(0.0, 0.0, 1.0).doubted(3).not_hair == 1.0
