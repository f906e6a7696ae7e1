import pytest

pytest.importorskip("torch")

from dataclasses import replace
from pathlib import Path

from model.labelling.hair import Label, Reason
from tests.helpers.training.predictions import hair, known
from training.datasets.examples import Example
from training.evaluation.held_out import counts_by_photo, write_counts
from training.evaluation.predictions import LabelledExample


def unsure(of: Example, reason: Reason) -> LabelledExample:
    listed = hair(0, Label.UNSURE, of=of).hair
    assert listed
    return of, (None, None), replace(listed, reason=reason)


def test_labels_are_counted_by_photo_width_and_truth(tmp_path: Path) -> None:
    club, thin = known(0, photo="b.jpg"), known(0, photo="b.jpg", shaft_px=3.0)
    torn, negative = known(1, photo="a.jpg"), known(3, photo="a.jpg")
    counts = counts_by_photo(
        [
            (club, (None, None), hair(0, Label.TELOGEN, of=club).hair),
            (club, (None, None), hair(0, Label.ANAGEN, of=club).hair),
            (club, (None, None), None),
            unsure(club, Reason.ROOT_NOT_SEEN),
            unsure(thin, Reason.TOO_SMALL),
            (torn, (None, None), hair(1, Label.ANAGEN, of=torn).hair),
            (negative, (None, None), hair(1, Label.ANAGEN, of=negative).hair),
        ]
    )
    write_counts(tmp_path / "counts.csv", counts)
    assert (tmp_path / "counts.csv").read_text().splitlines() == [
        "photo,width_bin,truth,telogen,anagen,unsure,not_read",
        "0,over8px,anagen,0,1,0,0",
        "0,over8px,other,0,1,0,0",
        "1,over8px,telogen,1,1,0,2",
        "1,under4px,telogen,0,0,1,0",
    ]
