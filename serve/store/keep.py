"""What a sender may ask to be done with photos once they are answered."""

from enum import StrEnum


class Keep(StrEnum):
    """Whether photos are kept: not at all, for a link to the result, or to improve the model."""

    NO = "no"
    LINK = "link"
    IMPROVE = "improve"
