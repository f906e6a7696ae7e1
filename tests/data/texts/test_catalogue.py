import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from data.texts.catalogue import DEFAULT_LANGUAGE, Texts, language_for, languages, texts_in

_PLURAL = {"zero", "one", "two", "few", "many", "other"}
TREE = {
    "plain": "{share} of {length} mm",
    "roots": {"=0": "no root", "one": "{count} root", "other": "{count} roots"},
}


def leaves(tree: Mapping[str, Any], name: str = "") -> Iterator[tuple[str, list[str]]]:
    """Each text by its name, with all its forms."""
    for key, value in tree.items():
        path = f"{name}.{key}".removeprefix(".")
        if isinstance(value, str):
            yield path, [value]
        elif set(value) <= _PLURAL | {each for each in value if each.startswith("=")}:
            yield path, list(value.values())
        else:
            yield from leaves(value, path)


def placeholders(forms: list[str]) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", " ".join(forms))) - {"count"}


def all_texts(language: str) -> dict[str, list[str]]:
    return dict(leaves(texts_in(language).section("")))


def test_the_default_language_comes_first() -> None:
    assert languages()[0] == DEFAULT_LANGUAGE
    assert set(languages()) == {"en", "de"}


@pytest.mark.parametrize("language", languages())
def test_all_languages_have_the_same_texts_and_placeholders(language: str) -> None:
    english, other = all_texts(DEFAULT_LANGUAGE), all_texts(language)
    assert english.keys() == other.keys()
    for name, forms in english.items():
        assert placeholders(forms) == placeholders(other[name]), name


@pytest.mark.parametrize("language", languages())
def test_no_text_is_empty_or_has_loose_ends(language: str) -> None:
    for name, forms in all_texts(language).items():
        for form in forms:
            assert form, name
            assert form == form.strip(), name
            assert "  " not in form, name
            assert not re.search(r"[{}]", re.sub(r"\{\w+\}", "", form)), name


@pytest.mark.parametrize(("count", "text"), [(0, "no root"), (1, "1 root"), (1200, "1,200 roots")])
def test_a_count_chooses_the_form(count: int, text: str) -> None:
    assert Texts("en", TREE)("roots", count=count) == text


def test_numbers_are_written_as_the_language_does() -> None:
    assert Texts("en", TREE)("plain", share="3", length=0.25) == "3 of 0.25 mm"
    assert Texts("de", TREE)("plain", share="3", length=0.25) == "3 of 0,25 mm"
    assert [texts_in().number(each) for each in (1e-4, 25.0, 52.4288, 1200)] == [
        *("0.0001", "25", "52.4288", "1,200")
    ]
    assert Texts("en", TREE).percent(0.625) == "63%"
    assert Texts("de", TREE).percent(0.625) == "63\N{NO-BREAK SPACE}%"


def test_names_are_listed_as_the_language_does() -> None:
    assert texts_in("en").listed(["a", "b"]) == "a and b"
    assert texts_in("de").listed(["a", "b", "c"]) == "a, b und c"
    assert texts_in("en").listed([]) == ""


def test_a_missing_text_or_value_is_an_error() -> None:
    texts = Texts("en", TREE)
    assert "plain" in texts
    assert "plain.more" not in texts
    for name in ("none", "plain.more"):
        with pytest.raises((KeyError, TypeError)):
            texts(name)
    with pytest.raises(KeyError):
        texts("plain", share="3")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.5, de;q=0.9", "de"),
        ("fr, de;q=0.3", "de"),
        ("fr", "en"),
        ("de;q=0", "en"),
        ("de;q=x, en", "en"),
        ("*", "en"),
    ],
)
def test_the_browser_chooses_the_language(accepted: str | None, language: str) -> None:
    assert language_for(accepted) == language
