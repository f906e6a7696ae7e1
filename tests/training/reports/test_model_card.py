import pytest

pytest.importorskip("torch")

from model.labelling.hair import Label
from tests.helpers.model.hairs import manifest_of
from tests.helpers.training.predictions import end, hair, known, predictions
from training.datasets.annotations import Attributes
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR
from training.evaluation.breakdown import breakdown
from training.evaluation.resolution_sweep import ResolutionPoint
from training.reports.diagnostics import Diagnostics
from training.reports.model_card import card_of
from training.reports.provenance import Provenance

MANIFEST = manifest_of(b"weights")
GREY, DARK = Attributes("club_tail", "grey", "towel"), Attributes("club", "dark", "tile")


def study() -> Diagnostics:
    """Twenty grey clubs, five of them misread; twenty dark ones, one of them misread."""
    grey, dark = known(CLUB, GREY), known(CLUB, DARK)
    ends = [end(CLUB, BARE if k < 5 else CLUB, 0.9, grey) for k in range(20)]
    ends += [end(CLUB, BARE if k < 1 else CLUB, 0.9, dark) for k in range(20)]
    ends += [end(NOT_HAIR, BARE, 0.9, known(NOT_HAIR, Attributes(background="steel")))] * 20
    hairs = [hair(CLUB, Label.TELOGEN if k < 6 else Label.UNSURE, of=grey) for k in range(20)]
    hairs += [hair(CLUB, Label.TELOGEN, of=dark)] * 20
    hairs += [hair(MISSHAPEN, Label.ANAGEN)] * 19
    found = predictions(ends, hairs)
    rungs = (ResolutionPoint(2.0, 40, 0.31, 0.42, 0.53, 0.025),)
    return Diagnostics(Provenance("Renders of mine.", "`made so`"), found, breakdown(found), rungs)


def table_row(card: str, start: str) -> list[str]:
    (line,) = (line for line in card.splitlines() if line.startswith(f"| {start} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_figures_come_with_their_counts() -> None:
    card = card_of(MANIFEST, study())
    assert table_row(card, "club ends")[:2] == ["club ends", "0.85 of 40"]
    assert table_row(card, "ends that are no hair's")[1] == "0.00 of 20"
    assert table_row(card, "anagen labelled right")[1] == "too few (19)"


def test_the_worst_groups_are_named() -> None:
    card = card_of(MANIFEST, study())
    by_colour = ["colour", "grey: club ends 0.75 of 20", "-", "grey: 0.30 of 20"]
    assert table_row(card, "colour") == [*by_colour, "dark: telogen labelled right 1.00 of 20"]
    assert table_row(card, "background")[1:3] == [
        "towel: club ends 0.75 of 20",
        "steel: ends that are no hair's 0.00 of 20",
    ]
    assert table_row(card, "root")[1] == "club tail: club ends 0.75 of 20"


def test_the_ladder_and_the_origin_are_told() -> None:
    card = card_of(MANIFEST, study())
    assert table_row(card, "2 px") == ["2 px", "0.31", "0.42", "0.53", "2.5% (1)"]
    assert "## Trained on\nRenders of mine.\n" in card
    assert "## How to make it again\n`made so`\n" in card


def test_real_roots_are_unmeasured_and_data_and_licence_named_with_or_without_a_study() -> None:
    for card in (card_of(MANIFEST), card_of(MANIFEST, study())):
        assert f"**Trained on {MANIFEST.name.trained_on}.**" in card
        assert "on real roots unmeasured" in card
        assert MANIFEST.training_data_sha256 in card
        assert MANIFEST.licence in card
        assert "not for" in card
