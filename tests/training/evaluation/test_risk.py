from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from model.labelling.hair import Label
from tests.helpers.training.predictions import hair
from training.datasets.examples import CLUB, MISSHAPEN
from training.evaluation import reliability as risk
from training.evaluation.reliability import risk_curve

HAIRS = [
    hair(CLUB, Label.TELOGEN, 0.9),
    hair(MISSHAPEN, Label.TELOGEN, 0.8),
    hair(CLUB, Label.UNSURE, 0.6),
    hair(MISSHAPEN, Label.ANAGEN, 0.1),
    hair(MISSHAPEN, Label.UNSURE, 0.3),
    replace(hair(CLUB, Label.UNSURE), hair=None),
]
"""Three of either kind, so that each weighs a sixth; one is not listed."""


@pytest.fixture(autouse=True)
def _from_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(risk, "LEAST", 1)


def test_risk_and_coverage_grow_from_the_surest_hair_on() -> None:
    telogen = risk_curve(HAIRS, Label.TELOGEN)
    assert telogen.coverage == pytest.approx([1 / 6, 2 / 6, 3 / 6])
    assert telogen.risk == pytest.approx([0, 1 / 2, 1 / 3])
    anagen = risk_curve(HAIRS, Label.ANAGEN)
    assert anagen.coverage == pytest.approx([1 / 6, 2 / 6])
    assert anagen.risk == pytest.approx([0, 0])


def test_the_point_is_what_was_said() -> None:
    assert risk_curve(HAIRS, Label.TELOGEN).point == pytest.approx((2 / 6, 1 / 2))
    assert risk_curve(HAIRS, Label.ANAGEN).point == pytest.approx((1 / 6, 0))
    assert risk_curve(HAIRS[2:3], Label.TELOGEN).point is None


def test_telogen_and_anagen_weigh_the_same() -> None:
    many = [hair(CLUB, Label.TELOGEN, 0.9)] * 9 + [hair(MISSHAPEN, Label.TELOGEN, 0.8)]
    assert risk_curve(many, Label.TELOGEN).risk[-1] == pytest.approx(1 / 2)


def test_a_curve_begins_where_there_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(risk, "LEAST", 3)
    assert np.allclose(risk_curve(HAIRS, Label.TELOGEN).coverage, [3 / 6])
    assert risk_curve(HAIRS, Label.ANAGEN).coverage.size == 0
