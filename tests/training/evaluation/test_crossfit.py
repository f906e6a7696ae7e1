import pytest

pytest.importorskip("torch")

from model.networks.root_net import RootNet
from tests.helpers.model.hairs import RULE
from tests.helpers.training.examples import examples
from training.calibration.calibrate import Calibration
from training.datasets.examples import Ends, Example
from training.evaluation import predictions as room
from training.evaluation.predictions import Predictions


def test_no_photo_is_judged_under_what_was_calibrated_on_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calibrated_on: dict[float, set[str]] = {}
    judged_under: dict[str, float] = {}

    def calibrate(net: RootNet, ends: Ends, some: list[Example]) -> Calibration:
        temperature = 1.0 + len(calibrated_on)
        calibrated_on[temperature] = {e.photo for e in some}
        return Calibration(temperature, RULE)

    def judge(net: RootNet, some: list[Example], calibration: Calibration) -> Predictions:
        judged_under.update({e.photo: calibration.temperature for e in some})
        return Predictions((), (), tuple(True for _ in some))

    monkeypatch.setattr(room, "calibrate", calibrate)
    monkeypatch.setattr(room, "predict", judge)
    given = examples(30)
    judged = room.cross_fitted_predictions(RootNet(), given)
    assert len(judged.nothings) == len(given)
    assert judged_under.keys() == {e.photo for e in given}
    assert set(judged_under.values()) == calibrated_on.keys()
    for photo, temperature in judged_under.items():
        assert photo not in calibrated_on[temperature]


def test_a_single_photo_is_judged_under_what_holds_without_any() -> None:
    judged = room.cross_fitted_predictions(RootNet().eval(), examples(1))
    assert len(judged.ends) == 8
