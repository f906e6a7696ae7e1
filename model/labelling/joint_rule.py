"""From what each end looks like to what the hair is.

A hair has one root at most, so its two ends are read together. With L(c) = p(c) / pi(c), the
likelihood of an end up to a factor, the ways in which a hair can lie there are

- a club at one end and none at the other (T), the same with a misshapen root (M);
- both ends bare (N);
- no hair at all: both ends are ``not_hair`` (X).

An end that was not seen has L = 1. A root there cannot be read, which is kept apart as
``unseen``. An end that the finder reports may be false (the shaft goes on, but was lost): that
happens to a hair's end with the chance ``false_end``, looks like ``not_hair``, and leaves the
true end unseen. How likely that is, and how likely the strand is no hair, goes by how sure the
finder was of the end and of the line. T counts more or less by the width of the shaft, as far as
readings at that width were found to lean to clubs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from data.strands.strand import End, EndState, Strand
from model.labelling.hair import EndProbabilities, Hair, Label, Reason, RootType, width_bin
from model.labelling.probability import ClubBias, LogisticModel

SEEN_OF_STRAND, SEEN_OF_END = 2, 1
"""How many chances the finder's odds go by."""
PRIOR_TELOGEN, PRIOR_MISSHAPEN, PRIOR_NO_BULB = 0.5, 0.25, 0.25
"""Both labels weigh the same, and so do both kinds of anagen; our assumption."""
SMALL_SHAFT_PX = 4.0
"""From here on it is safe to say whether there is a bulb; below, a club may be missed
(docs/how-it-works/domain.md, sizes)."""


@dataclass(frozen=True)
class Thresholds:
    """Where a reading becomes a label.

    ``telogen`` and ``anagen`` are the least probabilities at which the label is given, by tier of
    shaft width (``model.labelling.hair.WIDTH_BINS``).
    ``evidence`` is the least weighted likelihood T + M + N of a real hair. "No bulb" is said only
    from ``shaft_px`` (and never under SMALL_SHAFT_PX) and ``contrast`` (grey levels) on, and up
    to an edge of ``edge_widths`` shaft widths: elsewhere a club could have been missed. Of two
    visible ends it is said only up to ``not_hair``, a probability of no hair: a scratch has two
    bare ends, too.
    """

    telogen: Mapping[str, float]
    anagen: Mapping[str, float]
    evidence: float
    not_hair: float
    shaft_px: float
    contrast: float
    edge_widths: float


@dataclass(frozen=True)
class JointRule:
    """The numbers of the rule: class mix pi, prior of no hair by the chances of a strand's surer
    end and of its line, and how widely that differs from photo to photo
    (model/labelling/photo_rule.py); chance
    of a false end by the end's own; the lean to clubs."""

    class_mix: EndProbabilities
    prior_not_hair: LogisticModel
    photo_spread: float
    false_end: LogisticModel
    lean: ClubBias
    thresholds: Thresholds


@dataclass(frozen=True)
class EndScores:
    """What was read at a visible end; ``edge_widths`` is the blur of its shaft's edge."""

    probabilities: EndProbabilities
    edge_widths: float


HairScores = tuple[EndScores | None, EndScores | None]


@dataclass(frozen=True)
class Posterior:
    """Probabilities of the ways a hair can lie there; ``not_hair`` apart, the others sum to 1.

    ``club`` and ``misshapen`` are by the end at which the root is in view. ``unseen`` is all that
    leaves the root out of sight. ``evidence`` is the weighted likelihood T + M + N, ``nothing``
    that of no hair, X.
    """

    club: tuple[float, float]
    misshapen: tuple[float, float]
    no_bulb: float
    unseen: float
    not_hair: float
    nothing: float
    evidence: float

    @property
    def telogen(self) -> float:
        """That a club is in view."""
        return sum(self.club)

    @property
    def anagen(self) -> float:
        """That a misshapen root is in view, or that there is no bulb."""
        return sum(self.misshapen) + self.no_bulb


@dataclass(frozen=True)
class _Evidence:
    """Likelihoods of one end; ``unseen``: that the true end is elsewhere."""

    club: float
    misshapen: float
    bare: float
    unseen: float
    not_hair: float

    @property
    def rootless(self) -> float:
        """That no root is here."""
        return self.bare + self.unseen


_NOT_SEEN = _Evidence(0.0, 0.0, 0.0, unseen=1.0, not_hair=1.0)


def label_hair(
    strand: Strand, ends: HairScores, posterior: Posterior, rule: JointRule
) -> Hair | None:
    """The hair with its label, or None for a strand that is more likely no hair, or of which
    nothing can be read because it crosses the photo from border to border."""
    if posterior.not_hair > 0.5 or _crosses_photo(strand):
        return None
    label = Label.TELOGEN if posterior.telogen >= posterior.anagen else Label.ANAGEN
    reason = _doubt(strand, ends, posterior, rule.thresholds)
    root_type = None if reason else _root_type(posterior, label)
    return Hair(
        strand=strand,
        ends=(_shown(ends[0]), _shown(ends[1])),
        label=Label.UNSURE if reason else label,
        reason=reason,
        p_telogen=posterior.telogen,
        p_anagen=posterior.anagen,
        root_type=root_type,
        root_end=_root_end(posterior, root_type, ends),
    )


def _crosses_photo(strand: Strand) -> bool:
    """Such a strand may as well be a pen line or the edge of a table."""
    return all(end.state is EndState.OUT_OF_PHOTO for end in strand.ends)


