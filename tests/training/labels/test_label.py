import pytest

from training.labels.label import NAMES, Said, said_of


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Clubs", Said.TELOGEN),
        ("telogen_hairs", Said.TELOGEN),
        ("  Bulbed-Telogen ", Said.TELOGEN),
        ("sheared", Said.NO_BULB),
        ("Broken hairs", Said.NO_BULB),
        ("NO BULBS", Said.NO_BULB),
        ("bent roots", Said.MISSHAPEN),
        ("Anagen", Said.ANAGEN),
        ("not a hair", Said.NOT_HAIR),
        ("not_hair", Said.NOT_HAIR),
        ("Unsure", Said.UNSURE),
    ],
)
def test_names_are_known_however_they_are_written(name: str, said: Said) -> None:
    assert said_of(name) is said


@pytest.mark.parametrize("name", ["", "?", "hair", "telogen or anagen", "klub", "not", "a"])
def test_what_is_not_known_is_not_guessed(name: str) -> None:
    assert said_of(name) is None


def test_no_name_says_two_things() -> None:
    for said, names in NAMES.items():
        assert {said_of(name) for name in names.split(",")} == {said}


def test_our_own_words_are_names() -> None:
    assert [said_of(said.value) for said in Said] == list(Said)
