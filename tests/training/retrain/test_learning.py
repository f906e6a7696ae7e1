import pytest

pytest.importorskip("torch")

from training.retrain.learning_curve import UNKNOWN, CurvePoint, advice_of

NOISE = {"all": 0.05, "telogen": 0.05, "anagen": 0.05, "not_hair": 0.05}


def curve(middle: dict[str, float], last: dict[str, float]) -> list[CurvePoint]:
    """From none to 10, 20 and 40 labels."""
    points = (dict.fromkeys(middle, 1.0), dict.fromkeys(middle, 0.95), middle, last)
    return [
        CurvePoint(labels, sum(by_kind.values()) / len(by_kind), by_kind)
        for labels, by_kind in zip((0, 10, 20, 40), points, strict=True)
    ]


def test_while_the_loss_falls_more_labels_help_of_the_kind_that_gains_most() -> None:
    falling = curve({"telogen": 0.6, "anagen": 0.8}, {"telogen": 0.5, "anagen": 0.5})
    assert advice_of(falling, NOISE) == (
        "More labels would help. From 20 to 40 labels the log loss went from 0.70 to 0.50. It fell "
        "most for anagen hairs: label more of them."
    )


def test_a_kind_is_named_only_if_its_fall_is_no_noise() -> None:
    falling = curve({"telogen": 0.6, "anagen": 0.8}, {"telogen": 0.5, "anagen": 0.5})
    for noise in ({"all": 0.05}, NOISE | {"telogen": 0.2, "anagen": 0.4}):
        advice = advice_of(falling, noise)
        assert advice.startswith("More labels would help.")
        assert advice.endswith("Of no kind does it stand out.")


def test_what_falls_by_less_than_noise_levels_off() -> None:
    level = curve({"telogen": 0.52, "anagen": 0.5}, {"telogen": 0.5, "anagen": 0.48})
    assert advice_of(level, NOISE).startswith(
        "It levels off. From 20 to 40 labels the log loss went from 0.51 to 0.49,"
    )


def test_a_loss_that_grows_is_told() -> None:
    growing = curve({"telogen": 0.5}, {"telogen": 0.6})
    advice = advice_of(growing, NOISE)
    assert "made it worse" in advice
    assert "would help" not in advice


@pytest.mark.parametrize("points", [[], [0], [0, 40], [40]])
def test_nothing_is_claimed_without_a_point_between_none_and_all(points: list[int]) -> None:
    assert advice_of([CurvePoint(n, 1.0 - n / 100, {}) for n in points], NOISE) == UNKNOWN


def test_nothing_is_claimed_if_noise_cannot_be_told() -> None:
    assert advice_of(curve({"telogen": 0.9}, {"telogen": 0.1}), {}) == UNKNOWN
