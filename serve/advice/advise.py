"""Advice: the rules that apply to the roots and the answers of the questionnaire."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from data.texts.catalogue import Texts
from model.share.summary import Summary
from serve.advice.questionnaire import Context
from serve.advice.rules import (
    SAFETY_UNANSWERED,
    Citation,
    Fact,
    Rule,
    Stance,
    Strength,
    Urgency,
    known_facts,
    open_facts,
    rule_book,
)

_RANK = {urgency: rank for rank, urgency in enumerate(Urgency)}
_WEAKNESS = {strength: rank for rank, strength in enumerate(Strength)}


@dataclass(frozen=True)
class Advice:
    """One thing to do or to know, from one rule or from several with the same act.

    ``id`` is that of its first rule, and ``strength`` that of its weakest. ``sources`` names the
    texts and lines it rests on.
    """

    id: str
    urgency: Urgency
    title: str
    text: str
    sources: tuple[str, ...]
    strength: Strength

    def as_json(self) -> dict[str, str | list[str]]:
        """The advice as in the answers of the API."""
        return {
            "id": self.id,
            "urgency": self.urgency.value,
            "title": self.title,
            "text": self.text,
            "sources": list(self.sources),
            "strength": self.strength.value,
        }

    def as_text(self, texts: Texts) -> str:
        """The advice for a terminal, followed by a line with its sources."""
        strength = texts(f"strength.{self.strength}")
        origin = " ".join([strength, *filter(None, ["; ".join(self.sources)])])
        return f"- {self.title}: {self.text}\n  {origin}"


def advise(summary: Summary, context: Context, texts: Texts) -> tuple[Advice, ...]:
    """The advice that applies, in the language of ``texts``, the most urgent first.

    Never empty. A red flag stands alone.
    """
    facts = known_facts(summary, context)
    by_act: dict[str, list[Rule]] = {}
    for rule in select_rules(rule_book().rules, facts, open_facts(context)):
        by_act.setdefault(rule.act, []).append(rule)
    named = texts.section("advice.events")
    events = texts.listed(str(named[each]) for each in context.recent_events or () if each in named)
    return tuple(_advice(act, rules, texts, events) for act, rules in by_act.items())


def select_rules(
    rules: tuple[Rule, ...], facts: Mapping[str, Fact], open_: Collection[str] = ()
) -> list[Rule]:
    """The rules that apply and do not contradict each other, the most urgent first.

    An answer to a question that is asked, and ``open_``, counts as its worst case: a rule reassures
    only if no alarm applies, and none could apply with that answer. So leaving out an answer never
    adds reassurance.
    """
    alarms = [rule for rule in rules if rule.is_alarm and rule.applies(facts)]
    red_flags = [rule for rule in alarms if rule.urgency is Urgency.RED_FLAG]
    if red_flags:
        return red_flags
    possible = alarms or [r for r in rules if r.is_alarm and r.could_apply(facts, open_)]
    facts = {**facts, SAFETY_UNANSWERED: bool(possible) and not alarms}
    others = [rule for rule in rules if not rule.is_alarm and rule.applies(facts)]
    applying = [
        rule for rule in alarms + others if not (possible and rule.urgency is Urgency.REASSURE)
    ]
    return sorted(_without_contradictions(applying), key=lambda rule: _RANK[rule.urgency])


def _without_contradictions(rules: list[Rule]) -> list[Rule]:
    """Drops rules that are calm on a topic on which another rule is careful.

    Next to a stop, all else about needling is dropped.
    """
    careful = {topic for rule in rules for topic in rule.topics(Stance.CAREFUL)}
    stop = any(rule.urgency is Urgency.STOP for rule in rules)
    return [
        rule
        for rule in rules
        if not careful & rule.topics(Stance.CALM)
        and (not stop or rule.urgency is Urgency.STOP or not rule.is_about_needling)
    ]


def _advice(act: str, rules: Sequence[Rule], texts: Texts, events: str) -> Advice:
    sentences = [texts(f"advice.rules.{rule.id}", events=events) for rule in rules]
    close = f"advice.acts.{act}.close"
    if close in texts:
        sentences.append(texts(close))
    cited = chain.from_iterable(rule.sources for rule in rules)
    return Advice(
        rules[0].id,
        rules[0].urgency,
        texts(f"advice.acts.{act}.title"),
        " ".join(sentences),
        tuple(dict.fromkeys(_cited(each, texts) for each in cited)),
        max((rule.strength for rule in rules), key=_WEAKNESS.__getitem__),
    )


def _cited(citation: Citation, texts: Texts) -> str:
    name = texts(f"advice.sources.{citation.source}")
    if not citation.lines:
        return name
    lines = ", ".join(map(str, citation.lines))
    return texts("advice.sources.cited", name=name, lines=lines, count=len(citation.lines))
