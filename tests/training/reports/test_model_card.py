from dataclasses import replace

import pytest

pytest.importorskip("torch")

from model.labelling.hair import Label
from tests.helpers.model.hairs import manifest_of
from tests.helpers.training.predictions import end, hair, known, predictions
from training.datasets.annotations import Attributes
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR, Ends, trained_ends
from training.evaluation.breakdown import breakdown
from training.evaluation.resolution_sweep import ResolutionPoint
from training.reports.diagnostics import (
    Diagnostics,
    Provenance,
    provenance_of_run,
    provenance_on_card,
)
from training.reports.model_card import card_of

MANIFEST = manifest_of(b"weights")
GREY = Attributes("club_tail", "grey", "towel", "luxcore")
DARK = Attributes("club", "dark", "tile", "painter")


def diagnostics() -> Diagnostics:
    """Twenty grey clubs with five errors; twenty dark ones with one error."""
    grey, dark = known(CLUB, GREY), known(CLUB, DARK)
    ends = [end(CLUB, BARE if k < 5 else CLUB, 0.9, grey) for k in range(20)]
    ends += [end(CLUB, BARE if k < 1 else CLUB, 0.9, dark) for k in range(20)]
    ends += [end(NOT_HAIR, BARE, 0.9, known(NOT_HAIR, Attributes(background="steel")))] * 20
    hairs = [hair(CLUB, Label.TELOGEN if k < 6 else Label.UNSURE, of=grey) for k in range(20)]
    hairs += [hair(CLUB, Label.TELOGEN, of=dark)] * 20
    hairs += [hair(MISSHAPEN, Label.ANAGEN)] * 19
    found = predictions(ends, hairs)
    sweep = (ResolutionPoint(2.0, 40, 0.31, 0.42, 0.53, 0.025),)
    return Diagnostics(Provenance("Renders of mine.", "`made so`"), found, breakdown(found), sweep)


def table_row(card: str, start: str) -> list[str]:
    (line,) = (line for line in card.splitlines() if line.startswith(f"| {start} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_figures_come_with_their_counts() -> None:
    card = card_of(MANIFEST, diagnostics())
    assert table_row(card, "club ends")[:2] == ["club ends", "0.85 of 40"]
    assert table_row(card, "ends that are not of a hair")[1] == "0.00 of 20"
    assert table_row(card, "anagen labelled right")[1] == "too few (19)"


def test_the_worst_groups_are_named() -> None:
    card = card_of(MANIFEST, diagnostics())
    by_colour = ["colour", "grey: club ends 0.75 of 20", "-", "grey: 0.30 of 20"]
    assert table_row(card, "colour") == [*by_colour, "dark: telogen labelled right 1.00 of 20"]
    assert table_row(card, "maker of the photo")[1] == "luxcore: club ends 0.75 of 20"
    assert table_row(card, "background")[1:3] == [
        "towel: club ends 0.75 of 20",
        "steel: ends that are not of a hair 0.00 of 20",
    ]
    assert table_row(card, "root")[1] == "club tail: club ends 0.75 of 20"


def test_a_card_has_the_resolution_sweep_and_the_provenance() -> None:
    card = card_of(MANIFEST, diagnostics())
    assert table_row(card, "2 px") == ["2 px", "0.31", "0.42", "0.53", "2.5% (1)"]
    assert "## Trained on\nRenders of mine.\n" in card
    assert "## How to make it again\n`made so`\n" in card


def test_a_card_names_data_and_licence_with_and_without_diagnostics() -> None:
    for card in (card_of(MANIFEST), card_of(MANIFEST, diagnostics())):
        assert f"**Trained on {MANIFEST.name.trained_on}.**" in card
        assert "unmeasured" in card
        assert MANIFEST.training_data_sha256 in card
        assert MANIFEST.licence in card
        assert "## What it is not for" in card


def ends_by(*makers: str, found: bool = True) -> Ends:
    """Two ends in a photo of each of these makers."""
    given = [replace(known(CLUB, Attributes(maker=maker)), found=found) for maker in makers]
    return trained_ends(given)


def test_provenance_states_makers_and_photographed_backgrounds() -> None:
    drawn = {"tray_31_00001.jpg": "tile"}
    backgrounds = drawn | dict.fromkeys(("whole_32_00001.jpg", "whole_32_00002.jpg"), "photo:cloth")
    ends = ends_by("painter", "luxcore", "painter", "")
    provenance = provenance_of_run(backgrounds, ends, seed=7, epochs=40)
    assert "3 photos with 8 ends made by luxcore, painter" in provenance.trained_on
    assert "In 2 of them" in provenance.trained_on
    assert "(cloth)" in provenance.trained_on
    plain = provenance_of_run(drawn, ends_by(""), seed=0, epochs=1).trained_on
    assert "photograph" not in plain
    assert "made by" not in plain
    made, start = provenance.made.split(". ", 1)
    assert "ImageNet" in start
    command, epochs, *seeds = made.split(", ")
    assert command == "`shedlight train --synthetic RENDERED --out RUN --seed 7`"
    assert epochs == "40 epochs"
    assert seeds[0].endswith("1 of seed 31")
    assert seeds[1] == "2 of seed 32"


def test_provenance_states_missing_proposals_and_seeds() -> None:
    made = provenance_of_run({"mine.jpg": "tile"}, ends_by("", found=False), 0, 2).made
    assert "2 epochs, without the finder's proposals" in made
    assert "1 without one." in made


def test_a_card_passes_its_provenance_on() -> None:
    provenance = Provenance("Rendered hairs only.\nTwo lines.", "`shedlight train`, 3 epochs.")
    given = Diagnostics(provenance, predictions(), breakdown(predictions()), ())
    assert provenance_on_card(card_of(MANIFEST, given)) == provenance
    unknown = provenance_on_card(card_of(MANIFEST))
    assert unknown.made == unknown.trained_on != ""
