"""Labels a hair from the scores of both its ends.

A hair has at most one root, so its two ends are labelled together. With L(c) = p(c) / pi(c), the
likelihood of an end up to a factor, the hypotheses are

- a club at one end and none at the other (T), the same with a misshapen root (M);
- both ends bare (N);
- no hair at all (X): both ends are ``not_hair`` or, for a share ``thread_share`` of what is no
  hair, look like those of a cut hair, as threads and scratches do.

An end that is not visible has L = 1. A root there cannot be classified; this part of the posterior
is ``unseen``. An end that the finder reports may be false (the shaft continues, but was lost): this
happens to a hair's end with probability ``false_end``, looks like ``not_hair``, and leaves the true
end unseen. That probability depends on the finder's confidence in the end; strand_inputs.py has
what the prior of no hair depends on. T is weighted by ``club_bias`` at the shaft's width,
which corrects a bias of the scores to clubs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from data.strands.shaft_colour import ShaftColour, mean_colour
from data.strands.strand import End, EndState, Strand
from model.labelling.hair import EndProbabilities, Hair, Label, Reason, RootType, width_bin
from model.labelling.probability import ClubBias, LogisticModel, bounded_log_odds
from model.labelling.strand_inputs import strand_inputs

END_INPUTS = 1
"""``false_end`` depends on the log odds of the finder's confidence in the end."""
PRIOR_TELOGEN, PRIOR_MISSHAPEN, PRIOR_NO_BULB = 0.5, 0.25, 0.25
"""Both labels weigh the same, and so do both kinds of anagen. Our assumption."""
SMALL_SHAFT_PX = 4.0
"""From this width on, the absence of a bulb is reliable; below, a club may be missed
(docs/how-it-works/domain.md, sizes). The crops of a thinner strand show too little to overrule the
finder: they may speak for a hair, but not against one. Such a hair is listed, and gets no label
without evidence."""


