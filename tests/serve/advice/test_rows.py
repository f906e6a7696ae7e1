"""The statements of the sources, row by row, each with its rule; every rule has a row."""

import pytest

from model.share.summary import Summary
from serve.advice.questionnaire import Context
from serve.advice.rules import Strength, rule_book
from tests.helpers.serve.advice_grid import (
    CALM,
    CALM_WITHOUT,
    CLUBS,
    MIXED,
    PROBABLY_CLUBS,
    SNAPPED,
    SOME_TORN,
    TORN,
    chosen,
)

Row = tuple[str, Summary, dict[str, object], str]

HOME, CLINIC, NONE = ({"setting": setting} for setting in ("home", "clinic", "none"))
RED = {"scalp_signs": ["redness"]}
BLED = {"scalp_signs": ["bleeding"]}
SETTLING = {"scalp_signs": ["redness"], "signs_tied_to_sessions": True}
LASTING = {"shedding_over_six_months": True}

SOURCED: list[Row] = [
    ("signs of infection", CLUBS, {"scalp_signs": ["itching", "fever"]}, "infection_signs"),
    ("visible loss of density", CLUBS, {"density_loss": True}, "density_loss"),
    ("severe shedding", CLUBS, {"shedding": "severe"}, "severe_shedding"),
    ("patches", CLUBS, {"scalp_signs": ["sudden_patches"]}, "patches_or_scarring"),
    ("scarring loss", CLUBS, {"loss_type": "scarring"}, "scarring_loss"),
    ("irritated scalp", CLUBS, RED | {"signs_tied_to_sessions": False}, "inflamed_scalp"),
    ("irritated scalp", CLUBS, RED, "irritated_scalp_unclear"),
    (
        "irritated scalp",
        CLUBS,
        {"scalp_signs": ["dandruff"], "signs_tied_to_sessions": True},
        "dandruff_tied",
    ),
    ("settles after sessions", CLUBS, CALM | SETTLING, "settling_after_session"),
    ("pattern loss", CLUBS, HOME | {"loss_type": "pattern"}, "pattern_loss"),
    ("platelets", CLUBS, HOME | {"loss_type": "pattern"}, "platelet_rich_plasma"),
    ("telogen effluvium", CLUBS, HOME | {"loss_type": "telogen_effluvium"}, "telogen_effluvium"),
    ("areata", CLUBS, {"loss_type": "alopecia_areata"}, "alopecia_areata"),
    ("drug-caused", CLUBS, {"loss_type": "drug_caused"}, "drug_caused_loss"),
    ("drug-caused", CLUBS, {"new_drug_or_chemotherapy": True}, "drug_caused_loss"),
    ("traction", CLUBS, HOME | {"loss_type": "traction"}, "traction"),
    ("clubs, slight, early", CLUBS, CALM, "early_slight_telogen"),
    ("mostly misshapen", TORN, HOME, "torn_roots"),
    ("mostly misshapen", TORN, {}, "torn_roots_untold"),
    ("mostly no bulb", SNAPPED, CLINIC, "snapped_hairs"),
    ("home, above 0.25 mm", CLUBS, {"needle_mm": 0.3}, "home_long_needles"),
    ("home, above 0.25 mm", CLUBS, HOME, "home_length_untold"),
    ("home, up to 0.25 mm", CLUBS, CALM | {"needle_mm": 0.25}, "home_short_needles"),
    ("bleeding at home", CLUBS, BLED | HOME, "bleeding_at_home"),
    ("bleeding at home", CLUBS, BLED, "bleeding_at_home"),
    ("bleeding in a clinic", CLUBS, BLED | CLINIC, "clinic_bleeding"),
    ("clinic device", CLUBS, CLINIC, "clinic_device"),
    ("more than weekly", CLUBS, {"sessions_per_month": 8}, "too_frequent"),
    ("clinic schedule", CLUBS, CLINIC | {"sessions_per_month": 1}, "clinic_schedule"),
    ("minoxidil", CLUBS, HOME | {"minoxidil": True}, "minoxidil"),
    ("minoxidil", CLUBS, CALM | {"minoxidil": True}, "early_minoxidil_shed"),
    ("finasteride", CLUBS, HOME | {"finasteride": True}, "finasteride"),
    ("finasteride", CLUBS, CALM | {"finasteride": True}, "early_finasteride_shed"),
    ("first day", CLUBS, HOME | {"collected": "same_day"}, "first_day_care"),
    ("darker skin", CLUBS, HOME | {"skin_tone": "dark"}, "darker_skin"),
    ("anyone who needles", CLUBS, HOME, "experimental"),
]
"""Statement of the sources, the roots and answers it applies to, and its rule."""

