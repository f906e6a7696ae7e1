"""Properties of the advice for any roots and answers."""

import re

import pytest

from data.texts.catalogue import texts_in
from serve.advice.advise import select_rules
from serve.advice.questionnaire import Context, Setting, open_fields
from serve.advice.rules import (
    ALARMS,
    Rule,
    Stance,
    Topic,
    Urgency,
    known_facts,
    rule_book,
)
from tests.helpers.serve.advice_grid import (
    ANSWERS,
    CALM,
    CALM_WITHOUT,
    CLUBS,
    SUMMARIES,
    chosen,
    contexts,
)

Given = list[tuple[Context, list[Rule]]]
ABOUT_NEEDLING = re.compile(r"needl|session|provider|clinic", re.I)
ENGLISH = texts_in("en")


@pytest.fixture(scope="module")
def given() -> Given:
    """The rules given for every context, with clubs and with another summary in turn."""
    return [
        (context, chosen(summary, context))
        for number, context in enumerate(contexts())
        for summary in (CLUBS, SUMMARIES[number % len(SUMMARIES)])
    ]


def test_the_grid_has_every_question(given: Given) -> None:
    assert ANSWERS.keys() == Context.model_fields.keys()
    assert len(given) > 5000


def test_the_most_urgent_rule_is_first(given: Given) -> None:
    order = list(Urgency)
    for _, rules in given:
        assert rules
        urgencies = [rule.urgency for rule in rules]
        assert urgencies == sorted(urgencies, key=order.index)


def test_a_red_flag_stands_alone(given: Given) -> None:
    flagged = [rules for _, rules in given if rules[0].urgency is Urgency.RED_FLAG]
    assert len(flagged) > 100
    assert all(len({rule.act for rule in rules}) == 1 for rules in flagged)


def test_who_does_not_needle_reads_nothing_about_needling(given: Given) -> None:
    without = [rules for context, rules in given if context.setting is Setting.NONE]
    assert len(without) > 400
    for rule in {rule.id: rule for rules in without for rule in rules}.values():
        title = ENGLISH(f"advice.acts.{rule.act}.title")
        text = ENGLISH(f"advice.rules.{rule.id}", events="")
        assert not ABOUT_NEEDLING.search(f"{title} {text}"), rule.id
        assert rule.urgency not in (Urgency.STOP, Urgency.PAUSE)


def test_what_to_stop_is_named() -> None:
    for rule in rule_book().rules:
        if rule.urgency in (Urgency.STOP, Urgency.PAUSE):
            assert "needl" in ENGLISH(f"advice.acts.{rule.act}.title"), rule.id


def test_next_to_a_stop_nothing_else_is_about_needling(given: Given) -> None:
    for _, rules in given:
        if any(rule.urgency is Urgency.STOP for rule in rules):
            about = {rule.act for rule in rules if rule.is_about_needling}
            assert about == {"stop_needling"}


def test_the_order_of_the_file_does_not_matter() -> None:
    backwards = rule_book().rules[::-1]
    severe = {"shedding": "severe", "recent_events": ["medicine", "stress"]}
    facts = known_facts(CLUBS, Context.model_validate(severe))
    urgencies = [rule.urgency for rule in select_rules(backwards, facts)]
    assert urgencies[0] is Urgency.STOP
    assert urgencies[-2:] == [Urgency.SEE_DOCTOR, Urgency.INFO]


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
    """Reassurance stays with any answer to an open question, so leaving it out is no gain."""
    reassured = {
        context.model_dump_json(): context
        for context, rules in given
        if any(rule.urgency is Urgency.REASSURE for rule in rules)
    }
    checked = 0
    for context in reassured.values():
        for summary in SUMMARIES:
            before = _reassuring(chosen(summary, context))
            for name in open_fields(context) if before else ():
                for answer in ANSWERS[name]:
                    after = chosen(summary, context.model_copy(update={name: answer}))
                    assert before <= _reassuring(after), (context, name, answer)
                    checked += 1
    assert checked > 1000


@pytest.mark.parametrize("answers", [CALM, CALM_WITHOUT], ids=["needling", "not"])
def test_reassurance_needs_each_of_the_calm_answers(answers: dict[str, object]) -> None:
    assert _reassuring(chosen(CLUBS, Context.model_validate(answers)))
    for left_out in answers:
        fewer = {name: answer for name, answer in answers.items() if name != left_out}
        rules = chosen(CLUBS, Context.model_validate(fewer))
        same_for_all = left_out == "setting" and answers is CALM_WITHOUT
        assert bool(_reassuring(rules)) == same_for_all, left_out


def test_missing_answers_are_asked_for_unless_there_is_an_alarm(given: Given) -> None:
    for context, rules in given:
        missing = context.density_loss is None or context.scalp_signs is None
        alarmed = any(rule.is_alarm for rule in rules)
        asks = "answer_more" in {rule.act for rule in rules}
        assert not missing or alarmed or asks, context


def test_rules_have_stances() -> None:
    for rule in rule_book().rules:
        if rule.is_alarm:
            assert rule.topics(Stance.CAREFUL), rule.id
        if rule.urgency is Urgency.REASSURE:
            assert rule.topics(Stance.CALM), rule.id
        if rule.urgency in (Urgency.STOP, Urgency.PAUSE):
            assert rule.stances.get(Topic.NEEDLING) is Stance.CAREFUL, rule.id


def _reassuring(rules: list[Rule]) -> set[str]:
    return {rule.id for rule in rules if rule.urgency is Urgency.REASSURE}
