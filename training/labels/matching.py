"""Which strands of a picture a label is about.

What stands where several labels are about one hair.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from data.images.photo import Photo
from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, CROP_WIDTH, END_X
from data.strands.strand import End, EndState, Strand
from training.datasets.synthetic import contrast_of
from training.labels.issues import Issue
from training.labels.label import HairLabel
from training.labels.labelled_strand import Extent
from training.labels.raw_label import Place, RawLabel

REACH_WIDTHS, REACH_PX = 6.0, 15.0
"""A label meets the nearest visible end within so many shaft widths, but at least pixels."""
CLEARER_WIDTHS = 1.0
"""An end of another strand has to be this much farther away, or nobody can say which was meant.
docs/labels.md tells what both were chosen by."""
CROP_SIDE_PX = 512
"""A picture without places whose longer side is at most this is taken for the crop of one root
end. Our assumption."""
MIDDLE = 0.3
"""The end that a crop is about lies within this share of its longer side from its middle."""
_OURS = (CROP_WIDTH, CROP_HEIGHT)


class NoMatchError(ValueError):
    """A label is about nothing that was found; the message is one sentence."""


@dataclass(frozen=True)
class MatchedLabel:
    """A label with the number of a strand that it is about, and which of its ends is the root."""

    label: RawLabel
    strand: int
    root_end: int | None
    extent: Extent


def is_crop(photo: Photo) -> bool:
    """Whether a picture is so small that it shows one root end."""
    return max(photo.width, photo.height) <= CROP_SIDE_PX


def as_crop_strand(photo: Photo) -> Strand | None:
    """The strand of a crop that has the size of our own, which are all cut in one pose."""
    if (photo.width, photo.height) != _OURS:
        return None
    middle = (CROP_HEIGHT - 1) / 2
    path = np.array([[x, middle] for x in np.arange(0.0, END_X + 1, 8.0)])
    ends = (
        End(END_X, middle, 0.0, EndState.VISIBLE),
        End(0.0, middle, np.pi, EndState.OUT_OF_PHOTO),
    )
    contrast = contrast_of(photo, path, CROP_SHAFT_PX)
    return Strand(path[::-1], CROP_SHAFT_PX, ends, contrast)


def match_label(label: RawLabel, photo: Photo, strands: Sequence[Strand]) -> list[MatchedLabel]:
    """The strands that a label is about, at least one. Raises NotMetError."""
    if label.places:
        return [_met_at_place(label, photo, strands)]
    ends = list(_visible_ends(strands))
    if not ends:
        raise NoMatchError("No root end is found in the picture.")
    if is_crop(photo):
        i, k = _end_in_the_middle(photo, strands)
        return [MatchedLabel(label, i, k, Extent.END)]
    return [MatchedLabel(label, i, None, Extent.PHOTO) for i in sorted({i for i, _, _ in ends})]


def _end_in_the_middle(photo: Photo, strands: Sequence[Strand]) -> tuple[int, int]:
    """Strand and end that a crop is about. Raises NotMetError."""
    middle, where = ((photo.width - 1) / 2, (photo.height - 1) / 2), "the middle of the picture"
    near = _nearest(middle, strands, where, MIDDLE * max(photo.width, photo.height))
    if near is None:
        raise NoMatchError(f"No root end is found near {where}.")
    return near


def _met_at_place(label: RawLabel, photo: Photo, strands: Sequence[Strand]) -> MatchedLabel:
    """On the strand from the first place to the second, if both are known; else at the end next to
    the first; if none is there, the one next to the second is the far end of the hair, whose root
    is out of view."""
    x, y = label.places[0]
    if not (-REACH_PX <= x < photo.width + REACH_PX and -REACH_PX <= y < photo.height + REACH_PX):
        size = f"{photo.width} x {photo.height}"
        raise NoMatchError(f"The place ({x:g}, {y:g}) is outside of the photo ({size} px).")
    if along := _between(label.places, strands):
        return _met(label, *along)
    for place, is_far in zip(label.places, (False, True), strict=False):
        if near := _nearest(place, strands, f"({place[0]:g}, {place[1]:g})"):
            i, k = near
            return _met(label, i, 1 - k if is_far else k)
    raise NoMatchError(
        f"No visible end of a hair is found within {REACH_WIDTHS:g} shaft widths of ({x:g}, {y:g})."
    )


def _met(label: RawLabel, strand: int, root_end: int) -> MatchedLabel:
    return MatchedLabel(label, strand, root_end if label.root_known else None, Extent.HAIR)


def _between(places: Sequence[Place], strands: Sequence[Strand]) -> tuple[int, int] | None:
    """The strand with one end in view that runs from the first of two places to the second within
    reach of both, and which of its ends is at the first; the nearest of several."""
    if len(places) < 2:
        return None
    gaps = (
        ([_distance(strand.ends[k], places[0]), _distance(strand.ends[1 - k], places[1])], i, k)
        for i, strand in enumerate(strands)
        if any(end.state is EndState.VISIBLE for end in strand.ends)
        for k in (0, 1)
    )
    near = sorted((sum(gap), i, k) for gap, i, k in gaps if max(gap) <= _reach(strands[i]))
    return near[0][1:] if near else None


def _nearest(
    place: Place, strands: Sequence[Strand], called: str, reach_px: float | None = None
) -> tuple[int, int] | None:
    """Strand and end next to a place, if any is within reach. Raises NotMetError when another
    strand's end is about as near."""
    near = sorted(
        (distance, i, k)
        for i, k, end in _visible_ends(strands)
        if (distance := _distance(end, place)) <= (reach_px or _reach(strands[i]))
    )
    if not near:
        return None
    distance, i, k = near[0]
    others = [far for far, j, _ in near if j != i]
    if others and others[0] - distance < CLEARER_WIDTHS * strands[i].shaft_px:
        raise NoMatchError(
            f"Two hairs end about as near to {called}: nobody can say which is meant."
        )
    return i, k


