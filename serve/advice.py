"""What to look at next: rules as data, matched against the roots and the questionnaire."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from model.summary import Summary, Verdict
from serve.context import Context

Fact = str | bool | float | tuple[str, ...] | None


class Urgency(StrEnum):
    """How urgent a piece of advice is, the most urgent first."""

    RED_FLAG = "red_flag"
    STOP = "stop"
    PAUSE = "pause"
    REVIEW = "review"
    REASSURE = "reassure"
    INFO = "info"


class Strength(StrEnum):
    """How strong the source of a piece of advice is."""

    SEVERAL_SOURCES = "several_sources"
    SINGLE_SOURCE = "single_source"
    SOURCES_DIFFER = "sources_differ"
    LIMITED_EVIDENCE = "limited_evidence"
    OPINION = "opinion"
    OUR_POLICY = "our_policy"


@dataclass(frozen=True)
class Advice:
    """One thing to do or to know; ``sources`` names the texts and lines it rests on."""

    id: str
    urgency: Urgency
    text: str
    sources: tuple[str, ...]
    strength: Strength

    def as_json(self) -> dict[str, str | list[str]]:
        """The advice as it stands in answers of the API."""
        return {
            "id": self.id,
            "urgency": self.urgency.value,
            "text": self.text,
            "sources": list(self.sources),
            "strength": self.strength.value,
        }


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


class Given(_Strict):
    """Whether a question was answered at all."""

    given: bool

    def fits(self, fact: Fact) -> bool:
        """Whether ``fact`` is known, or unknown, as asked."""
        return (fact is not None) == self.given


Condition = StrictBool | tuple[str, ...] | Given | Range


class Source(_Strict):
    """Lines of one of the texts."""

    seed: str
    lines: Annotated[tuple[int, ...], Field(min_length=1)]


class Rule(_Strict):
    """Advice and when it is given: all conditions of ``when`` have to fit."""

    id: str
    urgency: Urgency
    when: dict[str, Condition]
    text: str
    sources: tuple[Source, ...]
    strength: Strength

    @model_validator(mode="after")
    def _asks_for_known_facts(self) -> "Rule":
        unknown = self.when.keys() - known_facts(Summary(), Context()).keys()
        if unknown:
            raise ValueError(f"rule {self.id} asks for unknown facts: {sorted(unknown)}")
        return self

    def fits(self, facts: Mapping[str, Fact]) -> bool:
        """Whether every condition fits."""
        return all(_fits(condition, facts[name]) for name, condition in self.when.items())


class RuleBook(_Strict):
    """All rules, and the names of the texts behind them."""

    sources: dict[str, str]
    rules: tuple[Rule, ...]


def advise(summary: Summary, context: Context) -> tuple[Advice, ...]:
    """The advice that fits, the most urgent first.

    Reassurance is given only where nothing says pause or stop. Beside a red flag or a stop, what
    remains is what is urgent and what holds for anyone (a rule without conditions).
    """
    book, facts = rule_book(), known_facts(summary, context)
    fitting = [rule for rule in book.rules if rule.fits(facts)]
    order = list(Urgency)
    fitting.sort(key=lambda rule: order.index(rule.urgency))
    most_urgent = fitting[0].urgency
    return tuple(_advice(rule, book) for rule in fitting if _may_stand(rule, most_urgent))


@cache
def rule_book() -> RuleBook:
    """The rules of ``serve/rules.json``. Raises pydantic's ValidationError for a broken file."""
    text = files("serve").joinpath("rules.json").read_text(encoding="utf-8")
    return RuleBook.model_validate(json.loads(text))


def known_facts(summary: Summary, context: Context) -> dict[str, Fact]:
    """What rules may ask for: each answer, each count, and what follows from the counts."""
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


def _fits(condition: Condition, fact: Fact) -> bool:
    if isinstance(condition, bool):
        return fact is condition
    if isinstance(condition, tuple):
        said = fact if isinstance(fact, tuple) else (fact,)
        return any(answer in condition for answer in said)
    return condition.fits(fact)


def _may_stand(rule: Rule, most_urgent: Urgency) -> bool:
    if most_urgent in (Urgency.RED_FLAG, Urgency.STOP):
        return rule.urgency not in (Urgency.REASSURE, Urgency.INFO) or not rule.when
    return rule.urgency is not Urgency.REASSURE or most_urgent is not Urgency.PAUSE


def _advice(rule: Rule, book: RuleBook) -> Advice:
    named = (f"{book.sources[source.seed]}, {_lines(source.lines)}" for source in rule.sources)
    return Advice(rule.id, rule.urgency, rule.text, tuple(named), rule.strength)


def _lines(numbers: tuple[int, ...]) -> str:
    listed = ", ".join(map(str, numbers))
    return f"line {listed}" if len(numbers) == 1 else f"lines {listed}"
