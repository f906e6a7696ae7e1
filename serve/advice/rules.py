"""The rules of the advice, loaded from ``rules.json``, and the facts that they test.

The texts of a rule are ``advice.rules.ID`` and ``advice.acts.ACT`` of the catalogue.
"""

import json
from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from model.share.summary import Summary
from serve.advice.questionnaire import Context, LossType, RecentEvent, Setting, open_fields

Fact = str | bool | float | tuple[str, ...] | None
"""None: not answered, or not known."""


_MEDICINES = {RecentEvent.MEDICINE, RecentEvent.CHEMOTHERAPY}
_FROM = {"setting": ("needles",), "recent_events": ("medicine", "trigger")}
"""The facts that follow from an answer."""


def known_facts(summary: Summary, context: Context) -> dict[str, Fact]:
    """The answers, and what follows from them and from the roots, by name.

    ``answer``: the grade with its side. ``share_high``: of telogen, 0 to 1. ``needles``: whether
    the person needles. ``medicine``: whether a medicine may be behind it; ``trigger``: whether
    another event may.
    """
    answer, share = summary.answer, summary.share
    grade = answer.grade.value.removesuffix("_mostly")
    return context.model_dump() | {
        "answer": f"{grade}_{answer.side}" if answer.side else grade,
        "share_high": share.high if share else None,
        "more_no_bulb": summary.no_bulb > summary.misshapen,
        "needles": _needles(context),
        "medicine": _medicine(context),
        "trigger": None
        if context.recent_events is None
        else not _MEDICINES.issuperset(context.recent_events),
    }


def open_facts(context: Context) -> set[str]:
    """The facts that answers to open questions would give."""
    fields = open_fields(context)
    return {*fields, *(fact for field in fields for fact in _FROM.get(field, ()))}


def _needles(context: Context) -> bool | None:
    if context.setting is not None:
        return context.setting is not Setting.NONE
    details = (context.device, context.needle_mm, context.sessions_per_month)
    return True if any(details) or context.weeks_since_start is not None else None


def _medicine(context: Context) -> bool | None:
    events = context.recent_events
    if context.new_drug_or_chemotherapy or context.loss_type is LossType.DRUG_CAUSED:
        return True
    return None if events is None else not _MEDICINES.isdisjoint(events)


SAFETY_UNANSWERED = "safety_untold"
"""The fact that no alarm applies, but could with an answer that is missing."""


class Urgency(StrEnum):
    """The urgency of a piece of advice, the most urgent first."""

    RED_FLAG = "red_flag"
    STOP = "stop"
    SEE_DOCTOR = "see_doctor"
    PAUSE = "pause"
    REVIEW = "review"
    REASSURE = "reassure"
    INFO = "info"


ALARMS = frozenset({Urgency.RED_FLAG, Urgency.STOP, Urgency.SEE_DOCTOR, Urgency.PAUSE})
"""Urgencies next to which no rule may reassure."""


class Strength(StrEnum):
    """The strength of the evidence for a piece of advice, the strongest first."""

    SEVERAL_SOURCES = "several_sources"
    SINGLE_SOURCE = "single_source"
    SOURCES_DIFFER = "sources_differ"
    LIMITED_EVIDENCE = "limited_evidence"
    OPINION = "opinion"
    GENERAL_KNOWLEDGE = "general_knowledge"
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


Condition = StrictBool | Annotated[tuple[StrictBool | str | None, ...], Field(min_length=1)] | Range
"""On one fact: its truth value; a list of values, with null for "not answered"; or bounds."""


class Citation(_Strict):
    """A source, or lines of it. Its name is the text ``advice.sources.SOURCE``."""

    source: str
    lines: tuple[int, ...]


class Rule(_Strict):
    """A piece of advice; it applies if all conditions in ``when`` hold.

    ``act`` is what to do, the rule's id if left out. Rules with one act become one piece of advice.
    """

    id: str
    act: str = ""
    urgency: Urgency
    when: dict[str, Condition]
    stances: dict[Topic, Stance] = {}
    sources: tuple[Citation, ...]
    strength: Strength

    @model_validator(mode="before")
    @classmethod
    def _default_act(cls, rule: dict[str, object]) -> dict[str, object]:
        return {"act": rule["id"], **rule}

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

    @property
    def is_about_needling(self) -> bool:
        """True if the rule is for those who needle."""
        return Topic.NEEDLING in self.stances or not {"needles", "setting"}.isdisjoint(self.when)

    def applies(self, facts: Mapping[str, Fact]) -> bool:
        """True if every condition holds."""
        return all(_holds(condition, facts[name]) for name, condition in self.when.items())

    def could_apply(self, facts: Mapping[str, Fact], open_: Collection[str]) -> bool:
        """True if every condition holds, or could hold once the ``open_`` facts are known."""
        return all(
            (facts[name] is None and name in open_) or _holds(condition, facts[name])
            for name, condition in self.when.items()
        )

    def topics(self, stance: Stance) -> set[Topic]:
        """The topics on which the rule takes ``stance``."""
        return {topic for topic, each in self.stances.items() if each is stance}


class RuleBook(_Strict):
    """All rules, and the sources that they cite."""

    sources: tuple[str, ...]
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
