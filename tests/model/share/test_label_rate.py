import numpy as np
import pytest

from model.share.confusion import Confusion, TelogenLabelRate, telogen_label_rate

HALF_READ = Confusion((0.5, 0.0, 0.5), (0.0, 0.5, 0.5), hairs=(96, 96))


def at(share: float, confusion: Confusion, overdispersion: float = 0.5) -> TelogenLabelRate:
    return telogen_label_rate(np.array([share]), confusion, overdispersion)


def test_the_chance_is_that_among_the_labelled() -> None:
    # Of 0.5 telogen 0.45 are labelled, all rightly; of 0.5 anagen 0.35: 0.45 / 0.8.
    found = at(0.5, Confusion((0.9, 0.0, 0.1), (0.0, 0.7, 0.3)))
    assert found.rate[0] == pytest.approx(0.5625)
    assert found.variance[0] == 0


def test_the_variance_is_that_of_the_rows_and_of_the_overdispersion() -> None:
    # x = y = 0.25. A row as one hair: 0.25 (0.0625 * 0.5) / 0.5^4 - 0.25^2 = 0.0625, and a
    # Dirichlet of 96 + 3 hairs is worth 100; of two rows 0.00125. The chance moves by 0.25 with
    # log k: (0.5 * 0.25)^2 = 0.015625.
    assert at(0.5, HALF_READ, overdispersion=0).variance[0] == pytest.approx(0.00125)
    assert at(0.5, HALF_READ).variance[0] == pytest.approx(0.016875)


def test_where_all_are_of_one_kind_no_overdispersion_matters() -> None:
    one_kind = at(1.0, HALF_READ, overdispersion=0).variance, at(1.0, HALF_READ).variance
    assert one_kind[0] == pytest.approx(one_kind[1], abs=1e-12)


def test_an_uncertain_chance_makes_like_labels_likelier() -> None:
    # With mean 1/2 and variance v: one label has 1/2, two alike have 1/4 + v, two unlike 1/4 - v.
    found = at(0.5, HALF_READ)
    likelihood = [np.exp(found.log_likelihood(*labels)[0]) for labels in ((1, 0), (2, 0), (1, 1))]
    assert likelihood == pytest.approx([0.5, 0.266875, 0.233125])


def test_many_labels_are_no_trouble() -> None:
    shares = (np.arange(100) + 0.5) / 100
    for confusion in (HALF_READ, Confusion((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))):
        logs = telogen_label_rate(shares, confusion).log_likelihood(80_000, 20_000)
        assert np.isfinite(logs).all()
        assert shares[logs.argmax()] == pytest.approx(0.8, abs=0.006)
