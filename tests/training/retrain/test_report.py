import json
import math
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("matplotlib")

from tests.helpers.training.outcomes import label, label_set, outcome, taught, thinks
from training.labels.issues import Issue, Location
from training.labels.label import HairLabel
from training.retrain.evaluation import JudgedLabel
from training.retrain.promotion import Decision, Verdict
from training.retrain.report import write_report
from training.retrain.report_comparison import changes, is_right, log_loss, tile_of, worst_mistakes
from training.retrain.run_state import Outcome

TELOGEN = [label(HairLabel.TELOGEN, 0.4, 0.8, "a") for _ in range(5)]  # all of them mended
ANAGEN = [
    *(label(HairLabel.NO_BULB, 0.2, 0.2, "a", 3.0) for _ in range(3)),
    *(label(HairLabel.NO_BULB, 0.4, 0.6, "b", 3.0) for _ in range(1)),  # broken
    *(label(HairLabel.ANAGEN, 0.8, 0.8, "b", 9.0) for _ in range(2)),  # wrong both times
]


class Text(HTMLParser):
    """What a reader of a page reads: ``texts``, and ``rows`` of tables by their first cell."""

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
    def whole(self) -> str:
        return " ".join(self.texts)


def report(run: Path, of: Outcome) -> Text:
    write_report(run, of)
    return Text((run / "report.html").read_text("utf-8"))


def test_a_promotion_is_told_first_with_the_way_back(tmp_path: Path) -> None:
    told = report(tmp_path, outcome(TELOGEN + ANAGEN)).texts
    assert told[:6] == [
        "What your labels taught",
        "The new model reads your hairs better, and is in force.",
        "It is better by much.",
        "In force is 22bb; before, it was 11aa. To go back:",
        "shedlight models rollback",
        ".",
    ]


def test_a_better_model_that_was_not_promoted_can_be(tmp_path: Path) -> None:
    told = report(tmp_path, outcome(TELOGEN + ANAGEN, promoted=False)).whole
    assert "In force is 11aa, as before. To use the new one: shedlight models promote 22bb" in told


def test_what_stays_in_force_is_told_with_the_reason(tmp_path: Path) -> None:
    kept = Decision(Verdict.NOT_BETTER, "That can be chance.")
    told = report(tmp_path, outcome(TELOGEN, kept, promoted=False)).whole
    assert "The model in force stays" in told
    assert "That can be chance. In force is 11aa, as before. The new one is called 22bb." in told
    assert "promote" not in told


def test_figures_of_kinds_before_and_after(tmp_path: Path) -> None:
    rows = report(tmp_path, outcome(TELOGEN + ANAGEN)).rows
    # Of a chance p the loss is -log(0.95 p + 0.05 / 3): 0.925 of 0.4, 0.253 of 0.8, 0.533 of 0.6,
    # 1.577 of 0.2. Telogen hairs are all of one group, so that nothing is known of chance.
    assert rows["telogen"] == [
        "5",
        "0%",
        "100%",
        "cannot be told",
        "0.92",
        "0.25",
        "cannot be told",
    ]
    # Anagen: 4 of 6 right, then 3; (3 * 0.253 + 0.533 + 2 * 1.577) / 6, then 0.925 for 0.533.
    assert rows["anagen"][:3] == ["6", "67%", "50%"]
    assert rows["anagen"][4:6] == ["0.74", "0.81"]
    assert rows["every kind alike"][:3] == ["11", "33%", "75%"]  # (0 + 4/6) / 2, (1 + 3/6) / 2
    assert "no hair" not in rows


def test_intervals_by_few_groups_are_called_rough(tmp_path: Path) -> None:
    rough = "There are only 9 groups, so these intervals are rough"
    judged = [label(HairLabel.TELOGEN, 0.4, 0.8, str(group)) for group in range(10)]
    assert rough in report(tmp_path, outcome(judged[:9])).whole
    assert "are rough" not in report(tmp_path, outcome(judged)).whole


