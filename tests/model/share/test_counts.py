from collections import Counter
from dataclasses import replace

from model.labelling.hair import Hair, Label, Reason
from model.report import hair_json
from model.share.counts import HairCounts, LabelCounts
from tests.helpers.model.hairs import NO_BULB, NO_END_IN_VIEW, TELOGEN, strand

THIN = replace(NO_BULB, strand=strand(shaft_px=3.0))


def test_hairs_are_counted_by_who_labelled_them_and_by_width() -> None:
    by_person = replace(TELOGEN, by_person=True)
    counts = HairCounts.of([TELOGEN, THIN, by_person, NO_END_IN_VIEW])
    assert counts.by_machine == LabelCounts(telogen=1, no_bulb=1, unsure=1)
    assert counts.by_person == LabelCounts(telogen=1)
    assert counts.width_bins == Counter({"over8px": 1, "under4px": 1})


def test_a_width_is_that_of_the_report() -> None:
    thin = replace(NO_BULB, strand=strand(shaft_px=3.996))
    assert hair_json(0, thin)["shaft_px"] == 4.0
    assert HairCounts.of([thin]).width_bins == Counter({"4to8px": 1})


def test_counts_of_photos_add_up_to_the_counts_of_all() -> None:
    photos: list[list[Hair]] = [[TELOGEN, THIN], [], [NO_END_IN_VIEW, TELOGEN]]
    total = sum(map(HairCounts.of, photos), HairCounts())
    assert total == HairCounts.of(hair for photo in photos for hair in photo)
    assert NO_END_IN_VIEW.reason is Reason.ROOT_NOT_SEEN
    assert NO_END_IN_VIEW.label is Label.UNSURE
