import json
import re
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
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
from training.reports.diagnostics import Diagnostics
from training.reports.provenance import Provenance
from training.reports.run_report import write_report

METRICS = {"recall_club_under4px": 0.25, "recall_club_all": 0.5, "ends": 4.0}
EVALUATION = Evaluation(METRICS, np.eye(4, dtype=np.int64), {})


def study() -> Diagnostics:
    wide = known(CLUB, Attributes("club_tail", "grey", "<steel>"), photo="a&b.jpg", shaft_px=13.0)
    ends = [
        end(CLUB, CLUB, 0.9, wide),
        end(BARE, MISSHAPEN, 0.83, wide, side=1),
        end(NOT_HAIR, NOT_HAIR, 0.7),
    ]
    hairs = [hair(CLUB, Label.TELOGEN, 0.9, wide), hair(MISSHAPEN, Label.UNSURE, 0.4)]
    found = predictions(ends, hairs, (True, False, False, False))
    rungs = tuple(ResolutionPoint(px, 2, 0.5, 0.6, 0.5, 0.0) for px in (16.0, 8.0, 4.0, 2.0))
    return Diagnostics(Provenance("Renders `only`.", "`so`"), found, breakdown(found), rungs)


def report(run: Path, of: Diagnostics) -> str:
    write_report(run, EVALUATION, of)
    return (run / "report.html").read_text("utf-8")


class Text(HTMLParser):
    """What a classifier_of of a page reads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.feed(page.split("</style>")[1])

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())


def test_the_first_screen_tells_the_figures_that_matter(tmp_path: Path) -> None:
    texts = Text(report(tmp_path, study())).texts
    first = " ".join(texts[: texts.index("Ends: what is taken for what")])
    assert "Trained on: Renders only ." in first
    assert "On real roots it is unmeasured" in first
    assert "50% of 2 readable hairs get a label" in first
    assert "100% of 1 labelled telogen hairs are right" in first
    assert "25% of 4 lines that are no hair are listed as one" in first
    # A club read right, a bare end misread, and an end of no hair read right.
    assert "67% of 3 ends read right, every class weighing the same" in first


def test_the_worst_mistakes_are_shown_with_what_they_are(tmp_path: Path) -> None:
    text = " ".join(Text(report(tmp_path, study())).texts)
    assert "bare, read as misshapen with 83% (13.0 px; grey, club tail, <steel>; a&b.jpg)" in text
    assert "read as club" not in text


def test_every_picture_is_in_the_page_and_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "loss.csv").write_text("0,1.5\n1,0.7\n")
    page = report(tmp_path, study())
    sources = re.findall(r'<img src="([^"]*)"', page)
    # Ends, hairs, reliability, risk, ladder, loss; two classes on four rungs; one mistake.
    assert len(sources) == 6 + 2 * 4 + 1
    for source in sources:
        kind, content = source.split(";base64,")
        assert kind in ("data:image/png", "data:image/jpeg")
        assert cv2.imdecode(np.frombuffer(b64decode(content), np.uint8), 1).std() > 1
    assert "http" not in page
    assert len(page) < 3_000_000


def test_a_page_without_a_curve_and_wide_hairs_leaves_them_out(tmp_path: Path) -> None:
    page = report(tmp_path, replace(study(), rungs=()))
    assert "ladder" not in page
    assert "<h2>Loss</h2>" not in page
    assert "ladder_ends" not in json.loads((tmp_path / "metrics.json").read_text())


def test_figures_and_breakdown_are_kept_as_json(tmp_path: Path) -> None:
    report(tmp_path, study())
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["recall_club_all"] == 0.5
    assert metrics["resolution_mean_confidence_2px"] == 0.6
    rows = json.loads((tmp_path / "breakdown.json").read_text())
    assert {"club": {"right": 1, "of": 1}}.items() <= rows[0]["figures"].items()


def test_figures_by_width_share_a_row(tmp_path: Path) -> None:
    texts = Text(report(tmp_path, study())).texts
    place = texts.index("recall club")
    assert texts[place : place + 3] == ["recall club", "0.250", "0.500"]
    assert texts[texts.index("ends") :][:2] == ["ends", "4.000"]


def test_hairs_are_counted_by_truth_and_label() -> None:
    hairs = [hair(CLUB, Label.TELOGEN), hair(CLUB, Label.UNSURE), hair(MISSHAPEN, Label.ANAGEN)]
    assert hair_counts([*hairs, hairs[2]]).tolist() == [[1, 0, 1], [0, 2, 0]]
