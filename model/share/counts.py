"""Hairs counted, so that any number of them can be pooled and none needs to be held."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from model.labelling.hair import Hair, Reason, width_bin
from model.report_json import SHAFT_DECIMALS
from model.share.posterior import Counts, count

_NONE = Counts()


@dataclass(frozen=True)
class HairCounts:
    """All that a summary needs to know of hairs; tallies of several photos add up.

    ``tiers``: of how many hairs the shaft lies in each tier, among those that the machine labelled
    and whose root is in view: a person is not wrong more often on thin ones, and the others count
    nowhere. Widths are taken as a report writes them, so that its reader reckons alike.
    """

    by_machine: Counts = _NONE
    by_person: Counts = _NONE
    tiers: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, hairs: Iterable[Hair]) -> "HairCounts":
        """The tally of some hairs, whoever labelled them."""
        listed = list(hairs)
        read = [hair for hair in listed if not hair.by_person]
        seen = [hair for hair in read if hair.reason is not Reason.ROOT_NOT_SEEN]
        return cls(
            count(read),
            count(hair for hair in listed if hair.by_person),
            Counter(width_bin(round(hair.strand.shaft_px, SHAFT_DECIMALS)) for hair in seen),
        )

    def __add__(self, other: "HairCounts") -> "HairCounts":
        return HairCounts(
            self.by_machine + other.by_machine,
            self.by_person + other.by_person,
            self.tiers + other.tiers,
        )
