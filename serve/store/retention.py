"""How long photos are kept.

What a sender may ask to be done with photos once they are answered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LINK_DAYS = 30
"""For a photo of which only the link was asked for. Our assumption: time enough to show it."""
IMPROVE_DAYS = 365
"""For a photo that may improve the model. Our assumption: time enough to train on it, and an end
for those who lost the link, without which they cannot delete it."""


@dataclass(frozen=True)
class RetentionDays:
    """Days for each of the two reasons to keep a photo."""

    link_days: int = LINK_DAYS
    improve_days: int = IMPROVE_DAYS

    def end(self, created_at: datetime, improve: bool) -> datetime:
        """When a photo is to be deleted."""
        return created_at + timedelta(days=self.improve_days if improve else self.link_days)


class Retention(StrEnum):
    """Whether photos are kept: not at all, for a link to the result, or to improve the model."""

    NO = "no"
    LINK = "link"
    IMPROVE = "improve"
