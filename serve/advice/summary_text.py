"""A summary as sentences, and the glossary of its terms."""

import json
from importlib.resources import files

from model.share.confusion import ErrorRates
from model.share.summary import Summary, Verdict

CAVEAT = "Trained on rendered hairs; on real roots unmeasured; not a diagnosis."

_VERDICTS = {
    Verdict.MOSTLY_TELOGEN: (
        "Most of the roots look like clubs, as on hairs that were due to fall."
    ),
    Verdict.MOSTLY_ANAGEN: (
        "Most of the hairs look broken, or pulled out while they were growing; "
        "friction or pulling may have contributed."
    ),
    Verdict.MIXED: (
        "No kind is clearly in the majority: some roots look like clubs, "
        "others broken or pulled out while growing."
    ),
    Verdict.ROOTS_NOT_SHOWN: (
        "Too many hairs show only a bare end, which may be the root or the tip. "
        "Do the root ends lie in the picture? If so, say --roots-in-view; "
        "if not, take a photo that shows them."
    ),
    Verdict.TOO_FEW: (
        "Too few roots could be read to say what most of them are; 20 hairs or more are best."
    ),
}

_ERROR_RATES = {
    ErrorRates.RENDERED: (
        "The error rates behind this were measured on rendered hairs; on real ones the share may "
        "be another."
    ),
    ErrorRates.REAL: "The error rates behind this were counted on real hairs that people labelled.",
    ErrorRates.NONE: "The labels are taken as they are.",
}


def summary_lines(summary: Summary) -> list[str]:
    """Sentences: the counts, the share with its interval and error rates, the worst case, the
    verdict and the caveat."""
    hairs = f"{summary.hairs} hair{'' if summary.hairs == 1 else 's'}"
    counts = (
        f"{hairs}: {summary.telogen} telogen, {summary.anagen} anagen "
        f"({summary.misshapen} misshapen, {summary.no_bulb} without a bulb), "
        f"{summary.unsure} unsure."
    )
    return [counts, *_share(summary), *_worst_case(summary), _VERDICTS[summary.verdict], CAVEAT]


def _share(summary: Summary) -> list[str]:
    share, most = summary.share, summary.p_most_telogen
    if share is None or most is None:
        return []
    most_text = (
        "more than 99 %" if most > 0.99 else "less than 1 %" if most < 0.01 else _percent(most)
    )
    return [
        f"Share of telogen hairs: about {_percent(share.estimate)}; with {_percent(share.level)} "
        f"probability between {_percent(share.low)} and {_percent(share.high)}. "
        f"That it is above one half has a probability of {most_text}.",
        _ERROR_RATES[summary.error_rates],
    ]


def _worst_case(summary: Summary) -> list[str]:
    bounds = summary.worst_case
    if bounds is None or not summary.unsure or summary.share is None:
        return []
    return [
        f"If every unsure hair were anagen, {_percent(bounds.low)} of all would be telogen as "
        f"labelled; if every one were telogen, {_percent(bounds.high)}."
    ]


def _percent(part: float) -> str:
    return f"{round(100 * part)} %"


def load_glossary() -> dict[str, str]:
    """Each term with its meaning, in display order; the page loads the same file."""
    text = files("serve").joinpath("web/glossary.json").read_text(encoding="utf-8")
    meanings: dict[str, str] = json.loads(text)
    return meanings
