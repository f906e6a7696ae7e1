"""A hair survives the round trip through the JSON of a report."""

from dataclasses import replace

import numpy as np
import pytest

from model.labelling.hair import Hair
from model.report import hair_json, hair_of
from tests.helpers.model.hairs import LONE_BARE_END, NO_BULB, NO_END_IN_VIEW, TELOGEN, TORN

HAIRS = [TELOGEN, replace(TELOGEN, root_end=1), TORN, NO_BULB, LONE_BARE_END, NO_END_IN_VIEW]


@pytest.mark.parametrize("hair", HAIRS)
def test_a_hair_survives_the_round_trip(hair: Hair) -> None:
    written = hair_json(7, hair)
    parsed = hair_of(written)
    assert hair_json(7, parsed) == written
    assert (parsed.label, parsed.reason, parsed.root_type) == (
        hair.label,
        hair.reason,
        hair.root_type,
    )
    assert (parsed.root_end, parsed.by_person) == (hair.root_end, False)
    assert np.array_equal(parsed.strand.path, hair.strand.path)


def test_the_direction_of_an_end_is_written() -> None:
    hair = replace(TELOGEN, strand=replace(TELOGEN.strand, ends=TELOGEN.strand.ends[::-1]))
    assert [end["direction"] for end in hair_json(0, hair)["ends"]] == [0.0, 3.1416]
    assert [end.direction for end in hair_of(hair_json(0, hair)).strand.ends] == [0.0, 3.1416]
