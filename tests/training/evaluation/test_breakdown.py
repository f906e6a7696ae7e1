import json
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")

from model.labelling.hair import Label
from tests.helpers.training.predictions import end, hair, known, predictions
from training.datasets.annotations import Attributes
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR
from training.evaluation.breakdown import (
    ALL,
    BACKGROUND,
    COVERAGE,
    MAKER,
    RIGHT,
    ROOT,
    SHADE,
    WIDTH,
    Group,
    Share,
    breakdown,
    save_breakdown,
    worst,
)
from training.evaluation.predictions import Predictions

GREY_CLUB = Attributes("club_tail", "grey", "crumpled_paper", "luxcore")
DARK_TORN = Attributes("anagen_hooked", "dark", "photo:cloth", "painter")


def two_hairs() -> Predictions:
    """A thin grey club, misread and called anagen; a wide dark torn root, right and unsure; and a
    line on black card that is no hair, read right at one end."""
    club = known(CLUB, GREY_CLUB, shaft_px=3.9)
    torn = known(MISSHAPEN, DARK_TORN, shaft_px=8.0)
    line = known(NOT_HAIR, Attributes(background="black_card"), shaft_px=4.0)
    ends = [
        end(CLUB, MISSHAPEN, 0.9, club),
        end(BARE, BARE, 0.9, club, side=1),
        end(MISSHAPEN, MISSHAPEN, 0.9, torn),
        end(NOT_HAIR, NOT_HAIR, 0.9, line),
        end(NOT_HAIR, BARE, 0.9, line, side=1),
    ]
    hairs = [hair(CLUB, Label.ANAGEN, of=club), hair(MISSHAPEN, Label.UNSURE, of=torn)]
    return predictions(ends, hairs)


def group_of(groups: tuple[Group, ...], by: str, name: str) -> dict[str, Share]:
    (found,) = (group for group in groups if (group.by, group.name) == (by, name))
    return found.shares


def test_every_group_has_its_own_ends_and_hairs() -> None:
    groups = breakdown(two_hairs())
    assert group_of(groups, SHADE, "grey") == {
        "club": Share(0, 1),
        "bare": Share(1, 1),
        COVERAGE: Share(1, 1),
        RIGHT[Label.TELOGEN]: Share(0, 1),
    }
    assert group_of(groups, SHADE, "dark") == {"misshapen": Share(1, 1), COVERAGE: Share(0, 1)}
    assert group_of(groups, MAKER, "painter") == group_of(groups, SHADE, "dark")
    assert group_of(groups, BACKGROUND, "card") == {"not_hair": Share(1, 2)}
    assert group_of(groups, ALL, "all")["not_hair"] == Share(1, 2)
    assert group_of(groups, ALL, "all")[COVERAGE] == Share(1, 2)


def test_widths_go_from_thin_to_wide_and_grounds_are_grouped() -> None:
    groups = breakdown(two_hairs())
    names = {
        by: [g.name for g in groups if g.by == by] for by in (MAKER, WIDTH, SHADE, BACKGROUND, ROOT)
    }
    assert names == {
        MAKER: ["luxcore", "painter"],
        WIDTH: ["under 4 px", "4 to 8 px", "over 8 px"],
        SHADE: ["dark", "grey"],
        BACKGROUND: ["card", "paper", "photograph"],
        ROOT: ["anagen hooked", "club tail"],
    }


def test_of_a_root_s_kind_only_its_own_end_counts() -> None:
    groups = breakdown(two_hairs())
    assert "bare" not in group_of(groups, ROOT, "club tail")  # that end is the hair's far tip
    cut = known(BARE, Attributes("cut", "dark", "wood"))
    rootless = breakdown(predictions([end(BARE, CLUB, 0.9, cut)]))
    assert group_of(rootless, ROOT, "cut") == {"bare": Share(0, 1)}


def test_less_than_twenty_say_nothing() -> None:
    assert str(Share(5, 19)) == "too few (19)"
    assert str(Share(5, 20)) == "0.25 of 20"


def test_the_worst_group_is_one_of_which_enough_is_known() -> None:
    groups = [
        Group(SHADE, "grey", {"club": Share(0, 19), "bare": Share(15, 20)}),
        Group(SHADE, "dark", {"club": Share(14, 20)}),
        Group(BACKGROUND, "steel", {"club": Share(0, 100)}),
    ]
    assert worst(groups, SHADE, ("club", "bare")) == (groups[1], "club")
    assert worst(groups, SHADE, ("bare",)) == (groups[0], "bare")
    assert worst(groups[:1], SHADE, ("club",)) is None


def test_the_file_holds_every_count(tmp_path: Path) -> None:
    file = tmp_path / "breakdown.json"
    save_breakdown(file, breakdown(two_hairs()))
    rows = json.loads(file.read_text())
    grey = next(row for row in rows if (row["by"], row["name"]) == (SHADE, "grey"))
    assert grey["figures"]["club"] == {"right": 0, "of": 1}


def test_a_hair_that_is_not_listed_is_unsure() -> None:
    unlisted = replace(hair(CLUB, Label.TELOGEN), hair=None)
    shares = group_of(breakdown(predictions(hairs=[unlisted])), ALL, "all")
    assert shares == {COVERAGE: Share(0, 1)}
