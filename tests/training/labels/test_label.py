import pytest

from training.labels.label import NAMES, HairLabel, parse_label


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Clubs", HairLabel.TELOGEN),
        ("telogen_hairs", HairLabel.TELOGEN),
        ("  Bulbed-Telogen ", HairLabel.TELOGEN),
        ("sheared", HairLabel.NO_BULB),
        ("Broken hairs", HairLabel.NO_BULB),
        ("NO BULBS", HairLabel.NO_BULB),
        ("bent roots", HairLabel.MISSHAPEN),
        ("Anagen", HairLabel.ANAGEN),
        ("not a hair", HairLabel.NOT_HAIR),
        ("not_hair", HairLabel.NOT_HAIR),
        ("Unsure", HairLabel.UNSURE),
    ],
)
def test_names_are_known_however_they_are_written(name: str, said: HairLabel) -> None:
    assert parse_label(name) is said


@pytest.mark.parametrize("name", ["", "?", "hair", "telogen or anagen", "klub", "not", "a"])
def test_what_is_not_known_is_not_guessed(name: str) -> None:
    assert parse_label(name) is None


def test_no_name_says_two_things() -> None:
    for said, names in NAMES.items():
        assert {parse_label(name) for name in names.split(",")} == {said}


def test_our_own_words_are_names() -> None:
    assert [parse_label(said.value) for said in HairLabel] == list(HairLabel)
