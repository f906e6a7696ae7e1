from dataclasses import replace

import pytest

from model.labelling.hair import Hair, Label, Reason, RootType
from model.version import SHIPPED, load_version
from tests.helpers.training.examples import example
from training.calibration.calibrate import Calibration
from training.datasets.examples import Example
from training.export import ExportedNet
from training.simulation import annotator as errors
from training.simulation.annotator import errors_of

VERSION = load_version(SHIPPED)
START = Calibration(VERSION.manifest.temperature, VERSION.manifest.rule)


def said(of: Example, telogen: float, label: Label) -> Hair:
    return Hair(
        strand=of.strand,
        ends=(None, None),
        label=label,
        reason=Reason.AMBIGUOUS if label is Label.UNSURE else None,
        p_telogen=telogen,
        p_anagen=1 - telogen,
        root_type=RootType.CLUB,
        root_end=0,
    )


def test_unsure_hairs_are_taken_for_the_likelier_and_unlisted_ones_are_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Telogen: right, right though unsure, not listed, wrong. Anagen: right, wrong; a nothing."""
    hairs = [example(0, k) for k in range(4)] + [example(1, 0), example(2, 0), example(3, 0)]
    answers = [
        said(hairs[0], 0.9, Label.TELOGEN),
        said(hairs[1], 0.6, Label.UNSURE),
        None,
        said(hairs[3], 0.1, Label.ANAGEN),
        said(hairs[4], 0.2, Label.ANAGEN),
        said(hairs[5], 0.8, Label.UNSURE),
        said(hairs[6], 0.2, Label.ANAGEN),
    ]
    monkeypatch.setattr(errors, "label_examples", lambda *_: answers)
    found = errors_of(ExportedNet(VERSION), START, hairs)
    assert found.balanced == pytest.approx((2 / 4 + 1 / 2) / 2)
    assert found.noise == pytest.approx(((0.25 / 4 + 0.25 / 2) / 4) ** 0.5)
    assert found.covered == pytest.approx(3 / 6)
    assert found.right == pytest.approx((1 / 2 + 1 / 1) / 2)


def test_hairs_that_nobody_can_know_do_not_count() -> None:
    whole = example(2, 1)
    piece = replace(whole, annotated=replace(whole.annotated, truth="fragment"))
    hairs = [example(0), example(1)]
    assert errors_of(ExportedNet(VERSION), START, hairs) == errors_of(
        ExportedNet(VERSION), START, [*hairs, replace(piece, photo="other.jpg")]
    )
