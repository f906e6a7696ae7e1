"""``shedlight card``: the printed card that gives photos their scale."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data.texts.catalogue import DEFAULT_LANGUAGE, languages
from serve.errors import CommandError


class PaperSize(StrEnum):
    """The sizes of paper, as ``serve.drawing.card_pdf.Paper``."""

    A4 = "a4"
    LETTER = "letter"


def card(
    out: Annotated[Path, typer.Option(help="The PDF file to write.")],
    paper: Annotated[PaperSize, typer.Option(help="Size of the paper.")] = PaperSize.A4,
    language: Annotated[str, typer.Option(help="Language of its texts.")] = DEFAULT_LANGUAGE,
) -> None:
    """Writes a card to print: a grey field for hairs, with marks that give photos their scale.

    Print it at 100 % on matte paper, and measure its check line.
    """
    from data.io.files import replace_file
    from data.texts.catalogue import texts_in
    from serve.drawing.card_pdf import Paper, card_pdf

    if language not in languages():
        raise CommandError(f"There is no language '{language}'. Use {' or '.join(languages())}.")
    raw = card_pdf(texts_in(language), Paper(paper))
    replace_file(out, raw)
    typer.echo(f"Wrote {out}. Print it at 100 %.")
