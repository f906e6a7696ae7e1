import json
import math
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("matplotlib")

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH
from tests.helpers.training.outcomes import (
    evaluated_in_table,
    label_set,
    labelled_in_table,
    outcome,
    with_telogen,
)
from training.labels.issues import Issue, Location
from training.labels.label import HairLabel
from training.retrain.evaluation import EvaluatedLabel
from training.retrain.learning_curve import UNKNOWN
from training.retrain.promotion import Decision, PromotionVerdict
from training.retrain.report import MAX_ISSUES, REPORT, write_retrain_report
from training.retrain.report_comparison import (
    MAX_MISTAKES,
    MIN_GROUPS,
    confident_mistakes,
    is_right,
    loss_of,
    metric_changes,
    mistake_tile,
)
from training.retrain.run_state import OUTCOME, Outcome

TELOGEN = [evaluated_in_table(HairLabel.TELOGEN, 0.4, 0.8, "a") for _ in range(5)]  # all improve
ANAGEN = [
    *(evaluated_in_table(HairLabel.NO_BULB, 0.2, 0.2, "a", 3.0) for _ in range(3)),
    *(evaluated_in_table(HairLabel.NO_BULB, 0.4, 0.6, "b", 3.0) for _ in range(1)),  # worsens
    *(evaluated_in_table(HairLabel.ANAGEN, 0.8, 0.8, "b", 9.0) for _ in range(2)),  # wrong twice
]


