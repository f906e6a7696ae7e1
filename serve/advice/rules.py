"""The rules of the advice, loaded from ``rules.json``, and the facts that they test."""

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
"""None: not answered, or not known."""


def known_facts(summary: Summary, context: Context) -> dict[str, Fact]:
    """The answers, the counts and the facts derived from them, by name.

    ``share_low`` and ``share_high`` are shares of telogen, 0 to 1.
    """
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


SAFETY_UNANSWERED = "safety_untold"
"""The fact that no alarm applies, but could with an answer that is missing."""


class Urgency(StrEnum):
    """The urgency of a piece of advice, the most urgent first."""

    RED_FLAG = "red_flag"
    STOP = "stop"
    PAUSE = "pause"
    REVIEW = "review"
    REASSURE = "reassure"
    INFO = "info"


ALARMS = frozenset({Urgency.RED_FLAG, Urgency.STOP, Urgency.PAUSE})
"""Urgencies next to which no rule may reassure."""


class Strength(StrEnum):
    """The strength of the evidence for a piece of advice."""

    SEVERAL_SOURCES = "several_sources"
    SINGLE_SOURCE = "single_source"
    SOURCES_DIFFER = "sources_differ"
    LIMITED_EVIDENCE = "limited_evidence"
    OPINION = "opinion"
    OUR_POLICY = "our_policy"


class Topic(StrEnum):
    """Topics on which two pieces of advice could contradict each other."""

    NEEDLING = "needling"
    SHEDDING = "shedding"
    SCALP = "scalp"


class Stance(StrEnum):
    """The stance of a rule on a topic: all is well, or take care."""

    CALM = "calm"
    CAREFUL = "careful"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Range(_Strict):
    """Bounds on a number; a missing number is outside."""

    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None

    def contains(self, fact: Fact) -> bool:
        """True if ``fact`` is a number within all bounds."""
        if not isinstance(fact, int | float) or isinstance(fact, bool):
            return False
        return (
            (self.above is None or fact > self.above)
            and (self.at_least is None or fact >= self.at_least)
            and (self.at_most is None or fact <= self.at_most)
            and (self.below is None or fact < self.below)
        )


Condition = StrictBool | tuple[str | None, ...] | Range
"""On one fact: its truth value; a list of values, with null for "not answered"; or bounds."""


class Citation(_Strict):
    """Lines of one of the source texts."""

    seed: str
    lines: Annotated[tuple[int, ...], Field(min_length=1)]


class Rule(_Strict):
    """A piece of advice; it applies if all conditions in ``when`` hold.

    ``{interval}`` in the text is replaced by a sentence with the interval of the telogen share.
    """

    id: str
    urgency: Urgency
    when: dict[str, Condition]
    stances: dict[Topic, Stance] = {}
    text: str
    sources: tuple[Citation, ...]
    strength: Strength

    @model_validator(mode="after")
    def _check_facts(self) -> "Rule":
        known = known_facts(Summary(), Context()).keys()
        unknown = self.when.keys() - (known if self.is_alarm else known | {SAFETY_UNANSWERED})
        if unknown:
            raise ValueError(f"rule {self.id} has unknown facts: {sorted(unknown)}")
        return self

    @property
    def is_alarm(self) -> bool:
        """True if no rule may reassure next to this one."""
        return self.urgency in ALARMS

    def applies(self, facts: Mapping[str, Fact]) -> bool:
        """True if every condition holds."""
        return all(_holds(condition, facts[name]) for name, condition in self.when.items())

    def could_apply(self, facts: Mapping[str, Fact]) -> bool:
        """True if every condition holds, or could hold once missing answers are given."""
        return all(
            facts[name] is None or _holds(condition, facts[name])
            for name, condition in self.when.items()
        )

    def topics(self, stance: Stance) -> set[Topic]:
        """The topics on which the rule takes ``stance``."""
        return {topic for topic, each in self.stances.items() if each is stance}


class RuleBook(_Strict):
    """All rules, and the names of their source texts."""

    sources: dict[str, str]
    rules: tuple[Rule, ...]


@cache
def rule_book() -> RuleBook:
    """Loads ``serve/advice/rules.json``; raises pydantic's ValidationError if it is malformed."""
    text = files("serve").joinpath("advice/rules.json").read_text(encoding="utf-8")
    return RuleBook.model_validate(json.loads(text))


def _holds(condition: Condition, fact: Fact) -> bool:
    if isinstance(condition, bool):
        return fact is condition
    if isinstance(condition, tuple):
        answers = fact if isinstance(fact, tuple) else (fact,)
        return any(answer in condition for answer in answers)
    return condition.contains(fact)
