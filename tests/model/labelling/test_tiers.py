import pytest

from model.labelling.hair import TIERS, in_every_tier, tier_of


@pytest.mark.parametrize(
    ("shaft_px", "tier"),
    [(0.5, "under4px"), (3.99, "under4px"), (4.0, "4to8px"), (8.0, "over8px"), (900.0, "over8px")],
)
def test_a_width_lies_in_one_tier(shaft_px: float, tier: str) -> None:
    assert tier_of(shaft_px) == tier
    low, high = TIERS[tier]
    assert low <= shaft_px < high


def test_one_number_for_all_tiers() -> None:
    assert in_every_tier(0.7) == {"under4px": 0.7, "4to8px": 0.7, "over8px": 0.7}
