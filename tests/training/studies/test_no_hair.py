import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from data.images.photo import Photo
from data.scale.request import AUTO, ScaleRequest
from data.strands.strand import Strand
from model.report import PhotoReport
from tests.helpers.serve.fake_scorer import FakeScorer
from training.studies.no_hair import NoHairPhoto, count_false_hairs


@dataclass(frozen=True)
class ProposingScorer(FakeScorer):
    """Proposes 5 strands in every photo; lists 3 hairs, 1 of them labelled, only in wide ones."""

    telogen: int = 1
    misshapen: int = 0
    unsure: int = 2

    def strands(self, photo: Photo) -> list[Strand]:
        return [hair.strand for hair in FakeScorer(5, 0, 0).score(photo).hairs]

    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
        wide = photo.width > photo.height
        return super().score(photo) if wide else FakeScorer(0, 0, 1).score(photo)


def write(folder: Path, name: str, width: int, height: int, hairs: list[object]) -> None:
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / "photos" / name), np.full((height, width, 3), 200, np.uint8))
    line = {"photo": name, "width": width, "height": height, "hairs": hairs, "clutter": []}
    with (folder / "truth.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "wide.png", 320, 240, [])
    write(tmp_path, "tall.png", 240, 320, [])
    return tmp_path


def test_counts_by_photo_and_in_total(folder: Path) -> None:
    counts = count_false_hairs([folder], ProposingScorer())
    assert counts.photos == (NoHairPhoto("wide.png", 5, 3, 1), NoHairPhoto("tall.png", 5, 1, 0))
    assert (counts.proposed, counts.listed, counts.labelled) == (10, 4, 1)
    assert counts.photos_with_a_label == 1


def test_a_folder_with_hairs_is_refused(folder: Path) -> None:
    hair = {
        "root": "bare", "root_xy": [1, 1], "tip_xy": [9, 9], "root_in_photo": True,
        "tip_in_photo": True, "shaft_px": 3.0, "polyline": [[1, 1], [9, 9]],
    }  # fmt: skip
    write(folder, "haired.png", 320, 240, [hair])
    with pytest.raises(ValueError, match=r"hairs.*haired\.png"):
        count_false_hairs([folder], ProposingScorer())
