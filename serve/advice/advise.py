"""What to look at next: the rules that fit the roots and the questionnaire."""

from collections.abc import Mapping
from dataclasses import dataclass

from model.share.summary import Summary
from serve.advice.questionnaire import Context
from serve.advice.rules import (
    SAFETY_UNTOLD,
    Fact,
    Rule,
    RuleBook,
    Stance,
    Strength,
    Urgency,
    known_facts,
    rule_book,
)

_MOST_URGENT_FIRST = {urgency: place for place, urgency in enumerate(Urgency)}


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

    def as_text(self) -> str:
        """The advice as a terminal shows it, with its sources on a line of their own."""
        rests_on = "; ".join([_spaced(self.strength), *self.sources])
        return f"- {_spaced(self.urgency).capitalize()}: {self.text}\n  ({rests_on})"


def advise(summary: Summary, context: Context) -> tuple[Advice, ...]:
    """The advice that fits, the most urgent first; never empty."""
    book = rule_book()
    interval = _interval(summary)
    chosen = chosen_rules(book.rules, known_facts(summary, context))
    return tuple(_advice(rule, book, interval) for rule in chosen)


def chosen_rules(rules: tuple[Rule, ...], facts: Mapping[str, Fact]) -> list[Rule]:
    """The rules that fit and may stand side by side, the most urgent first.

    What is not told is taken at its worst: a rule reassures only where no rule says stop or pause,
    and none would whatever the open answers were. So leaving out an answer never adds reassurance.
    """
    alarms = [rule for rule in rules if rule.alarms]
    alarm_possible = any(rule.could_fit(facts) for rule in alarms)
    alarmed = any(rule.fits(facts) for rule in alarms)
    facts = {**facts, SAFETY_UNTOLD: alarm_possible and not alarmed}
    fitting = [rule for rule in rules if rule.fits(facts)]
    if alarm_possible:
        fitting = [rule for rule in fitting if rule.urgency is not Urgency.REASSURE]
    return sorted(_agreeing(fitting), key=lambda rule: _MOST_URGENT_FIRST[rule.urgency])


def _agreeing(rules: list[Rule]) -> list[Rule]:
    """Without what is calm where another rule is careful, or beside the point where one says stop:
    there, of mere information only what holds for anyone remains (a rule without conditions)."""
    careful = {topic for rule in rules for topic in rule.about(Stance.CAREFUL)}
    stop = any(rule.urgency in (Urgency.RED_FLAG, Urgency.STOP) for rule in rules)
    return [
        rule
        for rule in rules
        if not careful & rule.about(Stance.CALM)
        and not (stop and rule.urgency is Urgency.INFO and rule.when)
    ]


def _advice(rule: Rule, book: RuleBook, interval: str) -> Advice:
    named = (f"{book.sources[source.seed]}, {_lines(source.lines)}" for source in rule.sources)
    text = rule.text.replace("{interval}", interval)
    return Advice(rule.id, rule.urgency, text, tuple(named), rule.strength)


def _interval(summary: Summary) -> str:
    share = summary.share
    if share is None:
        return "No root could be read yet."
    low, high, level = (round(100 * part) for part in (share.low, share.high, share.level))
    return f"So far the telogen share lies between {low} and {high} % with {level} % probability."


def _spaced(value: str) -> str:
    return value.replace("_", " ")


def _lines(numbers: tuple[int, ...]) -> str:
    listed = ", ".join(map(str, numbers))
    return f"line {listed}" if len(numbers) == 1 else f"lines {listed}"
