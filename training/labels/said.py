"""What a person says that a hair is."""

from enum import StrEnum

from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR


class Said(StrEnum):
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
    Said.TELOGEN: frozenset({CLUB}),
    Said.MISSHAPEN: frozenset({MISSHAPEN}),
    Said.NO_BULB: frozenset({BARE}),
    Said.ANAGEN: frozenset({MISSHAPEN, BARE}),
    Said.NOT_HAIR: frozenset({NOT_HAIR}),
    Said.UNSURE: frozenset[int](),
}
