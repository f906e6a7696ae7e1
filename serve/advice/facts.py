"""What rules may ask for: each answer, each count, and what follows from the counts."""

from model.share.summary import Summary, Verdict
from serve.advice.questionnaire import Context

Fact = str | bool | float | tuple[str, ...] | None
"""None: not told, or not known."""


def known_facts(summary: Summary, context: Context) -> dict[str, Fact]:
    """The facts by name; ``share_low`` and ``share_high`` are shares of telogen, 0 to 1."""
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
