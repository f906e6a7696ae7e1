"""Properties of the advice for any roots and answers."""

import re
from itertools import product

import pytest

from serve.advice.advise import select_rules
from serve.advice.questionnaire import Context
from serve.advice.rules import (
    ALARMS,
    SAFETY_UNANSWERED,
    Rule,
    Stance,
    Topic,
    Urgency,
    known_facts,
    rule_book,
)
from tests.helpers.serve.advice_grid import ANSWERS, CALM, CLUBS, SUMMARIES, chosen, contexts

Given = list[tuple[Context, list[Rule]]]
NO_NEEDLING = re.compile(r"((?<!you )do not|stop|pause|before you) needl", re.I)


@pytest.fixture(scope="module")
def given() -> Given:
    """The rules given for every context with every summary."""
    return [
        (context, chosen(summary, context)) for context, summary in product(contexts(), SUMMARIES)
    ]


def test_the_grid_has_every_question(given: Given) -> None:
    assert ANSWERS.keys() == Context.model_fields.keys()
    assert len(given) > 20_000


def test_the_most_urgent_rule_is_first(given: Given) -> None:
    order = list(Urgency)
    always = {rule.id for rule in rule_book().rules if not rule.when}
    assert always
    for _, rules in given:
        urgencies = [rule.urgency for rule in rules]
        assert urgencies == sorted(urgencies, key=order.index)
        assert always <= {rule.id for rule in rules}


def test_the_order_of_the_file_does_not_matter() -> None:
    backwards = rule_book().rules[::-1]
    facts = known_facts(CLUBS, Context.model_validate({"shedding": "severe", "under_18": True}))
    urgencies = [rule.urgency for rule in select_rules(backwards, facts)]
    assert urgencies[:2] == [Urgency.STOP, Urgency.PAUSE]
    assert urgencies[-1] is Urgency.INFO


def test_every_rule_applies_somewhere(given: Given) -> None:
    reached = {rule.id for _, rules in given for rule in rules}
    assert reached == {rule.id for rule in rule_book().rules}


def test_rules_do_not_contradict_each_other(given: Given) -> None:
    for context, rules in given:
        for topic in Topic:
            assert len({rule.stances[topic] for rule in rules if topic in rule.stances}) < 2, (
                context
            )


def test_nothing_reassures_over_an_alarm(given: Given) -> None:
    alarmed = reassured = 0
    for context, rules in given:
        urgencies = {rule.urgency for rule in rules}
        assert not (urgencies & ALARMS and Urgency.REASSURE in urgencies), context
        alarmed += bool(urgencies & ALARMS)
        reassured += Urgency.REASSURE in urgencies
    assert alarmed > 1000
    assert reassured > 100


def test_leaving_an_answer_out_never_adds_reassurance(given: Given) -> None:
    """Reassurance stays with any further answer, so no missing answer caused it."""
    reassured = {
        context.model_dump_json(): context
        for context, rules in given
        if any(rule.urgency is Urgency.REASSURE for rule in rules)
    }
    checked = 0
    for context in reassured.values():
        for summary in SUMMARIES:
            before = _reassuring(chosen(summary, context))
            for name in (
                ANSWERS.keys() - context.model_dump(exclude_none=True).keys() if before else ()
            ):
                for answer in ANSWERS[name]:
                    after = chosen(summary, context.model_copy(update={name: answer}))
                    assert before <= _reassuring(after), (context, name, answer)
                    checked += 1
    assert checked > 1000


@pytest.mark.parametrize("left_out", CALM)
def test_reassurance_needs_each_of_the_calm_answers(left_out: str) -> None:
    assert _reassuring(chosen(CLUBS, Context.model_validate(CALM)))
    fewer = {name: answer for name, answer in CALM.items() if name != left_out}
    rules = chosen(CLUBS, Context.model_validate(fewer))
    assert not _reassuring(rules)
    asks = {SAFETY_UNANSWERED, "telogen_where", "telogen_since_when"}
    assert asks & {rule.id for rule in rules}


def test_missing_answers_are_asked_for_unless_there_is_an_alarm(given: Given) -> None:
    safe = CALM.keys() - {"setting", "weeks_since_start"}
    for context, rules in given:
        missing = any(getattr(context, name) is None for name in safe)
        alarmed = any(rule.is_alarm for rule in rules)
        assert not missing or alarmed or SAFETY_UNANSWERED in {rule.id for rule in rules}, context


def test_rules_have_stances() -> None:
    for rule in rule_book().rules:
        if rule.is_alarm:
            assert rule.topics(Stance.CAREFUL), rule.id
        if rule.urgency is Urgency.REASSURE:
            assert rule.topics(Stance.CALM), rule.id
        if NO_NEEDLING.search(rule.text) and rule.id != SAFETY_UNANSWERED:  # conditional
            assert rule.stances.get(Topic.NEEDLING) is Stance.CAREFUL, rule.id


def _reassuring(rules: list[Rule]) -> set[str]:
    return {rule.id for rule in rules if rule.urgency is Urgency.REASSURE}
