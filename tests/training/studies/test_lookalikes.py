import json
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

from tests.helpers.serve.fake_scorer import FakeScorer
from training.studies.lookalikes import count_lookalikes, counts_table

HAIR = {
    "root": "bare", "root_xy": [30, 67], "tip_xy": [290, 67], "root_in_photo": True,
    "tip_in_photo": True, "shaft_px": 6.0, "polyline": [[30, 67], [160, 67], [290, 67]],
}  # fmt: skip


def write(folder: Path, name: str, hairs: list[object]) -> None:
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / "photos" / name), np.full((200, 300, 3), 200, np.uint8))
    line = {"photo": name, "width": 300, "height": 200, "hairs": hairs, "clutter": []}
    with (folder / "truth.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")


def test_strands_are_counted_by_kind_and_on_no_hair(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path, f"scale_bar_1_{number:05d}.jpg", [])
    write(tmp_path, "cut_hairs_1_00003.jpg", [HAIR])
    scorer = FakeScorer(telogen=1, misshapen=0, unsure=1)  # at 67 and 133 px from the top
    bars, cut = count_lookalikes(tmp_path, scorer, most=2)
    assert (bars.kind, bars.photos, bars.present, bars.found) == ("scale_bar", 2, 0, 0)
    assert (bars.listed, bars.invented, bars.labelled, bars.wrongly_labelled) == (4, 4, 2, 2)
    assert (cut.present, cut.found, cut.listed, cut.invented) == (1, 1, 2, 1)
    assert (cut.labelled, cut.wrongly_labelled) == (1, 0)
    assert bars.findings == {"blurred": 2}
    assert bars.verdict == "too_few"
    assert counts_table([bars, cut]).row_count == 2