GENERAL: list[Row] = [
    ("thinner hair", CLUBS, NONE | {"density_loss": True}, "thinner_hair"),
    ("beyond six months", CLUBS, NONE | LASTING, "lasting_shedding"),
    ("beyond six months", CLUBS, HOME | LASTING, "lasting_shedding"),
    ("medicine", CLUBS, NONE | {"recent_events": ["chemotherapy"]}, "medicine"),
    ("medicine", CLUBS, NONE | {"new_drug_or_chemotherapy": True}, "medicine"),
    ("clubs, no trigger", CLUBS, NONE | {"shedding": "moderate"}, "telogen_no_needling"),
    ("childbirth", CLUBS, NONE | {"recent_events": ["childbirth"]}, "after_childbirth"),
    ("a trigger", MIXED, NONE | {"recent_events": ["diet"]}, "after_illness_or_stress"),
    (
        "telogen effluvium",
        CLUBS,
        NONE | {"loss_type": "telogen_effluvium"},
        "telogen_effluvium_no_needling",
    ),
    ("falls by itself", CLUBS, CALM_WITHOUT, "usual_shedding"),
    ("single days", CLUBS, NONE, "compare_later"),
]
"""General knowledge of shedding without needling (docs/how-it-works/domain.md)."""

OUR_POLICY: list[Row] = [
    (
        "infection, no needling",
        CLUBS,
        NONE | {"scalp_signs": ["pus"]},
        "infection_signs_no_needling",
    ),
    ("patches, no needling", CLUBS, NONE | {"scalp_signs": ["scarring"]}, "bald_spots"),
    ("severe, no needling", CLUBS, NONE | {"shedding": "severe"}, "severe_shedding_no_needling"),
    ("bleeding, no needling", CLUBS, NONE | BLED, "bleeding_without_needling"),
    ("irritated, no needling", CLUBS, NONE | RED, "scalp_without_needling"),
    ("torn, no needling", TORN, NONE, "broken_without_needling"),
    ("traction", CLUBS, NONE | {"loss_type": "traction"}, "traction_no_needling"),
    ("minors", CLUBS, HOME | {"under_18": True}, "under_18"),
    ("missing answers", CLUBS, {}, "answer_more_about_needling"),
    ("missing answers", CLUBS, NONE, "answer_more_about_shedding"),
    ("clubs, anagen above a tenth", SOME_TORN, CALM, "more_torn_than_falling"),
    (
        "clubs, beyond three months",
        PROBABLY_CLUBS,
        {"weeks_since_start": 14},
        "telogen_beyond_three_months",
    ),
    ("clubs, moderate", CLUBS, HOME | {"shedding": "moderate"}, "telogen_moderate_shedding"),
    ("mixed", MIXED, {}, "mixed_roots"),
]


@pytest.mark.parametrize(("row", "summary", "answers", "rule"), [*SOURCED, *GENERAL, *OUR_POLICY])
def test_a_rule_applies_to_its_row(
    row: str, summary: Summary, answers: dict[str, object], rule: str
) -> None:
    given = {each.id for each in chosen(summary, Context.model_validate(answers))}
    assert rule in given, row


def test_every_rule_has_its_row() -> None:
    rows = [*SOURCED, *GENERAL, *OUR_POLICY]
    assert {row[-1] for row in rows} == {rule.id for rule in rule_book().rules}


def test_only_the_sourced_are_said_to_be_from_the_sources() -> None:
    strengths = {rule.id: rule.strength for rule in rule_book().rules}
    assert {strengths[row[-1]] for row in GENERAL} == {Strength.GENERAL_KNOWLEDGE}
    assert {strengths[row[-1]] for row in OUR_POLICY} == {Strength.OUR_POLICY}
    ours = {Strength.GENERAL_KNOWLEDGE, Strength.OUR_POLICY}
    assert not ours & {strengths[row[-1]] for row in SOURCED}
