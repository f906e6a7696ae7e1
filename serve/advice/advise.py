"""Advice: the rules that apply to the roots and the answers of the questionnaire."""

from collections.abc import Mapping
from dataclasses import dataclass

from model.share.summary import Summary
from serve.advice.questionnaire import Context
from serve.advice.rules import (
    SAFETY_UNANSWERED,
    Fact,
    Rule,
    Stance,
    Strength,
    Urgency,
    known_facts,
    rule_book,
)

_RANK = {urgency: rank for rank, urgency in enumerate(Urgency)}


@dataclass(frozen=True)
class Advice:
    """One recommendation or fact; ``sources`` names the texts and lines it rests on."""

    id: str
    urgency: Urgency
    text: str
    sources: tuple[str, ...]
    strength: Strength

    def as_json(self) -> dict[str, str | list[str]]:
        """The advice as in the answers of the API."""
        return {
            "id": self.id,
            "urgency": self.urgency.value,
            "text": self.text,
            "sources": list(self.sources),
            "strength": self.strength.value,
        }

    def as_text(self) -> str:
        """The advice for a terminal, followed by a line with its sources."""
        strength, urgency = (name.replace("_", " ") for name in (self.strength, self.urgency))
        return f"- {urgency.capitalize()}: {self.text}\n  ({'; '.join([strength, *self.sources])})"


def advise(summary: Summary, context: Context) -> tuple[Advice, ...]:
    """The advice that applies, the most urgent first; never empty."""
    book, interval = rule_book(), _interval(summary)
    advice = []
    for rule in select_rules(book.rules, known_facts(summary, context)):
        sources = []
        for source in rule.sources:
            word = "line" if len(source.lines) == 1 else "lines"
            lines = ", ".join(map(str, source.lines))
            sources.append(f"{book.sources[source.seed]}, {word} {lines}")
        text = rule.text.replace("{interval}", interval)
        advice.append(Advice(rule.id, rule.urgency, text, tuple(sources), rule.strength))
    return tuple(advice)


def select_rules(rules: tuple[Rule, ...], facts: Mapping[str, Fact]) -> list[Rule]:
    """The rules that apply and do not contradict each other, the most urgent first.

    A missing answer counts as its worst case: a rule reassures only if no alarm (red flag, stop or
    pause) applies, and none could apply with any answer still open. So leaving out an answer never
    adds reassurance.
    """
    alarms = [rule for rule in rules if rule.is_alarm]
    alarm_possible = any(rule.could_apply(facts) for rule in alarms)
    alarmed = any(rule.applies(facts) for rule in alarms)
    facts = {**facts, SAFETY_UNANSWERED: alarm_possible and not alarmed}
    applying = [rule for rule in rules if rule.applies(facts)]
    if alarm_possible:
        applying = [rule for rule in applying if rule.urgency is not Urgency.REASSURE]
    return sorted(_without_contradictions(applying), key=lambda rule: _RANK[rule.urgency])


def _without_contradictions(rules: list[Rule]) -> list[Rule]:
    """Drops rules that are calm on a topic on which another rule is careful.

    Next to a red flag or a stop, information is dropped too, unless it holds for everyone (a rule
    without conditions).
    """
    careful = {topic for rule in rules for topic in rule.topics(Stance.CAREFUL)}
    stop = any(rule.urgency in (Urgency.RED_FLAG, Urgency.STOP) for rule in rules)
    return [
        rule
        for rule in rules
        if not careful & rule.topics(Stance.CALM)
        and not (stop and rule.urgency is Urgency.INFO and rule.when)
    ]


def _interval(summary: Summary) -> str:
    share = summary.share
    if share is None:
        return "No root could be read yet."
    low, high, level = (round(100 * part) for part in (share.low, share.high, share.level))
    return f"So far the telogen share lies between {low} and {high} % with {level} % probability."
