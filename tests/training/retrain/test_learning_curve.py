import pytest

pytest.importorskip("torch")

from training.labels.label import HairKind
from training.retrain.learning_curve import UNKNOWN, LearningPoint, Trend, advice_of

ERRORS = {"all": 0.05, "telogen": 0.05, "anagen": 0.05, "not_hair": 0.05}


def curve(middle: dict[HairKind, float], last: dict[HairKind, float]) -> list[LearningPoint]:
    """From none to 10, 20 and 40 labels."""
    points = (dict.fromkeys(middle, 1.0), dict.fromkeys(middle, 0.95), middle, last)
    return [
        LearningPoint(labels, sum(by_kind.values()) / len(by_kind), by_kind)
        for labels, by_kind in zip((0, 10, 20, 40), points, strict=True)
    ]


FALLING = curve(
    {HairKind.TELOGEN: 0.6, HairKind.ANAGEN: 0.8}, {HairKind.TELOGEN: 0.5, HairKind.ANAGEN: 0.5}
)


def test_while_the_loss_falls_more_labels_of_the_kind_that_gains_most_help() -> None:
    advice = advice_of(FALLING, ERRORS)
    assert (advice.trend, advice.kind) == (Trend.FALLS, HairKind.ANAGEN)
    assert "0.70 to 0.50" in advice.text


@pytest.mark.parametrize("errors", [{"all": 0.05}, ERRORS | {"telogen": 0.2, "anagen": 0.4}])
def test_a_kind_is_named_only_if_its_fall_is_significant(errors: dict[str, float]) -> None:
    advice = advice_of(FALLING, errors)
    assert (advice.trend, advice.kind) == (Trend.FALLS, None)


def test_a_fall_within_the_error_is_level() -> None:
    level = curve(
        {HairKind.TELOGEN: 0.52, HairKind.ANAGEN: 0.5},
        {HairKind.TELOGEN: 0.5, HairKind.ANAGEN: 0.48},
    )
    advice = advice_of(level, ERRORS)
    assert advice.trend is Trend.LEVEL
    assert "0.51 to 0.49" in advice.text


def test_a_loss_may_rise() -> None:
    assert (
        advice_of(curve({HairKind.TELOGEN: 0.5}, {HairKind.TELOGEN: 0.6}), ERRORS).trend
        is Trend.RISES
    )


@pytest.mark.parametrize("points", [[], [0], [0, 40], [40]])
def test_without_a_point_between_none_and_all_the_trend_is_unknown(points: list[int]) -> None:
    assert advice_of([LearningPoint(n, 1.0 - n / 100, {}) for n in points], ERRORS) == UNKNOWN


def test_without_errors_the_trend_is_unknown() -> None:
    assert advice_of(curve({HairKind.TELOGEN: 0.9}, {HairKind.TELOGEN: 0.1}), {}) == UNKNOWN