def joint_posterior(
    strand: Strand, ends: HairScores, rule: JointRule, roots_in_view: bool = False
) -> Posterior:
    """The posterior over the ways in which the strand can be a hair, or none, taken by itself.

    ``ends`` has None for an end that is not visible. ``roots_in_view``: the user says that the
    root ends were laid in view, so an end out of the photo is no root.
    """
    pairs = zip(ends, strand.ends, strict=True)
    first, second = (_evidence(read, end, rule) for read, end in pairs)
    here, there = _root_place(strand, roots_in_view)
    telogen = PRIOR_TELOGEN * rule.lean.factor(strand.shaft_px)
    club = telogen * here * first.club * second.rootless
    club_2 = telogen * there * second.club * first.rootless
    misshapen = PRIOR_MISSHAPEN * here * first.misshapen * second.rootless
    misshapen_2 = PRIOR_MISSHAPEN * there * second.misshapen * first.rootless
    no_bulb = PRIOR_NO_BULB * _bare(first, here) * _bare(second, there)
    rooted = here * first.unseen * second.rootless + there * second.unseen * first.rootless
    unseen = (PRIOR_TELOGEN + PRIOR_MISSHAPEN) * rooted
    unseen += PRIOR_NO_BULB * first.rootless * second.rootless - no_bulb
    hair = club + club_2 + misshapen + misshapen_2 + no_bulb + unseen
    prior = rule.prior_not_hair.chance((strand.best_end_confidence, strand.confidence))
    nothing = first.not_hair * second.not_hair
    scale = 1 / max(hair, 1e-12)
    return Posterior(
        club=(club * scale, club_2 * scale),
        misshapen=(misshapen * scale, misshapen_2 * scale),
        no_bulb=no_bulb * scale,
        unseen=max(0.0, unseen * scale),
        not_hair=prior * nothing / max(prior * nothing + (1 - prior) * hair, 1e-12),
        nothing=nothing,
        evidence=hair,
    )


def _evidence(read: EndScores | None, end: End, rule: JointRule) -> _Evidence:
    if read is None:
        return _NOT_SEEN
    p, pi, false = read.probabilities, rule.class_mix, rule.false_end.chance((end.confidence,))
    true = 1 - false
    not_hair = p.not_hair / pi.not_hair
    return _Evidence(
        club=true * p.club / pi.club,
        misshapen=true * p.misshapen / pi.misshapen,
        bare=true * p.bare / pi.bare,
        unseen=false * not_hair,
        not_hair=not_hair,
    )


def _root_place(strand: Strand, roots_in_view: bool) -> tuple[float, float]:
    """The chance that the root, if there is one, is at the first end, and at the second."""
    first, second = (end.state for end in strand.ends)
    if roots_in_view and (first, second) == (EndState.VISIBLE, EndState.OUT_OF_PHOTO):
        return 1.0, 0.0
    if roots_in_view and (first, second) == (EndState.OUT_OF_PHOTO, EndState.VISIBLE):
        return 0.0, 1.0
    return 0.5, 0.5


def _bare(end: _Evidence, root_chance: float) -> float:
    """ "No bulb" needs to be seen wherever a root could be."""
    return end.bare if root_chance else end.rootless


def _doubt(
    strand: Strand, ends: HairScores, posterior: Posterior, thresholds: Thresholds
) -> Reason | None:
    """Why no label is given, or None when one is."""
    if posterior.evidence < thresholds.evidence:
        return Reason.TANGLED if strand.tangled else Reason.AMBIGUOUS
    tier = width_bin(strand.shaft_px)
    if posterior.telogen >= max(thresholds.telogen[tier], posterior.anagen):
        return None
    if posterior.anagen >= thresholds.anagen[tier]:
        return _no_bulb_doubt(strand, ends, posterior, thresholds)
    if posterior.unseen >= max(posterior.telogen, posterior.anagen):
        return Reason.ROOT_NOT_SEEN
    return _obstacle(strand, ends, thresholds, SMALL_SHAFT_PX) or Reason.AMBIGUOUS


def _no_bulb_doubt(
    strand: Strand, ends: HairScores, posterior: Posterior, thresholds: Thresholds
) -> Reason | None:
    """Why "no bulb" is not said of an anagen hair, or None."""
    if posterior.no_bulb <= sum(posterior.misshapen):
        return None
    if None not in ends and posterior.not_hair > thresholds.not_hair:
        return Reason.AMBIGUOUS
    return _obstacle(strand, ends, thresholds, max(thresholds.shaft_px, SMALL_SHAFT_PX))


def _obstacle(
    strand: Strand, ends: HairScores, thresholds: Thresholds, shaft_px: float
) -> Reason | None:
    """What keeps a root from being seen, if anything does."""
    if strand.tangled:
        return Reason.TANGLED
    if strand.shaft_px < shaft_px:
        return Reason.TOO_SMALL
    if abs(strand.contrast) < thresholds.contrast:
        return Reason.LOW_CONTRAST
    if any(end is not None and end.edge_widths > thresholds.edge_widths for end in ends):
        return Reason.BLURRED
    return None


def _root_type(posterior: Posterior, label: Label) -> RootType:
    if label is Label.TELOGEN:
        return RootType.CLUB
    misshapen = sum(posterior.misshapen) >= posterior.no_bulb
    return RootType.MISSHAPEN if misshapen else RootType.NONE


def _root_end(posterior: Posterior, root: RootType | None, ends: HairScores) -> int | None:
    if root is RootType.CLUB:
        return int(posterior.club[1] > posterior.club[0])
    if root is RootType.MISSHAPEN:
        return int(posterior.misshapen[1] > posterior.misshapen[0])
    if root is RootType.NONE and None in ends:
        return int(ends[0] is None)
    return None


def _shown(end: EndScores | None) -> EndProbabilities | None:
    return None if end is None else end.probabilities
