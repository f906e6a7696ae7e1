import pytest

pytest.importorskip("torch")

from dataclasses import replace

from model.labelling.hair import Label
from tests.helpers.model.hairs import RULE
from tests.helpers.training.examples import example
from tests.training.evaluation.test_metrics import Told, telling
from training.calibration.calibrate import Calibration
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR, UNTRAINED
from training.evaluation.predictions import predict, reader

AS_IT_IS = Calibration(1.0, RULE)


def test_ends_keep_their_order_and_what_they_are() -> None:
    misread = telling(example(CLUB), MISSHAPEN, BARE)
    found = predict(Told(), [misread, telling(example(NOT_HAIR), NOT_HAIR, BARE)], AS_IT_IS)
    assert [(end.truth, end.likeliest) for end in found.ends] == [
        (CLUB, MISSHAPEN),
        (BARE, BARE),
        (NOT_HAIR, NOT_HAIR),
        (NOT_HAIR, BARE),
    ]
    assert [end.is_right for end in found.ends] == [False, True, True, False]
    assert found.ends[0].crop is misread.crops[0]
    assert found.ends[0].sure == pytest.approx(0.9990, abs=1e-4)  # e^8 / (e^8 + 3)


def test_ends_that_nobody_can_name_or_see_are_left_out() -> None:
    torn = telling(example(MISSHAPEN), MISSHAPEN, BARE)
    unnamed = replace(torn, labelled=replace(torn.labelled, end_classes=(MISSHAPEN, UNTRAINED)))
    assert [end.truth for end in predict(Told(), [unnamed], AS_IT_IS).ends] == [MISSHAPEN]
    unseen = replace(torn, crops=(None, torn.crops[1]))
    assert [end.truth for end in predict(Told(), [unseen], AS_IT_IS).ends] == [BARE]


def test_only_a_root_s_end_is_a_root() -> None:
    club, bare = telling(example(CLUB), CLUB, BARE), telling(example(BARE), BARE, BARE)
    nothing = telling(example(NOT_HAIR), NOT_HAIR, NOT_HAIR)
    ends = predict(Told(), [club, bare, nothing], AS_IT_IS).ends
    assert [end.is_root for end in ends] == [True, False, True, True, False, False]


def test_hairs_are_knowable_and_nothings_apart() -> None:
    torn, club = telling(example(MISSHAPEN), MISSHAPEN, BARE), telling(example(CLUB), CLUB, BARE)
    piece = replace(club, labelled=replace(club.labelled, truth="fragment"))
    ghosts = [
        telling(example(NOT_HAIR), NOT_HAIR, NOT_HAIR),
        telling(example(NOT_HAIR), CLUB, BARE),
    ]
    found = predict(Told(), [torn, piece, club, *ghosts], AS_IT_IS)
    assert [(hair.truth, hair.said) for hair in found.hairs] == [
        (Label.ANAGEN, Label.ANAGEN),
        (Label.TELOGEN, Label.TELOGEN),
    ]
    assert found.nothings == (False, True)


def test_a_reader_cools_what_it_reads() -> None:
    crops = [crop for crop in telling(example(CLUB), CLUB, BARE).crops if crop]
    sure = reader(Told(), AS_IT_IS)(crops)
    cooler = reader(Told(), Calibration(4.0, RULE))(crops)
    assert sure.argmax(axis=1).tolist() == cooler.argmax(axis=1).tolist() == [CLUB, BARE]
    assert cooler[0, CLUB] == pytest.approx(0.7113, abs=1e-4)  # e^2 / (e^2 + 3)
