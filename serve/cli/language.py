"""The language of what a command prints for people."""

from typing import Annotated

import typer

from data.texts.catalogue import languages
from serve.errors import CommandError

Language = Annotated[
    str, typer.Option(help=f"Language of what people read: {', '.join(languages())}.")
]


def checked_language(language: str) -> str:
    """The language itself; raises CommandError if there are no texts in it."""
    if language not in languages():
        raise CommandError(f"There is no language '{language}'. Use {' or '.join(languages())}.")
    return language
