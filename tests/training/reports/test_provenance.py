from dataclasses import replace

import pytest

pytest.importorskip("torch")

from tests.helpers.model.hairs import manifest_of
from tests.helpers.training.predictions import known, predictions
from training.datasets.annotations import Attributes
from training.datasets.examples import CLUB
from training.evaluation.breakdown import breakdown
from training.reports.diagnostics import Diagnostics
from training.reports.model_card import card_of
from training.reports.provenance import Provenance, provenance_of_run, provenance_on_card

TILE, CLOTH = Attributes("club", "dark", "tile"), Attributes("club", "dark", "photo:cloth")


def test_photographed_grounds_are_told_of() -> None:
    drawn = known(CLUB, TILE, "tray_31_00001.jpg")
    two = [known(CLUB, CLOTH, "whole_32_00001.jpg"), known(CLUB, CLOTH, "whole_32_00002.jpg")]
    told = provenance_of_run([drawn, *two, two[0]], seed=7, epochs=40)
    assert "3 photos with 8 ends" in told.trained_on
    assert "In 2 of them the ground is a photograph (cloth) from a folder given" in told.trained_on
    assert told.made == (
        "`shedlight train --synthetic RENDERED --out RUN --seed 7`, 40 epochs, on "
        "photos of the renderer's seeds: 1 of seed 31, 2 of seed 32."
    )
    assert "photograph" not in provenance_of_run([drawn], seed=0, epochs=1).trained_on


def test_what_was_not_used_is_not_claimed() -> None:
    unfound = replace(known(CLUB, TILE, "mine.jpg"), found=False)
    made = provenance_of_run([unfound], seed=0, epochs=2).made
    assert "2 epochs, without the finder's proposals, on" in made
    assert made.endswith("1 without one.")


def test_a_card_passes_on_where_the_weights_come_from() -> None:
    origin = Provenance("Rendered hairs only.\nTwo lines.", "`shedlight train`, 3 epochs.")
    study = Diagnostics(origin, predictions(), breakdown(predictions()), ())
    assert provenance_on_card(card_of(manifest_of(b""), study)) == origin
    assert "Not told" in provenance_on_card(card_of(manifest_of(b""))).made
