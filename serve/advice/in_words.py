"""The answer in plain words: what a person reads about all roots together."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil, floor

from data.texts.catalogue import Texts
from model.labelling.hair import Label
from model.share.answer import MIN_READABLE
from model.share.summary import Grade, Summary

LOPSIDED = 2 / 3
"""From this share of the read roots on, a mixed answer needs a reason. Our assumption."""
RETAKE = (
    *("no_hairs_seen", "too_dark", "too_bright", "hairs_too_small", "too_near", "blurred"),
    *("low_contrast", "tangled", "glare"),
)
"""Findings that a better photo removes, the most harmful first. Each has a text ``next.CODE``."""


@dataclass(frozen=True)
class InWords:
    """Sentences in one language.

    ``share`` is None below ten readable roots, and ``reason`` where nothing needs one.
    """

    verdict: str
    count: str
    reason: str | None
    share: str | None
    next: str
    caveat: str

    def lines(self) -> list[str]:
        """All sentences, in the order in which they are read."""
        return [line for line in vars(self).values() if line]


def in_words(summary: Summary, texts: Texts, findings: Collection[str] = ()) -> InWords:
    """The answer for a person; ``findings`` are the codes of what is wrong with the photos."""
    percents = share_percents(summary, texts)
    return InWords(
        verdict=texts(f"answer.verdict.{_verdict(summary)}"),
        count=_count(summary, texts),
        reason=texts("answer.reason") if _is_lopsided(summary) else None,
        share=texts("answer.share", **percents) if percents else None,
        next=_next(summary, texts, findings),
        caveat=texts(f"answer.caveat.{summary.error_rates}"),
    )


def common_findings(photos_by_code: Mapping[str, int], photos: int) -> frozenset[str]:
    """The codes of what is wrong with half of the photos or more."""
    return frozenset(code for code, count in photos_by_code.items() if 2 * count >= photos)


def glossary(texts: Texts) -> dict[str, str]:
    """Each term with its meaning, in the order in which they are shown."""
    return {each["term"]: each["meaning"] for each in texts.section("glossary").values()}


def share_percents(summary: Summary, texts: Texts) -> dict[str, str] | None:
    """The estimate and the bounds in per cent; None below ten readable roots.

    The bounds are rounded outwards, so that they hold the estimate, and reach across one half just
    as the interval does.
    """
    share = summary.share
    if share is None or summary.readable < MIN_READABLE:
        return None
    low, high = floor(100 * share.low + 1e-6) / 100, ceil(100 * share.high - 1e-6) / 100
    return {
        "estimate": texts.percent(share.estimate),
        "low": texts.percent(low),
        "high": texts.percent(high),
    }


def _verdict(summary: Summary) -> str:
    answer = summary.answer
    if answer.side is not None:
        return f"{answer.grade}.{answer.side}"
    if answer.grade is Grade.MIXED and (answer.roots_out_of_view or _is_lopsided(summary)):
        return "unclear"
    return answer.grade


def _is_lopsided(summary: Summary) -> bool:
    """Whether most read roots are of one kind although the answer is mixed."""
    most = max(summary.telogen, summary.anagen)
    return summary.answer.grade is Grade.MIXED and most >= LOPSIDED * summary.readable


def _count(summary: Summary, texts: Texts) -> str:
    if not summary.readable:
        return texts("answer.count.none", count=summary.hairs)
    broken = summary.answer.side is Label.ANAGEN
    part = summary.anagen if broken else summary.telogen
    several, one = ("broken", "one_broken") if broken else ("bulbs", "one_bulb")
    name = one if part == 1 else several
    sentences = [texts(f"answer.count.{name}", part=part, count=summary.readable)]
    if summary.unsure:
        sentences.append(texts("answer.count.unread", count=summary.unsure))
    return " ".join(sentences)


def _next(summary: Summary, texts: Texts, findings: Collection[str]) -> str:
    """What to do next for a clearer answer."""
    answer, readable = summary.answer, summary.readable
    if answer.grade is Grade.MOSTLY:
        return texts("next.settled")
    retake = next((code for code in RETAKE if code in findings), None)
    if retake is not None:
        return texts(f"next.{retake}")
    if answer.roots_out_of_view:
        return texts("next.roots_out_of_view")
    if answer.more_roots is not None:
        return texts("next.more", count=answer.more_roots)
    if readable < MIN_READABLE:
        return texts("next.at_least", count=MIN_READABLE - readable)
    return texts("next.check")
