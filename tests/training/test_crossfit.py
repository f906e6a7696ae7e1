import pytest

pytest.importorskip("torch")

from model.network import RootNet
from tests.model.examples import RULE
from tests.training.examples import examples
from training import crossfit as room
from training.calibrate import Calibration
from training.ends import Ends
from training.example import Example
from training.judged import Judged


def test_no_photo_is_judged_under_what_was_calibrated_on_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calibrated_on: dict[float, set[str]] = {}
    judged_under: dict[str, float] = {}

    def calibrate(net: RootNet, ends: Ends, some: list[Example]) -> Calibration:
        temperature = 1.0 + len(calibrated_on)
        calibrated_on[temperature] = {e.photo for e in some}
        return Calibration(temperature, RULE)

    def judge(net: RootNet, some: list[Example], calibration: Calibration) -> Judged:
        judged_under.update({e.photo: calibration.temperature for e in some})
        return Judged((), (), tuple(True for _ in some))

    monkeypatch.setattr(room, "calibrate", calibrate)
    monkeypatch.setattr(room, "judge", judge)
    given = examples(30)
    judged = room.judge_across(RootNet(), given)
    assert len(judged.nothings) == len(given)
    assert judged_under.keys() == {e.photo for e in given}
    assert set(judged_under.values()) == calibrated_on.keys()
    for photo, temperature in judged_under.items():
        assert photo not in calibrated_on[temperature]


def test_a_single_photo_is_judged_under_what_holds_without_any() -> None:
    judged = room.judge_across(RootNet().eval(), examples(1))
    assert len(judged.ends) == 8
