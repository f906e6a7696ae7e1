"""Twelve people and what each of them reads; the pages in ``profiles/`` were read for sense."""

import pytest

from data.texts.catalogue import languages, texts_in
from serve.advice.questionnaire import Context, asked_fields
from serve.advice.rules import Urgency
from tests.helpers.serve.profiles import FOLDER, PROFILES, profiles_page, words_of

MAX_WORDS = 120


@pytest.mark.parametrize("language", languages())
def test_they_read_what_was_read_for_sense(language: str) -> None:
    written = (FOLDER / f"{language}.md").read_text(encoding="utf-8")
    run = "run python -m tests.helpers.serve.profiles, and read what changed"
    assert profiles_page(texts_in(language)) == written, run


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@pytest.mark.parametrize("language", languages())
def test_a_person_reads_little_and_nothing_twice(language: str, profile) -> None:  # type: ignore[no-untyped-def]
    answer, advice = profile.read(texts_in(language))
    red_flag = advice[0].urgency is Urgency.RED_FLAG
    assert words_of(advice) <= MAX_WORDS or red_flag
    assert len(advice) == 1 or not red_flag
    assert len(advice) <= 4
    text = " ".join([*answer.lines(), *(each.text for each in advice)])
    sentences = [each.strip() for each in text.replace("?", ".").split(". ")]
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_they_answered_what_they_are_asked(profile) -> None:  # type: ignore[no-untyped-def]
    given = Context(**profile.context).model_dump(exclude_none=True).keys()
    if given and not {"pus", "fever"} & set(profile.context["scalp_signs"]):
        assert set(asked_fields(Context(**profile.context))) == given
