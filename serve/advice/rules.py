"""The rules behind the advice, as data: what each says, when, and on whose word.

What rules may ask for: each answer, each count, and what follows from the counts.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from model.share.summary import Summary, Verdict
from serve.advice.questionnaire import Context

Fact = str | bool | float | tuple[str, ...] | None
"""None: not told, or not known."""


def known_facts(summary: Summary, context: Context) -> dict[str, Fact]:
    """The facts by name; ``share_low`` and ``share_high`` are shares of telogen, 0 to 1."""
    share = summary.share
    return context.model_dump() | {
        "telogen": summary.telogen,
        "misshapen": summary.misshapen,
        "no_bulb": summary.no_bulb,
        "unsure": summary.unsure,
        "verdict": summary.verdict.value,
        "p_most_telogen": summary.p_most_telogen,
        "share_low": share.low if share else None,
        "share_high": share.high if share else None,
        "mostly_no_bulb": (
            summary.verdict is Verdict.MOSTLY_ANAGEN and summary.no_bulb > summary.misshapen
        ),
    }


SAFETY_UNTOLD = "safety_untold"
"""The fact that no answer alarms, and that an answer not given still could."""


class Urgency(StrEnum):
    """How urgent a piece of advice is, the most urgent first."""

    RED_FLAG = "red_flag"
    STOP = "stop"
    PAUSE = "pause"
    REVIEW = "review"
    REASSURE = "reassure"
    INFO = "info"


ALARMS = frozenset({Urgency.RED_FLAG, Urgency.STOP, Urgency.PAUSE})
"""What nothing may reassure over."""


class Strength(StrEnum):
    """How strong the source of a piece of advice is."""

    SEVERAL_SOURCES = "several_sources"
    SINGLE_SOURCE = "single_source"
    SOURCES_DIFFER = "sources_differ"
    LIMITED_EVIDENCE = "limited_evidence"
    OPINION = "opinion"
    OUR_POLICY = "our_policy"


class Topic(StrEnum):
    """What two pieces of advice could contradict each other about."""

    NEEDLING = "needling"
    SHEDDING = "shedding"
    SCALP = "scalp"


class Stance(StrEnum):
    """What a rule says of a topic: all is well with it, or take care."""

    CALM = "calm"
    CAREFUL = "careful"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Range(_Strict):
    """Bounds on a number; a missing one never fits."""

    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None

    def fits(self, fact: Fact) -> bool:
        """Whether ``fact`` is a number within all bounds."""
        if not isinstance(fact, int | float) or isinstance(fact, bool):
            return False
        return (
            (self.above is None or fact > self.above)
            and (self.at_least is None or fact >= self.at_least)
            and (self.at_most is None or fact <= self.at_most)
            and (self.below is None or fact < self.below)
        )


Condition = StrictBool | tuple[str | None, ...] | Range
"""On one fact: that it is so; that it is one of these, with null for "not told"; its bounds."""


class Source(_Strict):
    """Lines of one of the texts."""

    seed: str
    lines: Annotated[tuple[int, ...], Field(min_length=1)]


class Rule(_Strict):
    """Advice and when it is given: all conditions of ``when`` have to fit.

    ``{interval}`` in the text is replaced by a sentence that gives the telogen share's interval.
    """

    id: str
    urgency: Urgency
    when: dict[str, Condition]
    says: dict[Topic, Stance] = {}
    text: str
    sources: tuple[Source, ...]
    strength: Strength

    @model_validator(mode="after")
    def _asks_for_known_facts(self) -> "Rule":
        known = known_facts(Summary(), Context()).keys()
        unknown = self.when.keys() - (known if self.alarms else known | {SAFETY_UNTOLD})
        if unknown:
            raise ValueError(f"rule {self.id} asks for unknown facts: {sorted(unknown)}")
        return self

    @property
    def alarms(self) -> bool:
        """Whether nothing may reassure beside this rule."""
        return self.urgency in ALARMS

    def fits(self, facts: Mapping[str, Fact]) -> bool:
        """Whether every condition fits."""
        return all(_fits(condition, facts[name]) for name, condition in self.when.items())

    def could_fit(self, facts: Mapping[str, Fact]) -> bool:
        """Whether every condition fits, or could if what is not told were told."""
        return all(
            facts[name] is None or _fits(condition, facts[name])
            for name, condition in self.when.items()
        )

    def about(self, stance: Stance) -> set[Topic]:
        """The topics of which the rule says this."""
        return {topic for topic, said in self.says.items() if said is stance}


class RuleBook(_Strict):
    """All rules, and the names of the texts behind them."""

    sources: dict[str, str]
    rules: tuple[Rule, ...]


@cache
def rule_book() -> RuleBook:
    """The rules of ``serve/advice/rules.json``. Raises pydantic's ValidationError for a broken
    file."""
    text = files("serve").joinpath("advice/rules.json").read_text(encoding="utf-8")
    return RuleBook.model_validate(json.loads(text))


def _fits(condition: Condition, fact: Fact) -> bool:
    if isinstance(condition, bool):
        return fact is condition
    if isinstance(condition, tuple):
        said = fact if isinstance(fact, tuple) else (fact,)
        return any(answer in condition for answer in said)
    return condition.fits(fact)