def test_the_interval_is_that_of_groups_drawn_anew() -> None:
    # Of two groups either is drawn twice, or both once: the change is 0, 0.25 or 0.5 in points.
    same = [label(HairLabel.TELOGEN, 0.8, 0.8, "a") for _ in range(4)]
    half = [label(HairLabel.TELOGEN, 0.4, 0.8 if i < 2 else 0.4, "b") for i in range(4)]
    right = changes(same + half, is_right)
    assert right.keys() == {"telogen", "all"}
    for change in right.values():
        assert (change.labels, change.before, change.after) == (8, 0.5, 0.75)
        assert change.interval == (0.0, 0.5)
        # The changes 0, 0.25 and 0.5 come with chances of 1/4, 1/2, 1/4: a variance of 1/32.
        assert change.noise == pytest.approx(math.sqrt(1 / 32), rel=0.1)


def test_kinds_weigh_the_same_however_many_labels_they_have() -> None:
    telogen = [label(HairLabel.TELOGEN, 0.5, 1.0, group) for group in "ab" for _ in range(10)]
    anagen = [label(HairLabel.ANAGEN, 0.5, 0.5, group) for group in "abc" for _ in range(2)]
    loss = changes(telogen + anagen, log_loss)
    half, whole = (-math.log(0.95 * p + 0.05 / 3) for p in (0.5, 1.0))  # one in 20 is a slip
    assert loss["all"].before == pytest.approx(half)
    assert loss["all"].by == pytest.approx((whole - half) / 2)
    assert loss["all"].interval == pytest.approx(((whole - half) / 2, (whole - half) / 2))


def test_too_few_labels_of_a_kind_have_no_figures(tmp_path: Path) -> None:
    told = report(tmp_path, outcome(TELOGEN + ANAGEN[:4]))
    assert told.rows["anagen"] == ["too few (4)"]
    assert told.rows["every kind alike"][0] == "5"
    assert changes(ANAGEN[:4], is_right) == {}


def test_figures_by_width_of_the_shaft(tmp_path: Path) -> None:
    rows = report(tmp_path, outcome(TELOGEN + ANAGEN)).rows
    assert rows["4 to 8 px, telogen"] == ["5", "0%", "100%", "0.92", "0.25"]
    assert rows["under 4 px, anagen"] == ["too few (4)"]
    assert rows["over 8 px, anagen"] == ["too few (2)"]
    assert "over 8 px, telogen" not in rows


def test_mended_and_broken_hairs_are_counted(tmp_path: Path) -> None:
    told = report(tmp_path, outcome(TELOGEN + ANAGEN)).texts
    cells = told[told.index("wrong before, right after") :]
    assert cells[4:9] == ["telogen", "5", "0", "0", "0"]
    assert cells[9:14] == ["anagen", "0", "1", "3", "2"]
    assert cells[14:19] == ["all", "5", "1", "3", "2"]


def test_the_worst_mistakes_come_first_and_few_of_a_photo() -> None:
    judged = [label(HairLabel.TELOGEN, 0.9 - 0.1 * i, 0.05 * i, "a", row=i) for i in range(9)]
    judged += [
        label(HairLabel.TELOGEN, 0.5, 0.3, "b", row=20),
        label(HairLabel.ANAGEN, 0.5, 0.4, "c"),
    ]
    shown = [(each.group, each.hair.where.row) for each in worst_mistakes(judged)]
    assert shown == [("a", 0), ("a", 1), ("a", 2), ("b", 20)]
    many = [label(HairLabel.TELOGEN, 0.5, 0.1, str(photo)) for photo in range(30)]
    assert len(worst_mistakes(many)) == 24


def test_a_mistake_is_shown_by_both_ends_with_what_was_said_and_thought() -> None:
    hair = taught(HairLabel.MISSHAPEN, root_end=1, row=7)
    pixels, caption = tile_of(JudgedLabel(hair, "anagen", "a", thinks(0.3, 0.1), thinks(0.9)))
    assert pixels.shape == (96 + 4 + 96, 160, 3)
    assert (pixels[0, 0, 0], pixels[-1, 0, 0]) == (200, 50)  # end 1 above end 0
    assert caption == (
        "Labelled misshapen. Before: telogen 30%, anagen 60%, not hair 10%. After: telogen 90%, "
        "anagen 10%, not hair 0%. Shown: the labelled end, below it the other end. "
        "a.jpg; label in labels.csv, row 7"
    )


def test_a_hair_with_one_end_in_view_is_shown_by_it() -> None:
    hair = replace(taught(HairLabel.TELOGEN, root_end=None), where=Location("a.jpg"))
    hair = replace(hair, crops=(None, hair.crops[1]))
    pixels, caption = tile_of(JudgedLabel(hair, "telogen", "a", thinks(0.3), thinks(0.1)))
    assert pixels.shape == (96, 160, 3)
    assert caption.endswith("Shown: the other end. a.jpg")


