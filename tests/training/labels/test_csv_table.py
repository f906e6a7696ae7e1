from datetime import UTC, datetime

import pytest

from data.io.csv_table import Row
from training.labels.formats.csv_table import CellError, point_in, time_in


def test_a_time_without_a_zone_is_utc() -> None:
    noon = datetime(2026, 1, 2, 12, tzinfo=UTC)
    for text in ("2026-01-02T12:00", "2026-01-02 17:00+05:00"):
        assert time_in(Row(2, {"labelled_at": text})) == noon
    assert time_in(Row(2, {})) is None
    with pytest.raises(CellError, match="soon"):
        time_in(Row(2, {"labelled_at": "soon"}))


def test_numbers_may_have_a_decimal_comma() -> None:
    assert point_in(Row(2, {"x": "10,5", "y": "20"}), "x", "y") == (10.5, 20.0)
    for cell in ("", "nan", "ten"):
        with pytest.raises(CellError, match="column x"):
            point_in(Row(2, {"x": cell, "y": "1"}), "x", "y")
