"""Counts of labelled hairs. Counts of several photos add up, so the hairs can be dropped."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field

from model.labelling.hair import (
    SHAFT_DECIMALS,
    Hair,
    Label,
    Reason,
    RootType,
    width_bin,
)
from model.measures.shedding import MeasureCounts


@dataclass(frozen=True)
class LabelCounts:
    """Hairs by label.

    ``bare_end_only``: those among ``unsure`` that show one bare end, which may be a root or a tip,
    and hide the other. ``unspecified_anagen``: those that a person labelled anagen without the
    kind.
    """

    telogen: int = 0
    misshapen: int = 0
    no_bulb: int = 0
    unsure: int = 0
    bare_end_only: int = 0
    unspecified_anagen: int = 0

    @property
    def anagen(self) -> int:
        """Anagen hairs of any kind."""
        return self.misshapen + self.no_bulb + self.unspecified_anagen

    @property
    def readable(self) -> int:
        """Hairs with a label other than ``unsure``."""
        return self.telogen + self.anagen

    def __add__(self, other: "LabelCounts") -> "LabelCounts":
        return LabelCounts(*map(sum, zip(astuple(self), astuple(other), strict=True)))


def count_hairs(hairs: Iterable[Hair]) -> LabelCounts:
    """The number of hairs with each label."""
    listed = list(hairs)
    anagen = [hair.root_type for hair in listed if hair.label is Label.ANAGEN]
    unseen = [hair for hair in listed if hair.reason is Reason.ROOT_NOT_SEEN]
    return LabelCounts(
        telogen=sum(hair.label is Label.TELOGEN for hair in listed),
        misshapen=sum(hair.root_type is RootType.MISSHAPEN for hair in listed),
        no_bulb=sum(hair.root_type is RootType.NONE for hair in listed),
        unsure=sum(hair.label is Label.UNSURE for hair in listed),
        bare_end_only=sum(any(end and end.is_bare for end in hair.ends) for hair in unseen),
        unspecified_anagen=anagen.count(None),
    )


@dataclass(frozen=True)
class HairCounts:
    """All that a summary depends on, for the hairs of one or more photos.

    ``width_bins``: how many shafts lie in each width bin, of the hairs that the model labelled and
    whose root is in view. A person is not wrong more often on thin hairs, and hairs without a root
    in view are not counted. Widths are rounded as in a report, so that its readers get the same
    result. ``measures``: those of all hairs of photos with a scale.
    """

    by_machine: LabelCounts = LabelCounts()
    by_person: LabelCounts = LabelCounts()
    width_bins: Counter[str] = field(default_factory=Counter)
    measures: MeasureCounts = field(default_factory=MeasureCounts)

    @classmethod
    def of(cls, hairs: Iterable[Hair]) -> "HairCounts":
        """The counts of some hairs, labelled by the model or by people."""
        listed = list(hairs)
        by_model = [hair for hair in listed if not hair.by_person]
        in_view = [hair for hair in by_model if hair.reason is not Reason.ROOT_NOT_SEEN]
        return cls(
            count_hairs(by_model),
            count_hairs(hair for hair in listed if hair.by_person),
            Counter(width_bin(round(hair.strand.shaft_px, SHAFT_DECIMALS)) for hair in in_view),
            MeasureCounts.of(hair.measures for hair in listed),
        )

    def __add__(self, other: "HairCounts") -> "HairCounts":
        return HairCounts(
            self.by_machine + other.by_machine,
            self.by_person + other.by_person,
            self.width_bins + other.width_bins,
            self.measures + other.measures,
        )
