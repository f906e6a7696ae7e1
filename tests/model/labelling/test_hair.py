import pytest

from model.labelling.hair import WIDTH_BINS, same_in_every_bin, width_bin


@pytest.mark.parametrize(
    ("shaft_px", "name"),
    [(0.5, "under4px"), (3.99, "under4px"), (4.0, "4to8px"), (8.0, "over8px"), (900.0, "over8px")],
)
def test_a_width_lies_in_one_bin(shaft_px: float, name: str) -> None:
    assert width_bin(shaft_px) == name
    low, high = WIDTH_BINS[name]
    assert low <= shaft_px < high


def test_the_same_number_for_all_bins() -> None:
    assert same_in_every_bin(0.7) == {"under4px": 0.7, "4to8px": 0.7, "over8px": 0.7}
