"""Matches labels with the strands of their picture, and resolves contradictory labels."""

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
from training.labels.raw_label import Point, RawLabel

MAX_DISTANCE_WIDTHS, MIN_REACH_PX = 6.0, 15.0
"""Maximum distance from a label to a visible end, in shaft widths; at least ``MIN_REACH_PX``."""
MIN_MARGIN_WIDTHS = 1.0
"""An end of another strand must be this much farther away, or the label is ambiguous.
docs/labels.md has the measurements behind both."""
MAX_CROP_SIDE_PX = 512
"""A picture without points whose longer side is at most this is taken for the crop of one root
end. Our assumption."""
MAX_OFF_CENTRE = 0.3
"""Maximum distance of a crop's root end from its centre, as a share of its longer side."""
_MAX_SHOWN = 6
"""More contradictory labels than this are not all listed."""


class NoMatchError(ValueError):
    """A label matches no strand; the message is one sentence."""


@dataclass(frozen=True)
class MatchedLabel:
    """A label with the index of its strand in the photo, and the end (0 or 1) that is the root,
    None if either may be."""

    raw: RawLabel
    strand: int
    root_end: int | None
    extent: Extent


def is_crop(photo: Photo) -> bool:
    """Whether a picture is small enough to show one root end only."""
    return max(photo.width, photo.height) <= MAX_CROP_SIDE_PX


def as_crop_strand(photo: Photo) -> Strand | None:
    """The strand of a crop of the size that we export, whose pose is fixed; else None."""
    if (photo.width, photo.height) != (CROP_WIDTH, CROP_HEIGHT):
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
    """The strands that a label is about, at least one. Raises NoMatchError."""
    if label.points:
        return [_match_points(label, photo, strands)]
    ends = list(_visible_ends(strands))
    if not ends:
        raise NoMatchError("No root end is found in the picture.")
    if is_crop(photo):
        i, k = _central_end(photo, strands)
        return [MatchedLabel(label, i, k, Extent.END)]
    return [MatchedLabel(label, i, None, Extent.PHOTO) for i in sorted({i for i, _, _ in ends})]


def resolve_conflicts(
    matches: Sequence[MatchedLabel],
) -> tuple[MatchedLabel | None, Issue | None]:
    """The label that counts of those on one strand, and the issue if they contradict each other.

    Of labels that can all be true, the most specific counts. Of contradictory labels the latest
    counts if the times of all are known and one is the latest; otherwise none does. "Unsure"
    contradicts every other label.
    """
    most_specific = min(matches, key=lambda m: (len(m.raw.label.root_classes), m.root_end is None))
    if all(_implies(most_specific, each) for each in matches):
        return most_specific, None
    latest = _latest(matches)
    outcome = f"The latest counts ({_location(latest, matches)})." if latest else "None counts."
    return latest, Issue(matches[0].raw.where, f"{_conflict(matches)}. {outcome}")


def _central_end(photo: Photo, strands: Sequence[Strand]) -> tuple[int, int]:
    """Strand and end that a crop is about. Raises NoMatchError."""
    centre, name = ((photo.width - 1) / 2, (photo.height - 1) / 2), "the centre of the picture"
    near = _nearest(centre, strands, name, MAX_OFF_CENTRE * max(photo.width, photo.height))
    if near is None:
        raise NoMatchError(f"No root end is found near {name}.")
    return near


def _match_points(label: RawLabel, photo: Photo, strands: Sequence[Strand]) -> MatchedLabel:
    """The strand between both points, if both are known; else the one with an end at the first.

    If there is none at the first point, the end at the second is the far end of the hair, whose
    root is out of view.
    """
    x, y = label.points[0]
    inside_x = -MIN_REACH_PX <= x < photo.width + MIN_REACH_PX
    if not (inside_x and -MIN_REACH_PX <= y < photo.height + MIN_REACH_PX):
        size = f"{photo.width} x {photo.height} px"
        raise NoMatchError(f"The point ({x:g}, {y:g}) is outside the photo ({size}).")
    if between := _between(label.points, strands):
        return _match(label, *between)
    for point, is_far in zip(label.points, (False, True), strict=False):
        if near := _nearest(point, strands, f"({point[0]:g}, {point[1]:g})"):
            i, k = near
            return _match(label, i, 1 - k if is_far else k)
    raise NoMatchError(
        f"No visible hair end is within {MAX_DISTANCE_WIDTHS:g} shaft widths of ({x:g}, {y:g})."
    )


