"""The statements of the sources, row by row, each with its rule; every rule has a row."""

import pytest

from model.share.summary import Summary
from serve.advice.advise import advise
from serve.advice.questionnaire import Context
from serve.advice.rules import Strength, rule_book
from tests.helpers.serve.advice_grid import (
    CALM,
    CLUBS,
    FEW,
    MIXED,
    NONE_READ,
    NOT_SHOWN,
    SNAPPED,
    SOME_TORN,
    TORN,
)

Row = tuple[str, str, Summary, dict[str, object], str]

RED = {"scalp_signs": ["redness"]}
BLED = {"scalp_signs": ["bleeding"]}
SETTLING = {"scalp_signs": ["redness"], "signs_tied_to_sessions": True}

TABLE: list[Row] = [
    ("signs of infection", "stop", CLUBS, {"scalp_signs": ["pus"]}, "infection_signs"),
    ("signs of infection", "stop", CLUBS, {"scalp_signs": ["itching", "fever"]}, "infection_signs"),
    ("visible loss of density", "stop", CLUBS, {"density_loss": True}, "density_loss"),
    ("severe shedding", "stop", CLUBS, {"shedding": "severe"}, "severe_shedding"),
    ("patches", "do not needle", CLUBS, {"scalp_signs": ["sudden_patches"]}, "patches_or_scarring"),
    ("scarring loss", "do not needle", CLUBS, {"loss_type": "scarring"}, "scarring_loss"),
    (
        "irritated scalp",
        "found the cause",
        CLUBS,
        RED | {"signs_tied_to_sessions": False},
        "inflamed_scalp",
    ),
    ("irritated scalp", "pause", CLUBS, RED, "irritated_scalp_unclear"),
    (
        "irritated scalp",
        "pause",
        CLUBS,
        {"scalp_signs": ["dandruff"], "signs_tied_to_sessions": True},
        "dandruff_tied",
    ),
    ("settles after sessions", "expected", CLUBS, CALM | SETTLING, "settling_after_session"),
    ("settles after sessions", "not scratch", CLUBS, SETTLING, "signs_after_session"),
    ("pattern loss", "best evidence", CLUBS, {"loss_type": "pattern"}, "pattern_loss"),
    (
        "telogen effluvium",
        "limited",
        CLUBS,
        {"loss_type": "telogen_effluvium"},
        "telogen_effluvium",
    ),
    ("areata", "dermatologist", CLUBS, {"loss_type": "alopecia_areata"}, "alopecia_areata"),
    ("drug-caused", "doctor", CLUBS, {"loss_type": "drug_caused"}, "drug_caused_loss"),
    ("drug-caused", "doctor", CLUBS, {"new_drug_or_chemotherapy": True}, "new_drug"),
    ("traction", "possible candidate", CLUBS, {"loss_type": "traction"}, "traction"),
    ("clubs, slight, early", "might be normal", CLUBS, CALM, "early_slight_telogen"),
    (
        "mostly sheared or misshapen",
        "may have contributed",
        TORN,
        {"setting": "home"},
        "mostly_misshapen",
    ),
    ("mostly sheared or misshapen", "may have contributed", TORN, {}, "mostly_anagen_untold"),
    ("clubs, anagen above a tenth", "look again", SOME_TORN, CALM, "more_torn_than_falling"),
    ("mostly no bulb", "haircut", SNAPPED, {"setting": "clinic"}, "mostly_no_bulb"),
    ("mixed", "our own policy", MIXED, {}, "mixed_roots"),
    ("too few", "our own policy", FEW, {}, "too_few_roots"),
    ("roots not shown", "our own policy", NOT_SHOWN, {}, "roots_not_shown"),
    (
        "clubs, beyond three months",
        "our own policy",
        CLUBS,
        {"weeks_since_start": 14},
        "telogen_beyond_three_months",
    ),
    (
        "home, above 0.25 mm",
        "differ",
        CLUBS,
        {"setting": "home", "needle_mm": 0.3},
        "home_long_needles",
    ),
    ("home, above 0.25 mm", "differ", CLUBS, {"needle_mm": 0.3}, "home_long_needles"),
    ("home, above 0.25 mm", "differ", CLUBS, {"setting": "home"}, "home_length_untold"),
    ("home, any length", "differ", CLUBS, {"setting": "home"}, "home_needling"),
    ("home, any length", "differ", CLUBS, {"device": "roller"}, "device_somewhere"),
    ("platelets", "professionals", CLUBS, {"loss_type": "pattern"}, "platelet_rich_plasma"),
    (
        "home, up to 0.25 mm",
        "gentle",
        CLUBS,
        {"setting": "home", "needle_mm": 0.25},
        "home_short_needles",
    ),
    ("bleeding at home", "stop", CLUBS, BLED | {"setting": "home"}, "bleeding_at_home"),
    ("bleeding at home", "stop", CLUBS, BLED, "bleeding_somewhere"),
    (
        "bleeding in a clinic",
        "minor",
        CLUBS,
        CALM | BLED | {"setting": "clinic"},
        "slight_clinic_bleeding",
    ),
    ("clinic device", "provider", CLUBS, {"setting": "clinic"}, "clinic_device"),
    ("more than weekly", "not settled", CLUBS, {"sessions_per_month": 8}, "too_frequent"),
    (
        "clinic schedule",
        "three to six",
        CLUBS,
        {"setting": "clinic", "sessions_per_month": 1},
        "clinic_schedule",
    ),
    ("minoxidil", "safe together", CLUBS, {"minoxidil": True}, "minoxidil"),
    ("minoxidil", "likelier", CLUBS, CALM | {"minoxidil": True}, "early_minoxidil_shed"),
    ("finasteride", "safe together", CLUBS, {"finasteride": True}, "finasteride"),
    ("finasteride", "likelier", CLUBS, CALM | {"finasteride": True}, "early_finasteride_shed"),
    ("first day", "sun, heat", CLUBS, {"collected": "same_day"}, "first_day_care"),
    ("unclean needles", "sterile", CLUBS, {"setting": "home"}, "clean_needles"),
    ("darker skin", "darker spots", CLUBS, {"skin_tone": "dark"}, "darker_skin"),
    ("anyone", "experimental", CLUBS, {}, "experimental"),
]
"""Statement of the sources, a key term of the advice, the roots and answers it applies to, and its
rule."""

