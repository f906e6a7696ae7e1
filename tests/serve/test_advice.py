import re
from itertools import product

import pytest
from pydantic import ValidationError

from model.summary import ShareInterval, Summary, Verdict
from serve.advice import Given, Range, Rule, Strength, Urgency, advise, rule_book
from serve.context import Context

CLUBS = Summary(
    telogen=20, share=ShareInterval(0.96, 0.86, 1.0, 0.95), verdict=Verdict.MOSTLY_TELOGEN
)
SOME_TORN = Summary(
    telogen=40,
    misshapen=10,
    share=ShareInterval(0.8, 0.67, 0.89, 0.95),
    verdict=Verdict.MOSTLY_TELOGEN,
)
TORN = Summary(misshapen=15, no_bulb=5, verdict=Verdict.MOSTLY_ANAGEN)
SNAPPED = Summary(misshapen=5, no_bulb=15, verdict=Verdict.MOSTLY_ANAGEN)
MIXED = Summary(telogen=10, misshapen=10, verdict=Verdict.MIXED)
NOT_SHOWN = Summary(telogen=10, unsure=20, verdict=Verdict.ROOTS_NOT_SHOWN)
FEW = Summary(telogen=2)
SUMMARIES = (CLUBS, SOME_TORN, TORN, SNAPPED, MIXED, NOT_SHOWN, FEW)
CALM = {"shedding": "slight", "weeks_since_start": 4}


def ids(summary: Summary, **answers: object) -> list[str]:
    return [each.id for each in advise(summary, Context.model_validate(answers))]


@pytest.mark.parametrize(
    ("summary", "answers", "expected"),
    [
        (CLUBS, CALM, "early_slight_telogen"),
        (CLUBS, CALM | {"minoxidil": True}, "early_minoxidil_shed"),
        (CLUBS, {}, "telogen_tell_more"),
        (CLUBS, {"shedding": "slight"}, "telogen_since_when"),
        (CLUBS, {"weeks_since_start": 14}, "telogen_beyond_three_months"),
        (CLUBS, {"shedding": "moderate"}, "telogen_moderate_shedding"),
        (CLUBS, {"shedding": "severe"}, "severe_shedding"),
        (CLUBS, {"density_loss": True}, "density_loss"),
        (SOME_TORN, CALM, "more_torn_than_falling"),
        (TORN, {"setting": "home"}, "mostly_misshapen"),
        (SNAPPED, {"setting": "clinic"}, "mostly_no_bulb"),
        (TORN, {"setting": "none"}, "mostly_anagen_no_needling"),
        (TORN, {}, "mostly_anagen_untold"),
        (MIXED, {}, "mixed_roots"),
        (FEW, {}, "too_few_roots"),
        (NOT_SHOWN, {}, "roots_not_shown"),
        (CLUBS, {"scalp_signs": ["pus"]}, "infection_signs"),
        (CLUBS, {"scalp_signs": ["itching", "fever"]}, "infection_signs"),
        (CLUBS, {"scalp_signs": ["sudden_patches"]}, "patches_or_scarring"),
        (CLUBS, {"scalp_signs": ["bleeding"], "setting": "home"}, "bleeding_at_home"),
        (CLUBS, {"scalp_signs": ["bleeding"], "setting": "clinic"}, "clinic_bleeding"),
        (CLUBS, {"scalp_signs": ["bleeding"], "setting": "none"}, "bleeding_without_needling"),
        (CLUBS, {"scalp_signs": ["bleeding"]}, "bleeding_somewhere"),
        (CLUBS, {"scalp_signs": ["redness"], "signs_tied_to_sessions": False}, "inflamed_scalp"),
        (
            CLUBS,
            {"scalp_signs": ["redness"], "signs_tied_to_sessions": True},
            "settling_after_session",
        ),
        (CLUBS, {"scalp_signs": ["redness"]}, "irritated_scalp_unclear"),
        (CLUBS, {"scalp_signs": ["dandruff"], "signs_tied_to_sessions": True}, "dandruff_tied"),
        (CLUBS, {"loss_type": "scarring"}, "scarring_loss"),
        (CLUBS, {"loss_type": "drug_caused"}, "drug_caused_loss"),
        (CLUBS, {"new_drug_or_chemotherapy": True}, "new_drug"),
        (CLUBS, {"loss_type": "pattern"}, "pattern_loss"),
        (CLUBS, {"loss_type": "telogen_effluvium"}, "telogen_effluvium"),
        (CLUBS, {"loss_type": "alopecia_areata"}, "alopecia_areata"),
        (CLUBS, {"loss_type": "traction"}, "traction"),
        (CLUBS, {"setting": "home", "needle_mm": 0.3}, "home_long_needles"),
        (CLUBS, {"setting": "home", "needle_mm": 0.25}, "home_short_needles"),
        (CLUBS, {"setting": "home"}, "home_any_device"),
        (CLUBS, {"setting": "clinic"}, "clinic_device"),
        (CLUBS, {"setting": "home", "sessions_per_month": 8}, "too_frequent"),
        (CLUBS, {"minoxidil": True}, "minoxidil"),
        (CLUBS, {"finasteride": True}, "finasteride"),
        (CLUBS, {"skin_tone": "dark", "setting": "home"}, "darker_skin"),
        (CLUBS, {"collected": "same_day", "setting": "home"}, "first_day_care"),
        (CLUBS, {"under_18": True}, "under_18"),
        (CLUBS, {}, "experimental"),
        (CLUBS, {}, "limits_of_the_reading"),
    ],
)
def test_each_rule_speaks_when_it_should(
    summary: Summary, answers: dict[str, object], expected: str
) -> None:
    assert expected in ids(summary, **answers)


