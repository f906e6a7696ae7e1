"""Summaries and answers in the combinations that the tests of the advice use."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations, product

from model.share.summary import ShareInterval, Summary, Verdict
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
from serve.advice.rules import Rule, known_facts, rule_book

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
MIXED = Summary(
    telogen=10,
    misshapen=10,
    share=ShareInterval(0.5, 0.302, 0.698, 0.95),
    verdict=Verdict.MIXED,
)
NOT_SHOWN = Summary(
    telogen=10,
    unsure=20,
    share=ShareInterval(0.6, 0.21, 0.99, 0.95),
    verdict=Verdict.ROOTS_NOT_SHOWN,
)
FEW = Summary(telogen=2, share=ShareInterval(0.79, 0.37, 1.0, 0.95))
NONE_READ = Summary(unsure=4)
SUMMARIES = (CLUBS, SOME_TORN, TORN, SNAPPED, MIXED, NOT_SHOWN, FEW, NONE_READ)

CALM: dict[str, object] = {
    "setting": "home",
    "shedding": "slight",
    "weeks_since_start": 4,
    "density_loss": False,
    "scalp_signs": (),
    "loss_type": "unknown",
    "new_drug_or_chemotherapy": False,
    "under_18": False,
}
"""The fewest answers that let a photo of clubs reassure."""

_YES_NO = (None, True, False)
ANSWERS: dict[str, tuple[object, ...]] = {
    "setting": (None, *Setting),
    "device": (None, *Device),
    "needle_mm": (None, 0.0, 0.25, 0.3, 1.5),
    "sessions_per_month": (None, 0.2, 1.0, 4.5, 8.0),
    "weeks_since_start": (None, 0.0, 13.0, 14.0),
    "collected": (None, *Collected),
    "shedding": (None, *Shedding),
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
    "skin_tone": (None, *SkinTone),
    "under_18": _YES_NO,
    "new_drug_or_chemotherapy": _YES_NO,
}
"""Every answer to a closed question, and both sides of every bound that a rule sets."""


@cache
def contexts() -> tuple[Context, ...]:
    """Every pair of answers put into the calm ones and into none at all; each context once."""
    put = ({}, *_pairs())
    grid = (Context.model_validate(base | pair) for base in ({}, CALM) for pair in put)
    return tuple({each.model_dump_json(): each for each in grid}.values())


def chosen(summary: Summary, context: Context) -> list[Rule]:
    """The rules behind ``advise(summary, context)``."""
    return select_rules(rule_book().rules, known_facts(summary, context))


def _pairs() -> Iterator[dict[str, object]]:
    for (one, its), (other, others) in combinations(ANSWERS.items(), 2):
        yield from ({one: a, other: b} for a, b in product(its, others))