class Report(HTMLParser):
    """The texts of a page, the rows of its tables by their first cell, and its tiles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.rows: dict[str, list[str]] = {}
        self._row: list[str] = []
        self.feed(page.split("</style>")[1])

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())
            self._row.append(data.strip())

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self._row = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr" and self._row:
            self.rows.setdefault(self._row[0], self._row[1:])

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    def tile(self, name: str) -> str:
        """The value of a tile."""
        return self.texts[self.texts.index(name) - 1]


def report(run: Path, of: Outcome) -> Report:
    write_retrain_report(run, of)
    return Report((run / REPORT).read_text("utf-8"))


def test_a_promotion_comes_with_the_way_back(tmp_path: Path) -> None:
    page = report(tmp_path, outcome(TELOGEN + ANAGEN))
    assert page.texts.index("REASON") < page.texts.index("shedlight models rollback")
    assert "Version 22bb is active" in page.text


def test_a_better_model_that_was_not_promoted_comes_with_the_command(tmp_path: Path) -> None:
    page = report(tmp_path, outcome(TELOGEN + ANAGEN, promoted=False))
    assert "Version 11aa stays active" in page.text
    assert "shedlight models promote 22bb" in page.texts


@pytest.mark.parametrize(
    "verdict", set(PromotionVerdict) - {PromotionVerdict.BETTER, PromotionVerdict.NO_LABELS}
)
def test_otherwise_the_active_model_stays_and_the_reason_is_given(
    tmp_path: Path, verdict: PromotionVerdict
) -> None:
    page = report(tmp_path, outcome(TELOGEN, Decision(verdict, "REASON"), promoted=False))
    assert "REASON" in page.texts
    assert "Version 11aa stays active. The new one is called 22bb." in page.texts
    assert "shedlight models promote" not in page.text
    assert "shedlight models rollback" not in page.text


def test_metrics_of_kinds_before_and_after(tmp_path: Path) -> None:
    rows = report(tmp_path, outcome(TELOGEN + ANAGEN)).rows
    # Of a probability p the loss is -log(0.95 p + 0.05 / 3): 0.925 of 0.4, 0.253 of 0.8, 0.533 of
    # 0.6, 1.577 of 0.2. Telogen hairs are all of one group, so the interval is unknown.
    assert rows["telogen"] == ["5", "0%", "100%", "unknown", "0.92", "0.25", "unknown"]
    # Anagen: 4 of 6 right, then 3; (3 * 0.253 + 0.533 + 2 * 1.577) / 6, then 0.925 for 0.533.
    assert rows["anagen"][:3] == ["6", "67%", "50%"]
    assert rows["anagen"][4:6] == ["0.74", "0.81"]
    of_all = rows["all kinds, equal weight"]
    assert of_all[:3] == ["11", "33%", "75%"]  # (0 + 4/6) / 2, (1 + 3/6) / 2
    assert "no hair" not in rows


def test_intervals_by_few_groups_are_called_rough(tmp_path: Path) -> None:
    labels = [evaluated_in_table(HairLabel.TELOGEN, 0.4, 0.8, str(k)) for k in range(MIN_GROUPS)]
    assert f"only {MIN_GROUPS - 1} groups" in report(tmp_path, outcome(labels[:-1])).text
    assert "rough" not in report(tmp_path, outcome(labels)).text


def test_the_interval_resamples_groups() -> None:
    # Of two groups either is drawn twice, or both once: the change is 0, 0.25 or 0.5 in points.
    same = [evaluated_in_table(HairLabel.TELOGEN, 0.8, 0.8, "a") for _ in range(4)]
    half = [
        evaluated_in_table(HairLabel.TELOGEN, 0.4, 0.8 if i < 2 else 0.4, "b") for i in range(4)
    ]
    right = metric_changes(same + half, is_right)
    assert right.keys() == {"telogen", "all"}
    for change in right.values():
        assert (change.labels, change.before, change.after) == (8, 0.5, 0.75)
        assert change.interval == (0.0, 0.5)
        # The changes 0, 0.25 and 0.5 have probabilities 1/4, 1/2, 1/4: a variance of 1/32.
        assert change.error == pytest.approx(math.sqrt(1 / 32), rel=0.1)


def test_kinds_weigh_the_same_however_many_labels_they_have() -> None:
    telogen = [
        evaluated_in_table(HairLabel.TELOGEN, 0.5, 1.0, group) for group in "ab" for _ in range(10)
    ]
    anagen = [
        evaluated_in_table(HairLabel.ANAGEN, 0.5, 0.5, group) for group in "abc" for _ in range(2)
    ]
    of_all = metric_changes(telogen + anagen, loss_of)["all"]
    half, whole = (-math.log(0.95 * p + 0.05 / 3) for p in (0.5, 1.0))  # one label in 20 is wrong
    assert of_all.before == pytest.approx(half)
    assert of_all.change == pytest.approx((whole - half) / 2)
    assert of_all.interval == pytest.approx(((whole - half) / 2, (whole - half) / 2))


def test_too_few_labels_of_a_kind_have_no_metrics(tmp_path: Path) -> None:
    rows = report(tmp_path, outcome(TELOGEN + ANAGEN[:4])).rows
    assert rows["anagen"] == ["too few (4)"]
    assert rows["all kinds, equal weight"][0] == "5"
    assert metric_changes(ANAGEN[:4], is_right) == {}


def test_metrics_by_width_of_the_shaft(tmp_path: Path) -> None:
    rows = report(tmp_path, outcome(TELOGEN + ANAGEN)).rows
    assert rows["4 to 8 px, telogen"] == ["5", "0%", "100%", "0.92", "0.25"]
    assert rows["under 4 px, anagen"] == ["too few (4)"]
    assert rows["over 8 px, anagen"] == ["too few (2)"]
    assert "over 8 px, telogen" not in rows


def test_hairs_that_changed_are_counted(tmp_path: Path) -> None:
    texts = report(tmp_path, outcome(TELOGEN + ANAGEN)).texts
    cells = texts[texts.index("wrong before, right after") :]
    assert cells[4:9] == ["telogen", "5", "0", "0", "0"]
    assert cells[9:14] == ["anagen", "0", "1", "3", "2"]
    assert cells[14:19] == ["all", "5", "1", "3", "2"]


def test_the_most_confident_mistakes_come_first_and_few_of_a_photo() -> None:
    labels = [
        evaluated_in_table(HairLabel.TELOGEN, 0.9 - 0.1 * i, 0.05 * i, "a", row=i) for i in range(9)
    ]
    labels += [
        evaluated_in_table(HairLabel.TELOGEN, 0.5, 0.3, "b", row=20),
        evaluated_in_table(HairLabel.ANAGEN, 0.5, 0.4, "c"),
    ]
    shown = [(each.group, each.hair.where.row) for each in confident_mistakes(labels)]
    assert shown == [("a", 0), ("a", 1), ("a", 2), ("b", 20)]
    many = [evaluated_in_table(HairLabel.TELOGEN, 0.5, 0.1, str(photo)) for photo in range(30)]
    assert len(confident_mistakes(many)) == MAX_MISTAKES


def test_a_mistake_is_shown_with_both_ends_label_probabilities_and_location() -> None:
    hair = labelled_in_table(HairLabel.MISSHAPEN, root_end=1, row=7)
    label = EvaluatedLabel(hair, "a", with_telogen(0.3, 0.1), with_telogen(0.9))
    pixels, caption = mistake_tile(label)
    assert pixels.shape == (2 * CROP_HEIGHT + 4, CROP_WIDTH, 3)
    assert (pixels[0, 0, 0], pixels[-1, 0, 0]) == (200, 50)  # end 1 above end 0
    before, after = caption.split("Before: ")[1].split("After: ")
    assert before.startswith("telogen 30%, anagen 60%, not hair 10%")
    assert after.startswith("telogen 90%, anagen 10%, not hair 0%")
    assert "misshapen" in caption
    assert caption.endswith("a.jpg; label in labels.csv, row 7")


def test_a_hair_with_one_visible_end_is_shown_by_it() -> None:
    hair = replace(labelled_in_table(HairLabel.TELOGEN, root_end=None), where=Location("a.jpg"))
    hair = replace(hair, crops=(None, hair.crops[1]))
    pixels, caption = mistake_tile(EvaluatedLabel(hair, "a", with_telogen(0.3), with_telogen(0.1)))
    assert pixels.shape == (CROP_HEIGHT, CROP_WIDTH, 3)
    assert caption.endswith("the other end. a.jpg")


def test_the_frozen_set_is_shown_by_class_with_its_limit(tmp_path: Path) -> None:
    page = report(tmp_path, outcome(TELOGEN + ANAGEN))
    # A loss of 0.8 more at one of four ends; by photo 0 and 0.2, so a standard error of 0.2.
    assert "grows by 0.200" in page.text
    assert "0.329" in page.text
    assert page.rows["club"] == ["2", "100%", "100%", "0.200", "0.200"]
    assert page.rows["bare"] == ["2", "100%", "50%", "0.300", "0.700"]
    assert page.rows["all classes, equal weight"] == ["4", "100%", "75%", "0.250", "0.450"]
    assert "misshapen" not in page.rows


def test_names_of_files_cannot_become_html(tmp_path: Path) -> None:
    where = Location("<script>alert(1)</script>\x1b.csv", 3)
    hair = replace(labelled_in_table(HairLabel.TELOGEN), file="<img src=x>.jpg", where=where)
    labels = [EvaluatedLabel(hair, "a", with_telogen(0.3), with_telogen(0.1))]
    given = label_set([Issue(where, "The <b>label</b>."), Issue(where, "A note.", is_note=True)])
    report(tmp_path, outcome(labels, given=given))
    page = (tmp_path / REPORT).read_text("utf-8")
    assert "<script" not in page
    assert "<img src=x>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;?.csv, row 3: The &lt;b&gt;label" in page


def test_of_many_problems_the_rest_is_counted(tmp_path: Path) -> None:
    issues = [Issue(Location("t.csv", i), "Wrong.") for i in range(MAX_ISSUES + 3)]
    texts = report(tmp_path, outcome(TELOGEN, given=label_set(issues))).texts
    assert f"t.csv, row {MAX_ISSUES - 1}: Wrong." in texts
    assert f"t.csv, row {MAX_ISSUES}: Wrong." not in texts
    assert "And 3 more." in texts


def test_without_evidence_there_is_only_the_reason(tmp_path: Path) -> None:
    none = Decision(PromotionVerdict.NO_LABELS, "REASON")
    nothing = replace(outcome([], none, promoted=False), evidence=None, curve=(), challenger=None)
    page = report(tmp_path, nothing)
    assert "REASON" in page.texts
    assert page.tile("labels given") == "3"
    assert page.rows == {}
    saved = json.loads((tmp_path / OUTCOME).read_text())
    assert (saved["verdict"], saved["promoted"], saved["labels"]) == ("no_labels", False, {})


def test_labels_that_cannot_be_compared_leave_the_rest_of_the_page(tmp_path: Path) -> None:
    page = report(tmp_path, replace(outcome([]), curve=()))
    assert UNKNOWN.text in page.texts
    assert "telogen" not in page.rows
    assert "club" in page.rows


def test_sizes_are_tiles(tmp_path: Path) -> None:
    page = report(tmp_path, outcome(TELOGEN + ANAGEN))
    assert page.tile("labels of telogen hairs compared") == "5"
    assert page.tile("labels of anagen hairs compared") == "6"
    assert page.tile("labels given") == "3"
    assert page.tile("photos and crops") == "2"
    assert page.tile("groups") == "2"


def test_the_outcome_is_saved_as_json(tmp_path: Path) -> None:
    report(tmp_path, outcome(TELOGEN + ANAGEN))
    assert json.loads((tmp_path / OUTCOME).read_text()) == {
        "verdict": "better",
        "reason": "REASON",
        "promoted": True,
        "champion": "11aa",
        "challenger": "22bb",
        "arch": "rootnet",
        "labels": {"telogen": 5, "anagen": 6},
        "fitted": 40,
        "photos": 2,
        "groups": 2,
        "problems": 0,
        "gain": None,
        "p_value": None,
        "forgetting": None,
        "forgetting_se": None,
    }
