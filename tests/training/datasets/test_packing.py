import cv2
import numpy as np
import pytest

from tests.helpers.training.examples import example, examples
from training.datasets.examples import columns_of, crops_of
from training.datasets.packing import jpeg_of, pack, unpack


def test_packed_examples_come_back_all_but_the_same() -> None:
    given = examples(3)
    back = unpack(pack(given))
    wanted, found = columns_of(given), columns_of(back)
    assert wanted.keys() == found.keys()
    for name, column in wanted.items():
        assert np.array_equal(column, found[name]), name
    for one, other in zip(crops_of(given), crops_of(back), strict=True):
        assert one.shaft_px == other.shaft_px
        assert np.abs(one.pixels.astype(int) - other.pixels).mean() < 4


def test_packing_takes_a_third_of_the_bytes_and_is_the_same_every_time() -> None:
    given = examples(3)
    raw = pack(given)
    assert len(raw) < sum(crop.pixels.nbytes for crop in crops_of(given)) / 3
    assert raw == pack(given)


def test_an_end_without_a_crop_stays_without() -> None:
    given = example(0)
    seen_once = type(given)(given.labelled, given.photo, given.found, (None, given.crops[1]))
    first, second = unpack(pack([seen_once, given]))
    assert [crop is None for crop in first.crops] == [True, False]
    assert None not in second.crops


def test_what_is_no_crop_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    png = bytes(cv2.imencode(".png", np.zeros((96, 160, 3), np.uint8))[1])
    for wrong in (png, jpeg_of(np.zeros((48, 160, 3), np.uint8))):
        monkeypatch.setattr("training.datasets.packing.jpeg_of", lambda _, wrong=wrong: wrong)
        raw = pack([example(0)])
        with pytest.raises(ValueError, match="crop"):
            unpack(raw)
    with pytest.raises(ValueError, match="pickle"):
        unpack(b"neither zip nor array")
