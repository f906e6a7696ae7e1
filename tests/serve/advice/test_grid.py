"""What holds of the advice whatever the roots and the answers are."""

import re
from itertools import product

import pytest

from serve.advice.advise import chosen_rules
from serve.advice.questionnaire import Context
from serve.advice.rules import (
    ALARMS,
    SAFETY_UNTOLD,
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
    return [(told, chosen(summary, told)) for told, summary in product(contexts(), SUMMARIES)]


def test_the_grid_holds_every_question_and_is_big(given: Given) -> None:
    assert ANSWERS.keys() == Context.model_fields.keys()
    assert len(given) > 20_000


def test_every_answer_says_something_and_the_most_urgent_first(given: Given) -> None:
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
    urgencies = [rule.urgency for rule in chosen_rules(backwards, facts)]
    assert urgencies[:2] == [Urgency.STOP, Urgency.PAUSE]
    assert urgencies[-1] is Urgency.INFO


def test_every_rule_is_given_to_someone(given: Given) -> None:
    reached = {rule.id for _, rules in given for rule in rules}
    assert reached == {rule.id for rule in rule_book().rules}


def test_no_answer_contradicts_itself(given: Given) -> None:
    for told, rules in given:
        for topic in Topic:
            assert len({rule.says[topic] for rule in rules if topic in rule.says}) < 2, told


def test_nothing_reassures_over_an_alarm(given: Given) -> None:
    alarmed = reassured = 0
    for told, rules in given:
        urgencies = {rule.urgency for rule in rules}
        assert not (urgencies & ALARMS and Urgency.REASSURE in urgencies), told
        alarmed += bool(urgencies & ALARMS)
        reassured += Urgency.REASSURE in urgencies
    assert alarmed > 1000
    assert reassured > 100


def test_leaving_an_answer_out_never_adds_reassurance(given: Given) -> None:
    """Whoever is reassured stays so whatever else is told: then no answer left out did it."""
    reassured = {
        told.model_dump_json(): told
        for told, rules in given
        if any(rule.urgency is Urgency.REASSURE for rule in rules)
    }
    more_told = 0
    for told in reassured.values():
        for summary in SUMMARIES:
            before = _reassuring(chosen(summary, told))
            for name in (
                ANSWERS.keys() - told.model_dump(exclude_none=True).keys() if before else ()
            ):
                for answer in ANSWERS[name]:
                    after = chosen(summary, told.model_copy(update={name: answer}))
                    assert before <= _reassuring(after), (told, name, answer)
                    more_told += 1
    assert more_told > 1000


@pytest.mark.parametrize("left_out", CALM)
def test_reassurance_needs_each_of_the_calm_answers(left_out: str) -> None:
    assert _reassuring(chosen(CLUBS, Context.model_validate(CALM)))
    fewer = {name: answer for name, answer in CALM.items() if name != left_out}
    rules = chosen(CLUBS, Context.model_validate(fewer))
    assert not _reassuring(rules)
    asks = {SAFETY_UNTOLD, "telogen_where", "telogen_since_when"}
    assert asks & {rule.id for rule in rules}


def test_what_is_open_is_asked_for_unless_something_alarms_already(given: Given) -> None:
    safe = CALM.keys() - {"setting", "weeks_since_start"}
    for told, rules in given:
        untold = any(getattr(told, name) is None for name in safe)
        alarmed = any(rule.alarms for rule in rules)
        assert not untold or alarmed or SAFETY_UNTOLD in {rule.id for rule in rules}, told


def test_rules_say_where_they_stand() -> None:
    for rule in rule_book().rules:
        if rule.alarms:
            assert rule.about(Stance.CAREFUL), rule.id
        if rule.urgency is Urgency.REASSURE:
            assert rule.about(Stance.CALM), rule.id
        if NO_NEEDLING.search(rule.text) and rule.id != SAFETY_UNTOLD:  # which says "if"
            assert rule.says.get(Topic.NEEDLING) is Stance.CAREFUL, rule.id


def _reassuring(rules: list[Rule]) -> set[str]:
    return {rule.id for rule in rules if rule.urgency is Urgency.REASSURE}
