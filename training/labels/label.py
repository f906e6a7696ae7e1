"""What people call the classes.

What a person says that a hair is.
"""

import re
from enum import StrEnum

from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR


class HairLabel(StrEnum):
    """A person's label, in the words of our own exports.

    ``ANAGEN`` leaves open of what kind; ``UNSURE`` trains nothing.
    """

    TELOGEN = "telogen"
    MISSHAPEN = "misshapen"
    NO_BULB = "no_bulb"
    ANAGEN = "anagen"
    NOT_HAIR = "not_hair"
    UNSURE = "unsure"

    @property
    def kinds(self) -> frozenset[int]:
        """The classes (indices into ``CLASSES``) that the end at the root may have."""
        return _KINDS[self]

    @property
    def in_words(self) -> str:
        """As a person reads it."""
        return self.value.replace("_", " ")


_KINDS = {
    HairLabel.TELOGEN: frozenset({CLUB}),
    HairLabel.MISSHAPEN: frozenset({MISSHAPEN}),
    HairLabel.NO_BULB: frozenset({BARE}),
    HairLabel.ANAGEN: frozenset({MISSHAPEN, BARE}),
    HairLabel.NOT_HAIR: frozenset({NOT_HAIR}),
    HairLabel.UNSURE: frozenset[int](),
}

NAMES = {
    HairLabel.TELOGEN: (
        "telogen, bulb, bulbed, bulbed telogen, telogen bulb, white bulb, club, telogen club, "
        "club with tail, club with sheath, club with sheath remnant, club with both"
    ),
    HairLabel.MISSHAPEN: (
        "misshapen, misshapen anagen, misshapen bulb, misshapen root, anagen bulb, bent, hooked, "
        "angled, ragged, rectangular, distorted, anagen with sheath"
    ),
    HairLabel.NO_BULB: (
        "no bulb, without bulb, bulbless, no root, none, bare, sheared, sheared anagen, broken, "
        "snapped, cut"
    ),
    HairLabel.ANAGEN: (
        "anagen, sheared or misshapen, sheared or misshapen anagen, growing, torn, pulled"
    ),
    HairLabel.NOT_HAIR: (
        "not hair, no hair, nothing, lint, dust, thread, fibre, fiber, flake, debris, false"
    ),
    HairLabel.UNSURE: "unsure, not sure, unknown, unclear, uncertain, ambiguous, cannot tell, skip",
}
"""Names by what they say, after docs/how-it-works/domain.md: a cut, snapped or sheared hair has no
bulb; a bulb
that is bent, ragged or rectangular is misshapen; how a torn or pulled root looks is left open."""

_ARTICLES = {"a", "an", "the"}
_NOUNS = {"hair", "root", "end"}


def parse_label(name: str) -> HairLabel | None:
    """What a class name says, or None for an unknown one: names are not guessed.

    Case, spaces, dashes, underscores, articles and plurals do not matter, nor does a last word
    "hair", "root" or "end" ("broken hairs" is "broken").
    """
    words = _words(name)
    if words not in _TABLE and words and words[-1] in _NOUNS:
        words = words[:-1]
    return _TABLE.get(words)


def _words(name: str) -> tuple[str, ...]:
    words = re.findall(r"[^\W_]+", name.casefold())
    return tuple(_singular(word) for word in words if word not in _ARTICLES)


def _singular(word: str) -> str:
    is_plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if is_plural else word


_TABLE = {_words(name): said for said, names in NAMES.items() for name in names.split(",")}
