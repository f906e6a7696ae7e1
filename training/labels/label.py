"""The labels that people give to hairs, and the class names that stand for them."""

import re
from enum import StrEnum

from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR


class HairKind(StrEnum):
    """The kinds of hair by which labels are counted and models compared."""

    TELOGEN = "telogen"
    ANAGEN = "anagen"
    NOT_HAIR = "not_hair"


class HairLabel(StrEnum):
    """A person's label, as our exports write it.

    ``ANAGEN`` leaves the kind of anagen root open; ``UNSURE`` trains nothing.
    """

    TELOGEN = "telogen"
    MISSHAPEN = "misshapen"
    NO_BULB = "no_bulb"
    ANAGEN = "anagen"
    NOT_HAIR = "not_hair"
    UNSURE = "unsure"

    @property
    def kind(self) -> HairKind | None:
        """The kind of hair, None for ``UNSURE``."""
        return _KINDS[self]

    @property
    def root_classes(self) -> frozenset[int]:
        """The classes (indices into ``CLASSES``) that the end at the root may have."""
        return _ROOT_CLASSES[self]

    @property
    def display_name(self) -> str:
        """The label with spaces, for people."""
        return self.value.replace("_", " ")


_KINDS = {
    HairLabel.TELOGEN: HairKind.TELOGEN,
    HairLabel.MISSHAPEN: HairKind.ANAGEN,
    HairLabel.NO_BULB: HairKind.ANAGEN,
    HairLabel.ANAGEN: HairKind.ANAGEN,
    HairLabel.NOT_HAIR: HairKind.NOT_HAIR,
    HairLabel.UNSURE: None,
}
_ROOT_CLASSES = {
    HairLabel.TELOGEN: frozenset({CLUB}),
    HairLabel.MISSHAPEN: frozenset({MISSHAPEN}),
    HairLabel.NO_BULB: frozenset({BARE}),
    HairLabel.ANAGEN: frozenset({MISSHAPEN, BARE}),
    HairLabel.NOT_HAIR: frozenset({NOT_HAIR}),
    HairLabel.UNSURE: frozenset[int](),
}

NOISE_RATE = 0.05
"""Assumed share of wrong labels, of any kind: a wrong label must neither pull a network far nor
decide between two models. Our assumption."""
MIN_PER_KIND = 5
"""Labels of a kind below which no metric of that kind is computed. Our choice."""

NAMES = {
    HairLabel.TELOGEN: (
        "telogen, bulb, bulbed, bulbed telogen, telogen bulb, white bulb, club, telogen club, "
        "club with tail, club with sheath, club with sheath remnant, club with both, exogen"
    ),
    HairLabel.MISSHAPEN: (
        "misshapen, misshapen anagen, misshapen bulb, misshapen root, anagen bulb, bent, hooked, "
        "angled, ragged, rectangular, distorted, anagen with sheath, dysplastic, dysplastic anagen"
    ),
    HairLabel.NO_BULB: (
        "no bulb, without bulb, bulbless, no root, none, bare, sheared, sheared anagen, broken, "
        "broken off, broken anagen, fractured, snapped, cut"
    ),
    HairLabel.ANAGEN: (
        "anagen, sheared or misshapen, sheared or misshapen anagen, growing, torn, pulled, "
        "plucked, dystrophic, dystrophic anagen, anagen dystrophic, tapered, tapered anagen, "
        "pencil point, exclamation mark"
    ),
    HairLabel.NOT_HAIR: (
        "not hair, no hair, nothing, lint, dust, thread, fibre, fiber, flake, debris, false"
    ),
    HairLabel.UNSURE: (
        "unsure, not sure, unknown, unclear, uncertain, ambiguous, "
        "cannot tell, skip"  # vocabulary: allow
    ),
}
"""Class names by label, after docs/how-it-works/domain.md: a cut, snapped or sheared hair has no
bulb; a bulb that is bent, ragged or rectangular is misshapen; how a torn, pulled, dystrophic or
tapered root looks is left open. Catagen is none of these and stays unknown."""

_ARTICLES = {"a", "an", "the"}
_NOUNS = {"hair", "root", "end"}


def parse_label(name: str) -> HairLabel | None:
    """The label that a class name stands for, None for an unknown name: names are not guessed.

    Ignores case, spaces, dashes, underscores, articles and plurals, and a last word "hair", "root"
    or "end" ("broken hairs" is "broken").
    """
    words = _normalized(name)
    if words not in _LABEL_OF and words and words[-1] in _NOUNS:
        words = words[:-1]
    return _LABEL_OF.get(words)


def known_names() -> str:
    """The names of all classes that are known, in one sentence for people."""
    rows = (f"{label.display_name} ({names})" for label, names in NAMES.items())
    return f"Known names of classes: {'; '.join(rows)}."


def _normalized(name: str) -> tuple[str, ...]:
    """The words of a name in lower case and singular, without articles."""
    words = (word for word in re.findall(r"[^\W_]+", name.casefold()) if word not in _ARTICLES)
    return tuple(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
        for word in words
    )


_LABEL_OF = {
    _normalized(name): label for label, names in NAMES.items() for name in names.split(",")
}
