from pathlib import Path

import pytest

from training.labels.label import NAMES, HairKind, HairLabel, parse_label

DOCS = Path(__file__).parents[3] / "docs" / "labels.md"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Clubs", HairLabel.TELOGEN),
        ("telogen_hairs", HairLabel.TELOGEN),
        ("  Bulbed-Telogen ", HairLabel.TELOGEN),
        ("sheared", HairLabel.NO_BULB),
        ("Broken hairs", HairLabel.NO_BULB),
        ("NO BULBS", HairLabel.NO_BULB),
        ("bent roots", HairLabel.MISSHAPEN),
        ("Anagen", HairLabel.ANAGEN),
        ("not a hair", HairLabel.NOT_HAIR),
        ("not_hair", HairLabel.NOT_HAIR),
        ("Unsure", HairLabel.UNSURE),
    ],
)
def test_spelling_does_not_matter(name: str, label: HairLabel) -> None:
    assert parse_label(name) is label


@pytest.mark.parametrize("name", ["", "?", "hair", "telogen or anagen", "klub", "not", "a"])
def test_an_unknown_name_is_not_guessed(name: str) -> None:
    assert parse_label(name) is None


def test_no_name_means_two_labels() -> None:
    for label, names in NAMES.items():
        assert {parse_label(name) for name in names.split(",")} == {label}


def test_the_labels_of_our_exports_are_names() -> None:
    assert [parse_label(label.value) for label in HairLabel] == list(HairLabel)


def test_each_label_has_a_kind_but_unsure() -> None:
    kinds = [
        HairKind.TELOGEN,
        HairKind.ANAGEN,
        HairKind.ANAGEN,
        HairKind.ANAGEN,
        HairKind.NOT_HAIR,
        None,
    ]
    assert [label.kind for label in HairLabel] == kinds


def test_the_docs_list_all_names() -> None:
    lines = [line.split(" | ") for line in DOCS.read_text("utf-8").splitlines()]
    rows = {cells[0].removeprefix("| "): cells[1] for cells in lines if len(cells) == 3}
    assert {label: rows[label.display_name] for label in HairLabel} == NAMES