@dataclass(frozen=True)
class Thresholds:
    """Thresholds at which a posterior becomes a label.

    ``telogen`` and ``anagen`` are the minimum probabilities of the labels, by width bin
    (``model.labelling.hair.WIDTH_BINS``). ``evidence`` is the minimum weighted likelihood T + M + N
    of a real hair. ``not_hair`` is the maximum probability of no hair: a scratch has two bare ends,
    too, and crumbs look torn. It does not limit the root type "no bulb" with one visible end. "No
    bulb" also needs a width of ``shaft_px`` (at least SMALL_SHAFT_PX), a ``contrast`` (grey
    levels), and an edge of at most ``edge_widths`` shaft widths: elsewhere a club could have been
    missed.
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
    """The parameters of the rule.

    ``class_mix`` is pi. ``prior_not_hair`` depends on ``strand_inputs``; ``photo_spread`` is the
    standard deviation of its log odds between photos (model/labelling/photo_rule.py). ``false_end``
    depends on the end's confidence. ``club_bias`` corrects the odds of a club. ``thread_share`` is
    0 in versions from before it.
    """

    class_mix: EndProbabilities
    prior_not_hair: LogisticModel
    photo_spread: float
    false_end: LogisticModel
    club_bias: ClubBias
    thresholds: Thresholds
    thread_share: float = 0.0


@dataclass(frozen=True)
class EndScores:
    """The scores of a visible end; ``edge_widths`` is the blur of its shaft's edge, ``colour``
    that of the shaft, ``outline`` that of what was taken for the root, in pixels of the photo."""

    probabilities: EndProbabilities
    edge_widths: float
    colour: ShaftColour | None = None
    outline: tuple[tuple[float, float], ...] | None = None


HairScores = tuple[EndScores | None, EndScores | None]


@dataclass(frozen=True)
class Posterior:
    """Probabilities of the hypotheses; all but ``not_hair`` sum to 1, given that it is a hair.

    ``club`` and ``misshapen`` are by the end at which the root is in view. ``unseen`` are all
    hypotheses with the root out of view. ``evidence`` is the weighted likelihood T + M + N of a
    hair, ``not_hair_evidence`` that of no hair, X.
    """

    club: tuple[float, float]
    misshapen: tuple[float, float]
    no_bulb: float
    unseen: float
    not_hair: float
    not_hair_evidence: float
    evidence: float

    @property
    def telogen(self) -> float:
        """Probability of a club in view."""
        return sum(self.club)

    @property
    def anagen(self) -> float:
        """Probability of a misshapen root in view, or of no bulb."""
        return sum(self.misshapen) + self.no_bulb


@dataclass(frozen=True)
class _EndLikelihoods:
    """Likelihoods of one end; ``unseen``: the true end is elsewhere; ``cut``: it looks like that of
    a cut hair, be it one or not."""

    club: float
    misshapen: float
    bare: float
    unseen: float
    not_hair: float
    cut: float

    @property
    def rootless(self) -> float:
        """Likelihood that no root is visible here."""
        return self.bare + self.unseen


_NOT_VISIBLE = _EndLikelihoods(0.0, 0.0, 0.0, unseen=1.0, not_hair=1.0, cut=1.0)


def label_hair(
    strand: Strand, ends: HairScores, posterior: Posterior, rule: JointRule
) -> Hair | None:
    """The hair with its label, or None for a strand that is probably no hair.

    A strand that crosses the photo from border to border is not listed either: it may be a pen line
    or the edge of a table.
    """
    crosses_photo = all(end.state is EndState.OUT_OF_PHOTO for end in strand.ends)
    if posterior.not_hair > 0.5 or crosses_photo:
        return None
    label = Label.TELOGEN if posterior.telogen >= posterior.anagen else Label.ANAGEN
    reason = _unsure_reason(strand, ends, posterior, rule.thresholds)
    root_type = None if reason else _root_type(posterior, label)
    one, other = (None if end is None else end.probabilities for end in ends)
    root_end = _root_end(posterior, root_type, ends)
    root = None if root_end is None else ends[root_end]
    return Hair(
        strand=strand,
        ends=(one, other),
        label=Label.UNSURE if reason else label,
        reason=reason,
        p_telogen=posterior.telogen,
        p_anagen=posterior.anagen,
        root_type=root_type,
        root_end=root_end,
        root_outline=root.outline if root else None,
    )


def joint_posterior(
    strand: Strand, ends: HairScores, rule: JointRule, roots_in_view: bool = False
) -> Posterior:
    """The posterior of one strand by itself, without the other strands of its photo.

    ``ends`` has None for an end that is not visible. ``roots_in_view``: the user stated that all
    root ends lie in the picture, so an end out of the photo is not the root.
    """
    pairs = zip(ends, strand.ends, strict=True)
    first, second = (_likelihoods(scores, end, rule) for scores, end in pairs)
    here, there = _root_place(strand, roots_in_view)
    telogen = PRIOR_TELOGEN * rule.club_bias.odds_factor(strand.shaft_px)
    club = telogen * here * first.club * second.rootless
    club_2 = telogen * there * second.club * first.rootless
    misshapen = PRIOR_MISSHAPEN * here * first.misshapen * second.rootless
    misshapen_2 = PRIOR_MISSHAPEN * there * second.misshapen * first.rootless
    no_bulb = PRIOR_NO_BULB * _bare(first, here) * _bare(second, there)
    rooted = here * first.unseen * second.rootless + there * second.unseen * first.rootless
    unseen = (PRIOR_TELOGEN + PRIOR_MISSHAPEN) * rooted
    unseen += PRIOR_NO_BULB * first.rootless * second.rootless - no_bulb
    hair = club + club_2 + misshapen + misshapen_2 + no_bulb + unseen
    prior = rule.prior_not_hair.probability(strand_inputs(strand, colour_of_strand(ends)))
    is_small = strand.shaft_px < SMALL_SHAFT_PX
    threads = 0.0 if is_small else rule.thread_share
    not_hair = (1 - threads) * first.not_hair * second.not_hair
    not_hair += threads * first.cut * second.cut
    if is_small:
        not_hair = min(not_hair, hair)
    scale = 1 / max(hair, 1e-12)
    return Posterior(
        club=(club * scale, club_2 * scale),
        misshapen=(misshapen * scale, misshapen_2 * scale),
        no_bulb=no_bulb * scale,
        unseen=max(0.0, unseen * scale),
        not_hair=prior * not_hair / max(prior * not_hair + (1 - prior) * hair, 1e-12),
        not_hair_evidence=not_hair,
        evidence=hair,
    )


def colour_of_strand(ends: HairScores) -> ShaftColour | None:
    """The mean colour of a strand's visible ends; None without any."""
    colours = [end.colour for end in ends if end is not None and end.colour is not None]
    return mean_colour(colours)


