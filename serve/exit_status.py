"""What the command line's exit status means."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """The exit statuses of ``shedlight``."""

    FINE = 0
    """All photos were scored, or show no hairs."""
    NOTHING_DONE = 1
    """No photo could be scored, or the command was not understood."""
    SOME_REFUSED = 2
    """Some photos were rejected or failed."""
    STOPPED = 130
    """Stopped with Ctrl-C (128 + SIGINT)."""
