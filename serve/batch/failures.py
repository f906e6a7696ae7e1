"""The photos of a run that could not be read: the first of them by name."""

from serve.batch.results import ScoredLine

KEPT = 200
"""So many are named in the report; the table of photos has them all."""


class Failures:
    """Keeps the first failures, in order, as (photo, status, message)."""

    def __init__(self) -> None:
        self.first: list[tuple[str, str, str]] = []
        self.count = 0

    def add(self, line: ScoredLine) -> None:
        """Looks whether a photo failed."""
        error = line.record["error"]
        if error is None:
            return
        self.count += 1
        if len(self.first) < KEPT:
            self.first.append((line.photo, line.record["status"], error["message"]))