def _likelihoods(scores: EndScores | None, end: End, rule: JointRule) -> _EndLikelihoods:
    if scores is None:
        return _NOT_VISIBLE
    p, pi = scores.probabilities, rule.class_mix
    false = rule.false_end.probability((bounded_log_odds(end.confidence),))
    true = 1 - false
    not_hair = p.not_hair / pi.not_hair
    return _EndLikelihoods(
        club=true * p.club / pi.club,
        misshapen=true * p.misshapen / pi.misshapen,
        bare=true * p.bare / pi.bare,
        unseen=false * not_hair,
        not_hair=not_hair,
        cut=p.bare / pi.bare,
    )


def _root_place(strand: Strand, roots_in_view: bool) -> tuple[float, float]:
    """Prior probability that the root, if there is one, is at the first end, and at the second."""
    first, second = (end.state for end in strand.ends)
    if roots_in_view and (first, second) == (EndState.VISIBLE, EndState.OUT_OF_PHOTO):
        return 1.0, 0.0
    if roots_in_view and (first, second) == (EndState.OUT_OF_PHOTO, EndState.VISIBLE):
        return 0.0, 1.0
    return 0.5, 0.5


def _bare(end: _EndLikelihoods, root_probability: float) -> float:
    """For "no bulb", every end that could be the root must be visibly bare."""
    return end.bare if root_probability else end.rootless


def _unsure_reason(
    strand: Strand, ends: HairScores, posterior: Posterior, thresholds: Thresholds
) -> Reason | None:
    """Why the hair is ``unsure``, or None if it gets a label."""
    if posterior.evidence < thresholds.evidence:
        return Reason.TANGLED if strand.tangled else Reason.AMBIGUOUS
    width = width_bin(strand.shaft_px)
    is_telogen = posterior.telogen >= max(thresholds.telogen[width], posterior.anagen)
    if is_telogen or posterior.anagen >= thresholds.anagen[width]:
        if not is_telogen and posterior.no_bulb > sum(posterior.misshapen):
            return _no_bulb_obstacle(strand, ends, posterior, thresholds)
        return Reason.AMBIGUOUS if posterior.not_hair > thresholds.not_hair else None
    if posterior.unseen >= max(posterior.telogen, posterior.anagen):
        return Reason.ROOT_NOT_SEEN
    return _obstacle(strand, ends, thresholds, SMALL_SHAFT_PX) or Reason.AMBIGUOUS


def _no_bulb_obstacle(
    strand: Strand, ends: HairScores, posterior: Posterior, thresholds: Thresholds
) -> Reason | None:
    """Why an anagen hair cannot be labelled "no bulb", or None."""
    if None not in ends and posterior.not_hair > thresholds.not_hair:
        return Reason.AMBIGUOUS
    return _obstacle(strand, ends, thresholds, max(thresholds.shaft_px, SMALL_SHAFT_PX))


def _obstacle(
    strand: Strand, ends: HairScores, thresholds: Thresholds, shaft_px: float
) -> Reason | None:
    """What could hide a root, or None."""
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
