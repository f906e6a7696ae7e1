"""How plain the texts are that a person reads: sentence length, and the reading age."""

import re
from collections.abc import Iterator
from functools import partial
from statistics import median
from types import ModuleType

import pytest

from data.texts.catalogue import languages
from tests.data.texts.test_catalogue import all_texts

MAX_MEDIAN_WORDS = 14
MAX_WORDS = 30
MAX_GRADE = 7.0
"""The school grade of readers of twelve."""
READ_BY_PEOPLE = ("answer.", "next.", "advice.rules.", "advice.acts.", "questions.", "glossary.")
SAID_OF_PHOTOS = ("finding.", "error.", "report.", "card.")
PAGE = ("page.",)
SECTIONS = {"answer": READ_BY_PEOPLE, "photos": SAID_OF_PHOTOS, "page": PAGE}


def sentences(language: str, *sections: str) -> Iterator[str]:
    """The sentences of some sections, with something in place of placeholders."""
    for name, forms in all_texts(language).items():
        if not name.startswith(sections):
            continue
        for form in forms:
            text = re.sub(r"\{\w+\}", "20", form)
            if re.search(r"[.?!:]$", text):
                yield from re.split(r"(?<=[.?!:])\s+", text)


def words(sentence: str) -> int:
    return len(sentence.split())


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("sections", SECTIONS.values(), ids=SECTIONS)
def test_sentences_are_short(language: str, sections: tuple[str, ...]) -> None:
    lengths = {sentence: words(sentence) for sentence in sentences(language, *sections)}
    assert median(lengths.values()) <= MAX_MEDIAN_WORDS
    assert [each for each, number in lengths.items() if number > MAX_WORDS] == []


@pytest.mark.parametrize("language", languages())
def test_texts_can_be_read_at_twelve(language: str) -> None:
    """English by the grade of Flesch and Kincaid, German by the first Wiener Sachtextformel."""
    textstat = pytest.importorskip("textstat")
    textstat.set_lang(language)
    grades = {"en": textstat.flesch_kincaid_grade, "de": partial(_vienna, textstat)}
    for sections in SECTIONS.values():
        assert grades[language](" ".join(sentences(language, *sections))) <= MAX_GRADE


def _vienna(textstat: ModuleType, text: str) -> float:
    return float(textstat.wiener_sachtextformel(text, 1))
