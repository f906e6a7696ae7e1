"""The texts that people read, one JSON file per language beside this module.

A text is named by its path in the file, ``verdict.mixed``. ``{name}`` in it is filled in. A text
that depends on a number is an object with a text per plural form ("one", "other": the CLDR
categories) and, where it helps, per exact number ("=0"); the value ``count`` chooses. The English
file is complete; a new language needs a file with the same names and no code.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from math import floor
from typing import Any

DEFAULT_LANGUAGE = "en"

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Texts:
    """The texts of one ``language``: ``texts("verdict.mixed")``."""

    def __init__(self, language: str, tree: Mapping[str, Any]) -> None:
        self.language = language
        self._tree = tree

    def __call__(self, name: str, /, **values: object) -> str:
        """The text with ``values`` filled in; numbers are written as the language writes them.

        Raises KeyError if there is no such text, or a placeholder has no value.
        """
        found = self._find(name)
        if isinstance(found, Mapping):
            count = values["count"]
            if not isinstance(count, int):
                raise TypeError(f"{name} needs a whole number as count, not {count!r}")
            found = found.get(f"={count}") or found[self._plural_form(count)]
        return _PLACEHOLDER.sub(lambda match: self._written(values[match[1]]), found)

    def __contains__(self, name: str) -> bool:
        try:
            self._find(name)
        except (KeyError, TypeError):
            return False
        return True

    def section(self, name: str) -> Mapping[str, Any]:
        """The texts below ``name``, all for "", without filling them in."""
        found: Mapping[str, Any] = self._find(name)
        return found

    def percent(self, share: float) -> str:
        """A share of 0 to 1 in whole per cent; halves are rounded up, as in a browser."""
        from babel.numbers import format_percent  # late: --help needs no locale data

        return format_percent(floor(100 * share + 0.5) / 100, locale=self.language)

    def number(self, value: float) -> str:
        """A number of up to six digits as the language writes it."""
        from babel.numbers import format_decimal

        short = value if isinstance(value, int) else float(f"{value:.6g}")
        return format_decimal(short, locale=self.language, decimal_quantization=False)

    def listed(self, names: Iterable[str]) -> str:
        """The names as a list in a sentence: "a, b and c"."""
        from babel.lists import format_list

        return format_list(list(names), locale=self.language)

    def _find(self, name: str) -> Any:
        found: Any = self._tree
        for step in filter(None, name.split(".")):
            found = found[step]
        return found

    def _plural_form(self, count: int) -> str:
        from babel.core import Locale

        return str(Locale.parse(self.language).plural_form(count))

    def _written(self, value: object) -> str:
        return self.number(value) if isinstance(value, int | float) else str(value)


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a file, the default one first."""
    names = sorted(each.name for each in files("data.texts").iterdir())
    found = [name.removesuffix(".json") for name in names if name.endswith(".json")]
    return tuple(sorted(found, key=lambda name: name != DEFAULT_LANGUAGE))


@cache
def texts_in(language: str = DEFAULT_LANGUAGE) -> Texts:
    """The texts of one of ``languages()``."""
    file = files("data.texts").joinpath(f"{language}.json")
    return Texts(language, json.loads(file.read_text(encoding="utf-8")))


def language_for(accepted: str | None) -> str:
    """The language that serves a person best, by the header Accept-Language of their browser."""
    from babel.core import negotiate_locale

    asked = sorted(_ranges(accepted or ""), key=lambda pair: -pair[1])
    wanted = [language for language, quality in asked if quality > 0]
    return negotiate_locale(wanted, languages(), sep="-") or DEFAULT_LANGUAGE


def _ranges(accepted: str) -> Iterator[tuple[str, float]]:
    """The language ranges of a header with their quality (RFC 9110, 12.5.4)."""
    for part in accepted.split(","):
        language, _, quality = part.partition(";")
        try:
            yield language.strip(), float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
