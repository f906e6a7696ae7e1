"""What ends a command with one sentence."""


class RefusedError(Exception):
    """A command cannot do what was asked; the message is one sentence for the user."""
