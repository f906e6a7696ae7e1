"""A hair written into a report is read out of it as it was."""

from dataclasses import replace

import numpy as np
import pytest

from model.labelling.hair import Hair
from model.report_json import hair_json, hair_of
from tests.helpers.model.hairs import LONE_BARE_END, NO_BULB, NO_END_IN_VIEW, TELOGEN, TORN

HAIRS = [TELOGEN, replace(TELOGEN, root_end=1), TORN, NO_BULB, LONE_BARE_END, NO_END_IN_VIEW]


@pytest.mark.parametrize("hair", HAIRS)
def test_what_was_written_is_read(hair: Hair) -> None:
    written = hair_json(7, hair)
    read = hair_of(written)
    assert hair_json(7, read) == written
    assert (read.label, read.reason, read.root_type) == (hair.label, hair.reason, hair.root_type)
    assert (read.root_end, read.by_person) == (hair.root_end, False)
    assert np.array_equal(read.strand.path, hair.strand.path)


def test_where_an_end_points_is_written() -> None:
    hair = replace(TELOGEN, strand=replace(TELOGEN.strand, ends=TELOGEN.strand.ends[::-1]))
    assert [end["direction"] for end in hair_json(0, hair)["ends"]] == [0.0, 3.1416]
    assert [end.direction for end in hair_of(hair_json(0, hair)).strand.ends] == [0.0, 3.1416]
