import json
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("matplotlib")

from model.labelling.hair import Label
from tests.helpers.training.predictions import end, hair, known, predictions
from training.datasets.annotations import Attributes
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR
from training.evaluation.breakdown import breakdown
from training.evaluation.metrics import Evaluation
from training.evaluation.resolution_sweep import ResolutionPoint
from training.reports.charts import hair_counts
from training.reports.diagnostics import Diagnostics, Provenance
from training.reports.run_report import write_report

METRICS = {"recall_club_under4px": 0.25, "recall_club_all": 0.5, "ends": 4.0}
EVALUATION = Evaluation(METRICS, np.eye(4, dtype=np.int64), {})


def diagnostics() -> Diagnostics:
    wide = known(CLUB, Attributes("club_tail", "grey", "<steel>"), photo="a&b.jpg", shaft_px=13.0)
    ends = [
        end(CLUB, CLUB, 0.9, wide),
        end(BARE, MISSHAPEN, 0.83, wide, side=1),
        end(NOT_HAIR, NOT_HAIR, 0.7),
    ]
    hairs = [hair(CLUB, Label.TELOGEN, 0.9, wide), hair(MISSHAPEN, Label.UNSURE, 0.4)]
    found = predictions(ends, hairs, (True, False, False, False))
    sweep = tuple(ResolutionPoint(px, 2, 0.5, 0.6, 0.5, 0.0) for px in (16.0, 8.0, 4.0, 2.0))
    return Diagnostics(Provenance("Renders `only`.", "`so`"), found, breakdown(found), sweep)


def report(run: Path, of: Diagnostics) -> str:
    write_report(run, EVALUATION, of)
    return (run / "report.html").read_text("utf-8")


def test_the_overview_has_the_key_figures(tmp_path: Path) -> None:
    page = report(tmp_path, diagnostics())
    assert "Trained on: Renders <code>only</code>." in page
    assert "<code>so</code>" in page
    # Hairs with a label, right telogen labels, listed lines that are not a hair, and the mean
    # recall: a club is right, a bare end is wrong, an end that is not of a hair is right.
    figures = re.findall(r"<b>(\d+%)</b><span>of (\d+) ", page)
    assert figures == [("50%", "2"), ("100%", "1"), ("25%", "4"), ("67%", "3")]


def test_the_worst_mistakes_are_shown_with_their_attributes(tmp_path: Path) -> None:
    page = report(tmp_path, diagnostics())
    assert re.search(r"bare, \w+ misshapen with 83%", page)
    assert "(13.0 px; grey, club tail, &lt;steel&gt;; a&amp;b.jpg)" in page
    assert len(re.findall(r"with \d\d% \(", page)) == 1


def test_every_picture_is_in_the_page_and_can_be_decoded(tmp_path: Path) -> None:
    (tmp_path / "loss.csv").write_text("0,1.5\n1,0.7\n")
    page = report(tmp_path, diagnostics())
    sources = re.findall(r'<img src="([^"]*)"', page)
    # Ends, hairs, reliability, risk, sweep, loss; two classes at four resolutions; one mistake.
    assert len(sources) == 6 + 2 * 4 + 1
    for source in sources:
        kind, content = source.split(";base64,")
        assert kind in ("data:image/png", "data:image/jpeg")
        assert cv2.imdecode(np.frombuffer(b64decode(content), np.uint8), 1).std() > 1
    assert "http" not in page
    assert len(page) < 3_000_000


def test_a_run_without_loss_curve_and_wide_hairs_leaves_them_out(tmp_path: Path) -> None:
    page = report(tmp_path, replace(diagnostics(), sweep=()))
    assert "Resolution sweep" not in page
    assert "<h2>Loss</h2>" not in page
    assert "ladder_ends" not in json.loads((tmp_path / "metrics.json").read_text())


def test_figures_and_breakdown_are_saved_as_json(tmp_path: Path) -> None:
    report(tmp_path, diagnostics())
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["recall_club_all"] == 0.5
    assert metrics["resolution_mean_confidence_2px"] == 0.6
    rows = json.loads((tmp_path / "breakdown.json").read_text())
    assert {"club": {"right": 1, "of": 1}}.items() <= rows[0]["figures"].items()


def test_figures_by_width_share_a_row(tmp_path: Path) -> None:
    page = report(tmp_path, diagnostics())
    assert "<tr><td>recall club</td><td>0.250</td><td></td><td></td><td>0.500</td></tr>" in page
    assert "<tr><td>ends</td><td>4.000</td></tr>" in page


def test_hairs_are_counted_by_truth_and_label() -> None:
    hairs = [hair(CLUB, Label.TELOGEN), hair(CLUB, Label.UNSURE), hair(MISSHAPEN, Label.ANAGEN)]
    assert hair_counts([*hairs, hairs[2]]).tolist() == [[1, 0, 1], [0, 2, 0]]