def test_every_rule_has_its_row_above() -> None:
    (table,) = (
        mark
        for mark in test_each_rule_speaks_when_it_should.pytestmark  # type: ignore[attr-defined]
    )
    assert {row[2] for row in table.args[1]} == {rule.id for rule in rule_book().rules}


@pytest.mark.parametrize(
    ("summary", "answers", "unexpected"),
    [
        (SOME_TORN, CALM, "early_slight_telogen"),
        (CLUBS, CALM | {"weeks_since_start": 14}, "early_slight_telogen"),
        (CLUBS, CALM | {"density_loss": True}, "early_slight_telogen"),
        (CLUBS, CALM | {"under_18": True}, "early_slight_telogen"),
        (MIXED, CALM, "early_slight_telogen"),
        (FEW, CALM, "early_slight_telogen"),
        (CLUBS, {"setting": "clinic", "needle_mm": 1.5}, "home_long_needles"),
        (CLUBS, {"setting": "home", "sessions_per_month": 4}, "too_frequent"),
        (CLUBS, {"density_loss": False}, "density_loss"),
        (TORN, {"setting": "none"}, "mostly_misshapen"),
        (CLUBS, {"shedding": "severe", "loss_type": "pattern"}, "pattern_loss"),
        (CLUBS, {"scalp_signs": []}, "irritated_scalp_unclear"),
    ],
)
def test_rules_keep_quiet_where_they_should(
    summary: Summary, answers: dict[str, object], unexpected: str
) -> None:
    assert unexpected not in ids(summary, **answers)


def _grid() -> list[Context]:
    answers = product(
        (None, "home", "clinic"),
        (None, "slight", "severe"),
        (None, 4, 30),
        (None, True),
        (None, ("pus",), ("redness",), ("bleeding",), ("dandruff", "scarring")),
        (None, True, False),
        (None, "scarring"),
    )
    names = (
        "setting",
        "shedding",
        "weeks_since_start",
        "density_loss",
        "scalp_signs",
        "signs_tied_to_sessions",
        "loss_type",
    )
    return [
        Context.model_validate(dict(zip(names, given, strict=True)) | {"minoxidil": True})
        for given in answers
    ]


def test_nothing_reassures_beside_a_warning_and_urgency_comes_first() -> None:
    order = list(Urgency)
    reassured = warned = 0
    for context, summary in product(_grid(), SUMMARIES):
        urgencies = [each.urgency for each in advise(summary, context)]
        assert urgencies == sorted(urgencies, key=order.index)
        warns = bool({Urgency.RED_FLAG, Urgency.STOP, Urgency.PAUSE} & set(urgencies))
        assert not (warns and Urgency.REASSURE in urgencies)
        reassured += Urgency.REASSURE in urgencies
        warned += warns
    assert reassured > 10
    assert warned > 10


