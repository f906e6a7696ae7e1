"""Dates as people, spreadsheets and cameras write them; a date that could be another is refused."""

import re
from datetime import UTC, datetime

FORM = "2026-01-31"
"""The form to which error messages point."""
_MIN_YEAR, _MAX_YEAR = 1900, 2200
_MONTHS = (
    *(("january", "januar", "jänner"), ("february", "februar"), ("march", "märz", "maerz")),
    *(("april",), ("may", "mai"), ("june", "juni"), ("july", "juli"), ("august",)),
    *(("september",), ("october", "oktober"), ("november",), ("december", "dezember")),
)
"""The names of each month, in English and German."""
_NO_DATE = frozenset(
    {
        "",
        "-",
        "--",
        "\u2013",
        "?",
        "na",
        "n.a",
        "n/a",
        "nan",
        "nil",
        "none",
        "null",
        "unknown",
        "unbekannt",
    }
)
"""What people and programs write where there is no date."""
_CLOCK = (
    r"(?:(?:T|,?\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?(?:\s*Uhr)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_FIRST = r"(?P<year>\d{4})(?P<gap>[-/.:])\s*(?P<month>\d{1,2})(?P=gap)\s*(?P<day>\d{1,2})\.?"
_YEAR_LAST = r"(?P<one>\d{1,2})(?P<gap>[-/.])\s*(?P<two>\d{1,2})(?P=gap)\s*(?P<year>\d{4})"
_DAY_NAME = (
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?[\s-]+(?P<name>[a-zäÄ]{3,})\.?,?[\s-]+(?P<year>\d{4})"
)
_NAME_DAY = r"(?P<name>[a-zäÄ]{3,})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
_FORMS = tuple(
    re.compile(form + _CLOCK, re.IGNORECASE | re.ASCII)
    for form in (_YEAR_FIRST, _YEAR_LAST, _DAY_NAME, _NAME_DAY)
)


def parse_date(text: str) -> datetime:
    """The time that a date with or without a time of day names; UTC unless it names a zone.

    Reads ISO 8601, dates with the year first (EXIF's 2026:01:31 18:05:00 too), dates with an
    English or German month name, and dates with the year last if only one order of day and month is
    possible. Raises ValueError, with one sentence, for all others.
    """
    try:
        time = _iso_date(text) or _other_date(text)
    except ValueError as error:
        raise ValueError(_refusal(text)) from error
    if time is None or not _MIN_YEAR <= time.year <= _MAX_YEAR:
        raise ValueError(_refusal(text))
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def date_in(cell: str) -> datetime | None:
    """The time in a cell of a table, None if the cell is empty or a sign for no date.

    Raises ValueError as ``parse_date``.
    """
    return None if cell.casefold().strip(".") in _NO_DATE else parse_date(cell)


def _refusal(text: str) -> str:
    shown = text if len(text) <= 40 else f"{text[:40]}..."
    return f"The date '{shown}' is unreadable or ambiguous: write dates as {FORM}"


def _iso_date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _other_date(text: str) -> datetime | None:
    """None for a date in no known form, or in which day and month could be swapped."""
    found = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    if "one" in parts:
        one, two = int(parts["one"]), int(parts["two"])
        if one != two and max(one, two) <= len(_MONTHS):
            return None
        day, month = max(one, two), min(one, two)
    else:
        day, month = int(parts["day"]), _month(parts)
    hour = int(parts["hour"] or 0)
    if parts["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if parts["half"][0] in "pP" else 0)
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    zone = datetime.strptime(parts["zone"], "%z").tzinfo if parts["zone"] else None
    return datetime(int(parts["year"]), month, day, hour, minute, second, tzinfo=zone)


def _month(parts: dict[str, str]) -> int:
    """The month's number, 0 for an unknown name."""
    if "month" in parts:
        return int(parts["month"])
    name = parts["name"].casefold()
    spellings = enumerate(_MONTHS, 1)
    return next((i for i, month in spellings if any(one.startswith(name) for one in month)), 0)
