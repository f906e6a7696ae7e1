"""docs/how-it-works/advice-rules.md: all rules and sources of the advice as a page."""

from data.io.text import markdown_table
from data.texts.catalogue import texts_in
from serve.advice.rules import Condition, Range, Rule, RuleBook, rule_book

_HEADS = ("id", "urgency", "given when", "stance", "text", "source")
_TEXTS = texts_in()
_SIGNS = {"above": ">", "at_least": ">=", "at_most": "<=", "below": "<"}


def rules_page(note: str) -> str:
    """Markdown with the table of rules and the list of their sources, headed by ``note``."""
    book = rule_book()
    sources = "".join(f"- {each}: {_TEXTS(f'advice.sources.{each}')}\n" for each in book.sources)
    return (
        f"# The rules of the advice\n\n{note}\n"
        "[How rules are chosen](advice.md). `004 L74` is line 74 of source 004. Rules with "
        "one title become one card.\n\n"
        f"{rule_table(book)}\n## Sources\n\n{sources}"
    )


def rule_table(book: RuleBook) -> str:
    """A Markdown table with a row for each rule, in the order of ``serve/advice/rules.json``."""
    return markdown_table(_HEADS, map(_row, book.rules))


def _row(rule: Rule) -> tuple[str, ...]:
    when = " and ".join(_condition(name, condition) for name, condition in rule.when.items())
    stances = ", ".join(f"{topic}: {stance}" for topic, stance in rule.stances.items())
    evidence = rule.strength.replace("_", " ")
    if rule.sources:
        cited = (
            " ".join([each.source, ", ".join(f"L{line}" for line in each.lines)]).strip()
            for each in rule.sources
        )
        evidence = f"{evidence}: {'; '.join(cited)}"
    urgency = rule.urgency.replace("_", " ")
    title = _TEXTS(f"advice.acts.{rule.act}.title")
    text = f"**{title}.** {_TEXTS(f'advice.rules.{rule.id}', events='...')}"
    return f"`{rule.id}`", urgency, when or "always", stances, text, evidence


def _condition(name: str, condition: Condition) -> str:
    if isinstance(condition, bool):
        return f"{name} is {'true' if condition else 'false'}"
    if isinstance(condition, Range):
        bounds = condition.model_dump(exclude_none=True).items()
        return " and ".join(f"{name} {_SIGNS[bound]} {limit:g}" for bound, limit in bounds)
    values = ("not answered" if value is None else str(value).lower() for value in condition)
    return f"{name} is {' or '.join(values)}"
