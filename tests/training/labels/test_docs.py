"""What docs/labels.md says of names is what is read."""

from pathlib import Path

from training.labels.label import NAMES, HairLabel

DOCS = Path(__file__).parents[3] / "docs" / "labels.md"


def test_the_table_of_names_is_whole() -> None:
    lines = [line.split(" | ") for line in DOCS.read_text("utf-8").splitlines()]
    rows = {cells[0].removeprefix("| "): cells[1] for cells in lines if len(cells) == 3}
    assert {said: rows[said.in_words] for said in HairLabel} == NAMES
