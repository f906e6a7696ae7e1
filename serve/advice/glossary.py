"""The words that a person meets beside a result, one line each; the page reads the same file."""

import json
from importlib.resources import files


def glossary() -> dict[str, str]:
    """Each word with its meaning, in the order in which they are shown."""
    text = files("serve").joinpath("web/glossary.json").read_text(encoding="utf-8")
    words: dict[str, str] = json.loads(text)
    return words