OUR_POLICY: list[Row] = [
    ("missing answers", "missing", CLUBS, {}, "safety_untold"),
    ("clubs", "open questions", CLUBS, {}, "telogen_tell_more"),
    ("clubs", "how long ago", CLUBS, {"shedding": "slight"}, "telogen_since_when"),
    ("clubs", "where", CLUBS, {"shedding": "slight"}, "telogen_where"),
    ("clubs", "more than slight", CLUBS, {"shedding": "moderate"}, "telogen_moderate_shedding"),
    ("clubs", "do not do", CLUBS, {"setting": "none"}, "telogen_no_needling"),
    ("torn", "haircut", TORN, {"setting": "none"}, "mostly_anagen_no_needling"),
    ("too few", "no root could be read", NONE_READ, {}, "too_few_roots"),
    ("bleeding", "clinician", CLUBS, BLED | {"setting": "none"}, "bleeding_without_needling"),
    ("bleeding", "provider", CLUBS, BLED | {"setting": "clinic"}, "clinic_bleeding"),
    ("minors", "parent", CLUBS, {"under_18": True}, "under_18"),
    ("anyone", "not a diagnosis", CLUBS, {}, "limits_of_the_reading"),
]


@pytest.mark.parametrize(("row", "key", "summary", "answers", "rule"), [*TABLE, *OUR_POLICY])
def test_a_rule_applies_to_its_row(
    row: str, key: str, summary: Summary, answers: dict[str, object], rule: str
) -> None:
    given = {each.id: each.text for each in advise(summary, Context.model_validate(answers))}
    assert rule in given, row
    assert key in given[rule].lower()


def test_every_rule_has_its_row() -> None:
    assert {row[4] for row in [*TABLE, *OUR_POLICY]} == {rule.id for rule in rule_book().rules}


def test_rules_without_sources_are_our_policy() -> None:
    ours = {rule.id for rule in rule_book().rules if rule.strength is Strength.OUR_POLICY}
    assert {row[4] for row in OUR_POLICY} <= ours
