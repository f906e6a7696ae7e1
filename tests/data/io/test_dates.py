from datetime import UTC, datetime

import pytest

from data.io.dates import FORM, date_in, parse_date


@pytest.mark.parametrize(
    "text",
    [
        *("2026-01-31", "20260131", "31.01.2026", "31.1.2026", "31. 1. 2026", "01/31/2026"),
        *(
            "31/01/2026",
            "2026/1/31",
            "2026:01:31",
            "31-Jan-2026",
            "Jan 31, 2026",
            "31 January 2026",
            "31. Januar 2026",
        ),
    ],
)
def test_a_date_with_one_meaning_is_read(text: str) -> None:
    assert parse_date(text) == datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-01-31T18:05", "2026-01-31 18:05:00Z", "2026-01-31 19:05+01:00"),
        *(
            "2026:01:31 18:05:00",
            "31.01.2026 18:05",
            "1/31/2026 6:05 PM",
            "1/31/2026, 6:05:00 p.m.",
            "2026:01:31 18:05:00Z",
            "2026:01:31 19:05:00+01:00",
            "2026:01:31 12:05:00.25-06:00",
            "31.01.2026 18:05 Uhr",
        ),
    ],
)
def test_a_time_of_day_is_read(text: str) -> None:
    assert parse_date(text) == datetime(2026, 1, 31, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "month"),
    [("5. März 2026", 3), ("5 mär 2026", 3), ("5. Okt. 2026", 10), ("Mai 5, 2026", 5)],
)
def test_german_months_are_read(text: str, month: int) -> None:
    assert parse_date(text) == datetime(2026, month, 5, tzinfo=UTC)


def test_day_and_month_may_be_equal() -> None:
    assert parse_date("3/3/2026") == datetime(2026, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("03/04/2026", "3.4.2026", "31.01.26", "46053", "soon", "", "0000:00:00 00:00:00"),
        *("2026-13-45", "32.01.2026", "0026-01-31", "31 Xyz 2026", "1/31/2026 13:05 PM", "2026-01"),
    ],
)
def test_any_other_date_is_refused_with_the_form_to_use(text: str) -> None:
    with pytest.raises(ValueError, match=FORM):
        parse_date(text)


@pytest.mark.parametrize("cell", ["", "-", "n/a", "N.A.", "?", "Unbekannt"])
def test_a_cell_may_say_that_there_is_no_date(cell: str) -> None:
    assert date_in(cell) is None
    assert date_in("2026-01-31") == datetime(2026, 1, 31, tzinfo=UTC)
