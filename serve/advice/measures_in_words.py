"""What the measures of hairs show, in plain words."""

from data.texts.catalogue import Texts
from model.measures.shedding import Shedding


def measures_in_words(measures: Shedding | None, texts: Texts) -> list[str]:
    """Sentences in the order in which they are read; none without a scale.

    The last one may be a sign to show a clinician. None is a diagnosis.
    """
    if measures is None:
        return []
    lines = []
    if measures.median_um is not None:
        values = {"count": measures.widths, "median": round(measures.median_um)}
        low, high = measures.median_low_um, measures.median_high_um
        if low is None or high is None:
            lines.append(texts("measures.few", **values))
        else:
            lines.append(texts("measures.width", low=round(low), high=round(high), **values))
    for name, share in (("thin", measures.thin), ("short", measures.short)):
        if share is not None:
            low_high = {"low": texts.percent(share.low), "high": texts.percent(share.high)}
            lines.append(texts(f"measures.{name}", part=share.count, count=share.of, **low_high))
    if measures.short is not None and measures.short.undecided:
        lines.append(texts("measures.undecided", count=measures.short.undecided))
    if measures.short_sign:
        lines.append(texts("measures.sign"))
    return lines
