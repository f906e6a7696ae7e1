import pytest

from data.scale.request import AUTO, ScaleRequest
from data.scale.scale import ScaleSource


@pytest.mark.parametrize(
    ("text", "source", "size"),
    [
        ("card", ScaleSource.CARD, 100.0),
        ("card=98.5mm", ScaleSource.CARD, 98.5),
        ("bank_card", ScaleSource.BANK_CARD, 100.0),
        ("ruler", ScaleSource.RULER, 100.0),
        ("coin=eur_1", ScaleSource.COIN, 23.25),
        ("coin=23.5mm", ScaleSource.COIN, 23.5),
        ("1.4um", ScaleSource.TYPED, 0.0014),
        ("12 µm", ScaleSource.TYPED, 0.012),
        ("0.0014mm", ScaleSource.TYPED, 0.0014),
    ],
)
def test_a_source_is_read(text: str, source: ScaleSource, size: float) -> None:
    request = ScaleRequest.parse(text)
    assert request.source is source
    assert request.size == pytest.approx(size)


def test_auto_and_none() -> None:
    assert ScaleRequest.parse("auto") == AUTO
    assert ScaleRequest.parse("NONE").never
    assert ScaleRequest.parse("any").any_thing


@pytest.mark.parametrize(
    "text", ["", "coin", "coin=eur_3", "coin=90mm", "card=50mm", "0um", "900um", "1.4", "ruler=2"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ScaleRequest.parse(text)