def test_the_frozen_set_is_told_by_class_with_its_bound(tmp_path: Path) -> None:
    told = report(tmp_path, outcome(TELOGEN + ANAGEN))
    # A loss of 0.8 more at one of four ends; by photo 0 and 0.2, so a standard error of 0.2.
    assert "grows by 0.200; up to 0.329 of growth could be chance" in told.whole
    assert told.rows["club"] == ["2", "100%", "100%", "0.200", "0.200"]
    assert told.rows["bare"] == ["2", "100%", "50%", "0.300", "0.700"]
    assert told.rows["every class alike"] == ["4", "100%", "75%", "0.250", "0.450"]
    assert "misshapen" not in told.rows


def test_advice_follows_the_curve(tmp_path: Path) -> None:
    telogen = [label(HairLabel.TELOGEN, 0.5, 0.5, group) for group in "ab" for _ in range(5)]
    anagen = [label(HairLabel.ANAGEN, 0.5, 0.5, group) for group in "ab" for _ in range(5)]
    told = report(tmp_path, outcome(telogen + anagen)).whole
    assert "the log loss went from 0.70 to 0.50. It fell most for anagen hairs" in told


def test_names_of_files_cannot_become_html(tmp_path: Path) -> None:
    sly = Location("<script>alert(1)</script>\x1b.csv", 3)
    hair = replace(taught(HairLabel.TELOGEN), file="<img src=x>.jpg", where=sly)
    judged = [JudgedLabel(hair, "telogen", "a", thinks(0.3), thinks(0.1))]
    labels = label_set(
        [Issue(sly, "The <b>label</b> is unknown.")], [Issue(sly, "A note.", is_note=True)]
    )
    report(tmp_path, outcome(judged, labels=labels))
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "<script" not in page
    assert "<img src=x>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;?.csv, row 3: The &lt;b&gt;label" in page
    assert "Notes on the labels (1)" in page


def test_of_many_problems_the_rest_is_counted(tmp_path: Path) -> None:
    problems = [Issue(Location("t.csv", i), "It is wrong.") for i in range(203)]
    told = report(tmp_path, outcome(TELOGEN, labels=label_set(problems))).texts
    assert "Problems of the labels (203)" in told
    assert "t.csv, row 199: It is wrong." in told
    assert "t.csv, row 200: It is wrong." not in told
    assert "And 3 more." in told


def test_without_evidence_the_page_says_why(tmp_path: Path) -> None:
    none = Decision(Verdict.NO_LABELS, "There is no label that a model could be fitted to.")
    nothing = replace(outcome([], none, promoted=False), evidence=None, curve=(), challenger=None)
    told = report(tmp_path, nothing)
    assert "No new model was made." in told.whole
    assert "There is no label that a model could be fitted to." in told.whole
    assert told.texts.count("labels given in all") == 1
    kept = json.loads((tmp_path / "outcome.json").read_text())
    assert (kept["verdict"], kept["promoted"], kept["labels"]) == ("no_labels", False, {})


def test_labels_that_cannot_be_compared_leave_the_page_whole(tmp_path: Path) -> None:
    told = report(tmp_path, replace(outcome([]), curve=())).whole
    assert "Whether more labels would help cannot be told from these." in told
    assert "Before and after" not in told


def test_sizes_are_told(tmp_path: Path) -> None:
    told = report(tmp_path, outcome(TELOGEN + ANAGEN)).texts
    assert "Labels given: telogen 2, no bulb 1." in told
    for figure, words in (
        ("5", "labels of telogen hairs to judge by"),
        ("6", "labels of anagen hairs to judge by"),
        ("3", "labels given in all"),
        ("2", "photos and crops"),
        ("2", "groups"),
    ):
        assert told[told.index(words) - 1] == figure


def test_figures_are_kept_as_json(tmp_path: Path) -> None:
    report(tmp_path, outcome(TELOGEN + ANAGEN))
    kept = json.loads((tmp_path / "outcome.json").read_text())
    assert kept["labels"] == {"telogen": 5, "anagen": 6}
    assert (kept["champion"], kept["challenger"], kept["groups"]) == ("11aa", "22bb", 2)
