"""Summaries and answers in the combinations that the tests of the advice use."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations, product

from model.share.answer import summarise_counts
from model.share.counts import LabelCounts
from model.share.summary import Summary
from serve.advice.advise import select_rules
from serve.advice.questionnaire import (
    Collected,
    Context,
    Device,
    LossType,
    Setting,
    Shedding,
    SkinTone,
)
from serve.advice.rules import Rule, known_facts, open_facts, rule_book

CLUBS = summarise_counts(LabelCounts(telogen=28))
SOME_TORN = summarise_counts(LabelCounts(telogen=80, misshapen=20))
TORN = summarise_counts(LabelCounts(misshapen=15, no_bulb=5))
SNAPPED = summarise_counts(LabelCounts(misshapen=5, no_bulb=15))
PROBABLY_CLUBS = summarise_counts(LabelCounts(telogen=14, misshapen=6))
MIXED = summarise_counts(LabelCounts(telogen=10, misshapen=10))
FEW = summarise_counts(LabelCounts(telogen=2))
NONE_READ = summarise_counts(LabelCounts(unsure=4))
SUMMARIES = (CLUBS, SOME_TORN, TORN, SNAPPED, PROBABLY_CLUBS, MIXED, FEW)

CALM: dict[str, object] = {
    "setting": "home",
    "shedding": "slight",
    "weeks_since_start": 4,
    "density_loss": False,
    "scalp_signs": (),
}
"""The fewest answers that let a photo of clubs reassure a person who needles."""
CALM_WITHOUT: dict[str, object] = {
    "setting": "none",
    "shedding": "not_more",
    "density_loss": False,
    "scalp_signs": (),
    "recent_events": (),
}
"""The fewest that let it reassure a person who does not."""

_YES_NO = (None, True, False)
ANSWERS: dict[str, tuple[object, ...]] = {
    "setting": (None, *Setting),
    "device": (None, Device.ROLLER),
    "needle_mm": (None, 0.0, 0.25, 0.3, 1.5),
    "sessions_per_month": (None, 1.0, 4.5, 8.0),
    "weeks_since_start": (None, 0.0, 13.0, 14.0),
    "collected": (None, Collected.SAME_DAY, Collected.UNKNOWN),
    "shedding": (None, *Shedding),
    "shedding_over_six_months": _YES_NO,
    "recent_events": (None, (), ("childbirth",), ("diet", "stress"), ("chemotherapy",)),
    "density_loss": _YES_NO,
    "scalp_signs": (
        None,
        (),
        ("pus",),
        ("scarring",),
        ("bleeding",),
        ("dandruff",),
        ("redness",),
        ("itching", "bleeding"),
    ),
    "signs_tied_to_sessions": _YES_NO,
    "loss_type": (None, *LossType),
    "minoxidil": _YES_NO,
    "finasteride": _YES_NO,
    "skin_tone": (None, SkinTone.LIGHT, SkinTone.DARK),
    "under_18": _YES_NO,
    "new_drug_or_chemotherapy": _YES_NO,
}
"""Every answer on which a rule depends, and both sides of every bound that a rule sets."""


@cache
def contexts() -> tuple[Context, ...]:
    """Every pair of answers put into calm ones and into none at all; each context once."""
    pairs = ({}, *_pairs())
    without = [pair for pair in pairs if pair.keys() <= CALM_WITHOUT.keys()]
    put = (({}, pairs), (CALM, pairs), (CALM_WITHOUT, without))
    grid = (Context.model_validate(base | pair) for base, chosen in put for pair in chosen)
    return tuple({each.model_dump_json(): each for each in grid}.values())


def chosen(summary: Summary, context: Context) -> list[Rule]:
    """The rules behind ``advise(summary, context)``."""
    facts = known_facts(summary, context)
    return select_rules(rule_book().rules, facts, open_facts(context))


def _pairs() -> Iterator[dict[str, object]]:
    for (one, its), (other, others) in combinations(ANSWERS.items(), 2):
        yield from ({one: a, other: b} for a, b in product(its, others))
