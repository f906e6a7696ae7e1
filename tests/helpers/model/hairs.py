"""Small made-up values that the tests of model/ share."""

import numpy as np

from data.images.photo import Photo
from data.strands.strand import End, EndState, Strand
from model.labelling.hair import EndProbabilities, Hair, Label, Reason, RootType, same_in_every_bin
from model.labelling.joint_rule import EndScores, HairScores, JointRule, Thresholds
from model.labelling.photo_rule import label_photo
from model.labelling.probability import NO_BIAS, LogisticModel
from model.report import ModelName
from model.share.confusion import FAULTLESS
from model.version import TRAINED_ON, Manifest, sha256

V, OUT, HIDDEN = EndState.VISIBLE, EndState.OUT_OF_PHOTO, EndState.HIDDEN
EVEN = EndProbabilities(0.25, 0.25, 0.25, 0.25)
THRESHOLDS = Thresholds(
    telogen=same_in_every_bin(0.8),
    anagen=same_in_every_bin(0.8),
    evidence=0.1,
    not_hair=0.5,
    shaft_px=3.0,
    contrast=15.0,
    edge_widths=0.6,
)
RULE = JointRule(
    class_mix=EVEN,
    prior_not_hair=LogisticModel.constant(0.2),
    photo_spread=0.0,
    false_end=LogisticModel.constant(0),
    club_bias=NO_BIAS,
    thresholds=THRESHOLDS,
)

CLUB = EndScores(EndProbabilities(0.94, 0.02, 0.02, 0.02), 0.2)
MISSHAPEN = EndScores(EndProbabilities(0.02, 0.94, 0.02, 0.02), 0.2)
BARE = EndScores(EndProbabilities(0.02, 0.02, 0.94, 0.02), 0.2)
NOT_HAIR = EndScores(EndProbabilities(0.02, 0.02, 0.02, 0.94), 0.2)


def strand(
    first: EndState = V,
    second: EndState = V,
    shaft_px: float = 8.0,
    contrast: float = -60.0,
    tangled: bool = False,
) -> Strand:
    """A level strand from (20, 50) to (120, 50)."""
    path = np.array([[x, 50.0] for x in range(20, 121, 10)])
    ends = (End(20, 50, np.pi, first), End(120, 50, 0.0, second))
    return Strand(path, shaft_px, ends, contrast, tangled)


def label_hair(
    strand: Strand, ends: HairScores, rule: JointRule, roots_in_view: bool = False
) -> Hair | None:
    """The hair that a strand is which lies alone in its photo."""
    (hair,) = label_photo([strand], [ends], rule, roots_in_view)
    return hair


def hair(
    label: Label = Label.TELOGEN,
    root_type: RootType | None = None,
    reason: Reason | None = None,
    end: EndProbabilities | None = None,
) -> Hair:
    """A hair whose first end was read as ``end``."""
    sure = {Label.TELOGEN: (1.0, 0.0), Label.ANAGEN: (0.0, 1.0), Label.UNSURE: (0.0, 0.0)}[label]
    return Hair(strand(), (end, None), label, reason, *sure, root_type, None)


TELOGEN = hair(Label.TELOGEN, RootType.CLUB)
NO_BULB = hair(Label.ANAGEN, RootType.NONE)
TORN = hair(Label.ANAGEN, RootType.MISSHAPEN)
LONE_BARE_END = hair(Label.UNSURE, None, Reason.ROOT_NOT_SEEN, BARE.probabilities)
NO_END_IN_VIEW = hair(Label.UNSURE, None, Reason.ROOT_NOT_SEEN)


class KnownStrands:
    """A finder that finds the same strands in every photo."""

    def __init__(self, *strands: Strand) -> None:
        self._strands = strands

    def find(self, _photo: Photo) -> list[Strand]:
        """The strands."""
        return list(self._strands)


def manifest_of(weights: bytes, temperature: float = 1.0) -> Manifest:
    """A manifest that fits ``weights``."""
    return Manifest(
        name=ModelName("rootnet", "test", sha256(weights), TRAINED_ON),
        temperature=temperature,
        rule=RULE,
        confusion={"all": FAULTLESS},
        training_data_sha256="0" * 64,
        metrics={"balanced_accuracy": 0.9},
        licence="Apache-2.0",
    )