def test_some_loss_or_scalp_sign_always_silences_calm_words() -> None:
    alarming = (
        {"density_loss": True},
        {"shedding": "severe"},
        {"scalp_signs": ("pus",)},
        {"scalp_signs": ("smooth_bald_spots",)},
        {"new_drug_or_chemotherapy": True},
    )
    for answers in alarming:
        for each in advise(CLUBS, Context.model_validate(CALM | answers)):
            assert not re.search(r"normal|need not worry|to be expected", each.text)


def test_words_of_calm_stand_in_rules_of_calm_alone() -> None:
    calm = re.compile(r"\bnormal\b|need not worry|is to be expected|minor and short")
    for rule in rule_book().rules:
        assert not calm.search(rule.text) or rule.urgency is Urgency.REASSURE, rule.id


def test_what_is_known_to_be_wrong_is_never_repeated() -> None:
    wrong = re.compile(
        r"DHT|dihydrotestosterone|\bsham\b|1\.25|2\s?[-–]\s?6 weeks|exclamation|pencil|diagnosed",
        re.I,
    )
    texts = [rule.text for rule in rule_book().rules]
    assert not any(wrong.search(text) for text in texts)


def test_sources_are_named_or_it_is_our_own_policy() -> None:
    book = rule_book()
    assert len({rule.id for rule in book.rules}) == len(book.rules)
    for rule in book.rules:
        assert {source.seed for source in rule.sources} <= book.sources.keys()
        assert bool(rule.sources) != (rule.strength is Strength.OUR_POLICY), rule.id
        assert 30 < len(rule.text) < 330, rule.id
        assert rule.text.endswith("."), rule.id
        several = rule.strength in (Strength.SEVERAL_SOURCES, Strength.SOURCES_DIFFER)
        assert len(rule.sources) > 1 or not several, rule.id


def test_advice_says_where_it_comes_from() -> None:
    (severe,) = (
        each
        for each in advise(CLUBS, Context.model_validate({"shedding": "severe"}))
        if each.id == "severe_shedding"
    )
    assert severe.sources == (
        "hair-loss education site on shedding after microneedling (seed 004), lines 65, 66",
    )
    assert severe.as_json()["urgency"] == "stop"


@pytest.mark.parametrize(
    ("bounds", "fact", "fits"),
    [
        ({"above": 0.25}, 0.25, False),
        ({"above": 0.25}, 0.26, True),
        ({"at_least": 0.9}, 0.9, True),
        ({"below": 0.9}, 0.9, False),
        ({"at_most": 13}, 13, True),
        ({"at_least": 1, "at_most": 2}, 3, False),
        ({"at_most": 13}, None, False),
        ({"at_most": 13}, True, False),
    ],
)
def test_ranges(bounds: dict[str, float], fact: float | None, fits: bool) -> None:
    assert Range(**bounds).fits(fact) is fits


def test_given_tells_no_from_silence() -> None:
    assert Given(given=True).fits(False)
    assert Given(given=False).fits(None)
    assert not Given(given=True).fits(None)


@pytest.mark.parametrize(
    "broken",
    [
        {"when": {"phase_of_moon": ["full"]}},
        {"when": {"needle_mm": {"roughly": 1}}},
        {"urgency": "panic"},
        {"strength": "certain"},
        {"sources": [{"seed": "004", "lines": []}]},
    ],
)
def test_broken_rules_are_refused(broken: dict[str, object]) -> None:
    good = rule_book().rules[0].model_dump()
    Rule.model_validate(good)
    with pytest.raises(ValidationError):
        Rule.model_validate(good | broken)


@pytest.mark.parametrize(
    "wrong",
    [
        {"needle_mm": 4},
        {"needle_mm": "nan"},
        {"weeks_since_start": -1},
        {"setting": "moon"},
        {"name": "x"},
    ],
)
def test_a_context_out_of_bounds_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Context.model_validate(wrong)


def test_rules_without_conditions_always_stand() -> None:
    always = {rule.id for rule in rule_book().rules if not rule.when}
    assert always
    assert always <= set(ids(CLUBS, scalp_signs=["pus"], density_loss=True))