def _match(label: RawLabel, strand: int, root_end: int) -> MatchedLabel:
    return MatchedLabel(label, strand, root_end if label.root_known else None, Extent.HAIR)


def _between(points: Sequence[Point], strands: Sequence[Strand]) -> tuple[int, int] | None:
    """The strand with a visible end that runs from the first of two points to the second, within
    reach of both, and its end at the first; the nearest of several."""
    if len(points) < 2:
        return None
    gaps = (
        ([_distance(strand.ends[k], points[0]), _distance(strand.ends[1 - k], points[1])], i, k)
        for i, strand in enumerate(strands)
        if any(end.state is EndState.VISIBLE for end in strand.ends)
        for k in (0, 1)
    )
    near = sorted((sum(gap), i, k) for gap, i, k in gaps if max(gap) <= _reach_px(strands[i]))
    return near[0][1:] if near else None


def _nearest(
    point: Point, strands: Sequence[Strand], name: str, reach_px: float | None = None
) -> tuple[int, int] | None:
    """Strand and end nearest to a point, None if none is within reach.

    Raises NoMatchError if another strand's end is about as near; ``name`` is the point's name.
    """
    near = sorted(
        (distance, i, k)
        for i, k, end in _visible_ends(strands)
        if (distance := _distance(end, point)) <= (reach_px or _reach_px(strands[i]))
    )
    if not near:
        return None
    distance, i, k = near[0]
    others = [far for far, j, _ in near if j != i]
    if others and others[0] - distance < MIN_MARGIN_WIDTHS * strands[i].shaft_px:
        raise NoMatchError(f"Two hairs end about equally near to {name}. Move the point.")
    return i, k


def _reach_px(strand: Strand) -> float:
    return max(MIN_REACH_PX, MAX_DISTANCE_WIDTHS * strand.shaft_px)


def _visible_ends(strands: Sequence[Strand]) -> Iterator[tuple[int, int, End]]:
    for i, strand in enumerate(strands):
        for k, end in enumerate(strand.ends):
            if end.state is EndState.VISIBLE:
                yield i, k, end


def _distance(end: End, point: Point) -> float:
    return float(np.hypot(end.x - point[0], end.y - point[1]))


def _implies(match: MatchedLabel, other: MatchedLabel) -> bool:
    """Whether everything that ``match`` allows is also right by ``other``."""
    label, other_label = match.raw.label, other.raw.label
    same_end = None in (match.root_end, other.root_end) or match.root_end == other.root_end
    both_unsure = (label is HairLabel.UNSURE) == (other_label is HairLabel.UNSURE)
    return (
        both_unsure
        and (same_end or label is HairLabel.NOT_HAIR)
        and label.root_classes <= other_label.root_classes
    )


def _conflict(matches: Sequence[MatchedLabel]) -> str:
    shown, more = matches[:_MAX_SHOWN], ", ..." if len(matches) > _MAX_SHOWN else ""
    if len({each.raw.label for each in matches}) > 1:
        labels = ", ".join(
            f"{each.raw.label.display_name} ({_location(each, matches)})" for each in shown
        )
        return f"The labels of one hair contradict each other: {labels}{more}"
    locations = ", ".join(_location(each, matches) for each in shown)
    return f"Labels mark both ends of one hair, but a hair has one root: {locations}{more}"


def _location(match: MatchedLabel, matches: Sequence[MatchedLabel]) -> str:
    """Where a label is; its row alone if all ``matches`` are in one table."""
    where = match.raw.where
    is_one_table = all(each.raw.where.file == where.file for each in matches)
    return f"row {where.row}" if is_one_table and where.row is not None else str(where)


def _latest(matches: Sequence[MatchedLabel]) -> MatchedLabel | None:
    timed = [(m.raw.labelled_at, m) for m in matches if m.raw.labelled_at is not None]
    if len(timed) < len(matches):
        return None
    last = max(time for time, _ in timed)
    at_last = [each for time, each in timed if time == last]
    return at_last[0] if len({each.raw.label for each in at_last}) == 1 else None
