from dataclasses import replace
from datetime import date

from data.texts.catalogue import texts_in
from model.change.change import Change, Collection, Measure, Verdict, change_over_time
from model.measures.measure import HairMeasures
from model.measures.shedding import MeasureCounts, Shedding
from model.share.answer import summarise_counts
from model.share.counts import LabelCounts
from model.share.summary import Summary
from serve.reports.trends import change_text, trend_parts

ENGLISH = texts_in("en")


def summary(telogen: int, um: float | None = None) -> Summary:
    """Thirty hairs of one width."""
    plain = summarise_counts(LabelCounts(telogen=telogen, misshapen=30 - telogen))
    if um is None:
        return plain
    hairs = [HairMeasures(um, 3.0, 50.0, True, 0.01)] * 30
    return replace(plain, measures=Shedding.of(MeasureCounts.of(hairs)))


def days(*summaries: Summary) -> list[tuple[date, Summary]]:
    return [(date(2026, 1 + k, 1), each) for k, each in enumerate(summaries)]


def test_a_group_gets_a_plot_of_each_measure_and_a_sentence_on_each() -> None:
    points = days(*(summary(telogen, 60.0) for telogen in (28, 27, 25, 20, 16, 12)))
    changes = change_over_time(Collection.of(*point) for point in points)
    parts = "".join(trend_parts({"A": points}, {"A": changes}, ENGLISH))
    assert parts.count("<svg") == 3
    assert changes[0].verdict is Verdict.FELL
    assert change_text(changes[0], ENGLISH) in parts


def test_widths_are_plotted_only_with_a_scale() -> None:
    assert "".join(trend_parts({"A": days(summary(20))}, {}, ENGLISH)).count("<svg") == 2
    assert not list(trend_parts({"A": days(summarise_counts(LabelCounts()))}, {}, ENGLISH))


def test_each_verdict_has_a_text_in_each_language() -> None:
    for language in ("en", "de"):
        for measure in Measure:
            for verdict in Verdict:
                change = Change(measure, verdict, 6, 0.5, 0.1, 0.9, 0.01)
                assert change_text(change, texts_in(language))
