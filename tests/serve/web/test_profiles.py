"""Twelve people on the page: what they are asked, and how much they read."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.serve.browser import photo_at
from tests.helpers.serve.page_profiles import READING, profile_pages
from tests.helpers.serve.profiles import PROFILES, Profile

pytestmark = pytest.mark.slow
MOST_WORDS, MOST_SCREENS, MOST_ADVICE = 150, 3, 120
QUESTIONS = range(4, 7)


@pytest.fixture(scope="module", params=["en", "de"])
def read(request: Any, browser: Any, tmp_path_factory: Any) -> Iterator[Any]:
    photo: Path = photo_at(tmp_path_factory.mktemp("photo"))
    with profile_pages(browser, photo, request.param) as read:
        yield read


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_a_person_is_asked_little_and_reads_little_and_nothing_twice(
    read: Any, profile: Profile
) -> None:
    reading = read(profile)
    assert max(reading.words) <= MOST_WORDS
    assert max(reading.height_px) <= MOST_SCREENS * READING["height"]
    assert reading.words_of_advice <= MOST_ADVICE or reading.red_flag
    assert len(reading.cards) == 1 or not reading.red_flag
    assert not profile.context or len(reading.asked) in QUESTIONS
    assert reading.asked[0] == "setting"
    text = " ".join([*reading.sentences, *reading.cards])
    sentences = [each for each in re.split(r"(?<=[.?])\s+", text) if each]
    assert len(set(sentences)) == len(sentences)