def _reach(strand: Strand) -> float:
    return max(REACH_PX, REACH_WIDTHS * strand.shaft_px)


def _visible_ends(strands: Sequence[Strand]) -> Iterator[tuple[int, int, End]]:
    for i, strand in enumerate(strands):
        for k, end in enumerate(strand.ends):
            if end.state is EndState.VISIBLE:
                yield i, k, end


def _distance(end: End, place: Place) -> float:
    return float(np.hypot(end.x - place[0], end.y - place[1]))


_SHOWN = 6
"""More contradictory labels than this are not all named."""


def resolve_conflicts(mets: Sequence[MatchedLabel]) -> tuple[MatchedLabel | None, Issue | None]:
    """What stands of the labels on one strand, and what there is to tell of them.

    Labels that can all be true give the one that says most. Of contradictory ones the latest
    stands if the times of all are known and one is the latest; else none does. "Unsure" contradicts
    whatever is not.
    """
    most = min(mets, key=_vagueness)
    if all(_is_true_with(most, each) for each in mets):
        return most, None
    latest = _latest(mets)
    outcome = f"the latest ({_named(latest, mets)}) counts" if latest else "none counts"
    return latest, Issue(mets[0].label.where, f"{_clash(mets)}; {outcome}.")


def _vagueness(met: MatchedLabel) -> tuple[int, bool]:
    return len(met.label.said.kinds), met.root_end is None


def _is_true_with(met: MatchedLabel, other: MatchedLabel) -> bool:
    """Whether all that ``met`` allows is right by the ``other``, too."""
    same_place = None in (met.root_end, other.root_end) or met.root_end == other.root_end
    if met.label.said is HairLabel.NOT_HAIR:
        same_place = True
    unsure = (met.label.said is HairLabel.UNSURE) == (other.label.said is HairLabel.UNSURE)
    return unsure and same_place and met.label.said.kinds <= other.label.said.kinds


def _clash(mets: Sequence[MatchedLabel]) -> str:
    shown, more = mets[:_SHOWN], ", ..." if len(mets) > _SHOWN else ""
    if len({each.label.said for each in mets}) > 1:
        said = ", ".join(f"{each.label.said.in_words} ({_named(each, mets)})" for each in shown)
        return f"The labels of one hair contradict each other: {said}{more}"
    places = ", ".join(_named(each, mets) for each in shown)
    return f"The labels lie at both ends of one hair, which has but one root: {places}{more}"


def _named(met: MatchedLabel, mets: Sequence[MatchedLabel]) -> str:
    """Where a label stands; its row alone if all of them are in one table."""
    where = met.label.where
    is_one_table = all(each.label.where.file == where.file for each in mets)
    return f"row {where.row}" if is_one_table and where.row is not None else str(where)


def _latest(mets: Sequence[MatchedLabel]) -> MatchedLabel | None:
    timed = [(each.label.said_at, each) for each in mets if each.label.said_at is not None]
    if len(timed) < len(mets):
        return None
    last = max(time for time, _ in timed)
    at_last = [each for time, each in timed if time == last]
    return at_last[0] if len({each.label.said for each in at_last}) == 1 else None
