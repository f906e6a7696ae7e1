import pytest

from serve.advice.summary_text import load_glossary


def test_the_words_of_a_result_are_all_there() -> None:
    words = {"Telogen", "Anagen", "Club", "Bulb", "Sheath", "Follicle", "Sebum"}
    assert set(load_glossary()) == words


@pytest.mark.parametrize("word", load_glossary())
def test_a_meaning_is_one_line(word: str) -> None:
    meaning = load_glossary()[word]
    assert 20 < len(meaning) < 130
    assert "\n" not in meaning
    assert meaning.endswith(".")


def test_the_white_blob_is_told_apart_from_oil_and_from_the_follicle() -> None:
    words = load_glossary()
    assert "not a dead follicle" in words["Club"]
    assert "rubs off" in words["Sebum"]
    assert "stays in the skin" in words["Follicle"]
