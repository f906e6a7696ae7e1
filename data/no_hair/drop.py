"""Drops strands that are no hair for certain, before any end is classified."""

from collections.abc import Sequence

from data.images.photo import Photo
from data.no_hair.burned_in import burned_in
from data.no_hair.repeats import repeated
from data.strands.strand import Strand


def drop_lookalikes(photo: Photo, strands: Sequence[Strand]) -> list[Strand]:
    """The strands without burned-in bars and letters, and without repeated lines."""
    no_hair = burned_in(photo, strands) | repeated(strands)
    return [strand for strand, drop in zip(strands, no_hair, strict=True) if not drop]
