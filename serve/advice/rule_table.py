"""All rules of the advice as a table for docs/how-it-works/advice.md: ``python -m
serve.advice.rule_table``."""

import sys

from data.io.markdown import markdown_table
from serve.advice.rules import Condition, Range, Rule, Source, rule_book

_BOUNDS = {"above": ">", "at_least": ">=", "at_most": "<=", "below": "<"}


def rule_table() -> str:
    """A Markdown table with a row for each rule, in the order of ``serve/advice/rules.json``."""
    heads = ("id", "urgency", "given when", "says", "text", "source")
    return markdown_table(heads, map(_row, rule_book().rules))


def _row(rule: Rule) -> tuple[str, ...]:
    when = " and ".join(_condition(name, asked) for name, asked in rule.when.items())
    says = ", ".join(f"{topic}: {stance}" for topic, stance in rule.says.items())
    sources = "; ".join(map(_source, rule.sources))
    strength = rule.strength.replace("_", " ")
    rests_on = f"{strength}: {sources}" if sources else strength
    return (
        f"`{rule.id}`",
        rule.urgency.replace("_", " "),
        when or "always",
        says,
        rule.text,
        rests_on,
    )


def _condition(name: str, asked: Condition) -> str:
    if isinstance(asked, bool):
        return f"{name} is {'true' if asked else 'false'}"
    if isinstance(asked, Range):
        bounds = asked.model_dump(exclude_none=True).items()
        return " and ".join(f"{name} {_BOUNDS[bound]} {limit:g}" for bound, limit in bounds)
    return f"{name} is {' or '.join('not told' if each is None else each for each in asked)}"


def _source(source: Source) -> str:
    return f"{source.seed} L{', L'.join(map(str, source.lines))}"


if __name__ == "__main__":
    sys.stdout.write(rule_table())
