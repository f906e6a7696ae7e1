import pytest
import torch

from model.version import SHIPPED, load_version
from tests.training.teach.made import taught
from training.labels.said import Said
from training.teach.base import net_of
from training.teach.fitting import TeachPlan
from training.teach.material import draw_weights, mean_of, plan_for


def test_the_mean_of_networks_is_that_of_their_weights() -> None:
    one, other = (net_of(load_version(SHIPPED)) for _ in range(2))
    with torch.no_grad():
        for k, parameter in enumerate(other.parameters()):
            parameter.add_(float(k))
    for k, (mean, first) in enumerate(
        zip(mean_of((one, other)).parameters(), one.parameters(), strict=True)
    ):
        assert torch.allclose(mean, first + k / 2, atol=1e-5)
    assert one is not mean_of((one,))


def test_every_kind_is_drawn_as_often_but_a_rare_one_not_without_end() -> None:
    hairs = [taught(Said.TELOGEN)] * 60 + [taught(Said.NO_BULB)] * 39 + [taught(Said.NOT_HAIR)]
    weights = draw_weights(hairs)
    assert weights[:60].sum() == pytest.approx(1)
    assert weights[60:99].sum() == pytest.approx(1)
    assert weights[99] == pytest.approx(1 / 15)


def test_many_labels_are_drawn_longer() -> None:
    plan = TeachPlan(draws=2400)
    assert [plan_for(plan, labels).draws for labels in (20, 400, 1000, 9000)] == [
        2400,
        2400,
        6000,
        12000,
    ]
