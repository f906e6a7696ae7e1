"""A summary in plain, hedged words."""

from model.summary import Summary, Verdict

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


def in_words(summary: Summary) -> list[str]:
    """What a summary says: the counts, the share with its interval, the verdict, the caveat."""
    hairs = f"{summary.hairs} hair{'' if summary.hairs == 1 else 's'}"
    counts = (
        f"{hairs}: {summary.telogen} telogen, {summary.anagen} anagen "
        f"({summary.misshapen} misshapen, {summary.no_bulb} without a bulb), "
        f"{summary.unsure} unsure."
    )
    return [counts, *_share(summary), _VERDICTS[summary.verdict], CAVEAT]


def _share(summary: Summary) -> list[str]:
    share = summary.share
    if share is None:
        return []
    percent = [round(100 * part) for part in (share.estimate, share.low, share.high, share.level)]
    return [
        f"Share of telogen hairs: about {percent[0]} %; with {percent[3]} % probability "
        f"between {percent[1]} and {percent[2]} %, if real hairs read as rendered ones do."
    ]
