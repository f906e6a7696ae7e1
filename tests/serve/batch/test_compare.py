from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.labelling.hair import Hair, Label
from serve.batch import BatchRequest, score_batch
from serve.batch.compare import compare_files, comparison_page
from serve.batch.compare.comparison import pair_hairs
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.model.hairs import NO_BULB, TELOGEN
from tests.helpers.serve.fake_scorer import FakeScorer

RESULTS = "results.jsonl"


def moved(hair: Hair, x: float = 0, y: float = 0, part: slice = slice(None)) -> Hair:
    path = hair.strand.path[part] + np.array([x, y])
    return replace(hair, strand=replace(hair.strand, path=path))


class TestPairing:
    """The hair runs from (20, 50) to (120, 50) and is 8 px wide: 16 px is near."""

    def test_the_nearest_are_paired_each_once(self) -> None:
        near, nearer, far = moved(NO_BULB, y=10), moved(NO_BULB, y=5), moved(NO_BULB, y=17)
        assert pair_hairs([TELOGEN], [near, far, nearer]) == [
            (TELOGEN, nearer),
            (None, near),
            (None, far),
        ]

    def test_a_hair_read_from_its_other_end_is_the_same(self) -> None:
        turned = moved(NO_BULB, part=slice(None, None, -1))
        assert pair_hairs([TELOGEN], [turned]) == [(TELOGEN, turned)]

    def test_a_piece_of_a_hair_is_not_the_hair(self) -> None:
        piece = moved(NO_BULB, part=slice(0, 3))
        assert pair_hairs([TELOGEN], [piece]) == [(TELOGEN, None), (None, piece)]

    def test_no_hairs_make_no_pairs(self) -> None:
        assert pair_hairs([], []) == []


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.jpg").write_bytes(encoded(scene(300 + number, 240)))
    return folder


def scored(photos: Path, name: str, **hairs: int) -> Path:
    out = photos.parent / name
    score_batch(BatchRequest((photos,), out), FakeScorer(**hairs))  # type: ignore[arg-type]
    return out / RESULTS


def test_a_run_does_not_differ_from_itself(photos: Path) -> None:
    one = scored(photos, "a", telogen=2, misshapen=1, unsure=1)
    comparison = compare_files(one, one)
    assert (comparison.both, comparison.same, comparison.only) == (3, 3, (0, 0))
    assert comparison.changes == []
    assert comparison.labels[Label.TELOGEN, Label.TELOGEN] == 6
    assert "<img" not in comparison_page(comparison, one, one)


def test_what_changed_is_counted_and_shown(photos: Path) -> None:
    one = scored(photos, "a", telogen=2, misshapen=1, unsure=0)
    other = scored(photos, "b", telogen=1, misshapen=1, unsure=1)
    comparison = compare_files(one, other)
    assert comparison.same == 0
    assert dict(comparison.labels) == {
        (Label.TELOGEN, Label.TELOGEN): 3,
        (Label.TELOGEN, Label.ANAGEN): 3,
        (Label.ANAGEN, Label.UNSURE): 3,
    }
    # Telogen 0.94, anagen 0.05, neither 0.01 against 0.08, 0.9, 0.02: half of 0.86 + 0.85 + 0.01.
    assert [change.amount for change in comparison.changes[:3]] == [pytest.approx(0.86)] * 3
    assert [change.shown.photo for change in comparison.changes[:3]] == ["0.jpg", "1.jpg", "2.jpg"]
    page = comparison_page(comparison, one, other)
    assert page.count("<img") == 6
    assert "0.jpg: A telogen 94 %, B anagen 90 %" in page
    assert "A anagen 90 %, B unsure (ambiguous)" in page


def test_photos_of_one_run_alone_or_with_other_bytes_are_counted(photos: Path) -> None:
    one = scored(photos, "a", telogen=1, misshapen=0, unsure=0)
    (photos / "0.jpg").unlink()
    (photos / "1.jpg").write_bytes(encoded(scene(400, 240)))
    (photos / "2.jpg").write_bytes(encoded(scene(302, 240)))
    for name in ("8.jpg", "9.jpg"):
        (photos / name).write_text("hello")
    other = scored(photos, "b", telogen=0, misshapen=0, unsure=0)
    comparison = compare_files(one, other)
    assert comparison.only == (1, 2)
    assert (comparison.both, comparison.changed_files) == (2, 1)
    assert comparison.status_changes == [("2.jpg", "scored", "no_hairs")]
    assert comparison.labels == {(Label.TELOGEN, None): 1}
    page = comparison_page(comparison, one, other)
    assert "2.jpg: A telogen 94 %, B does not list it" in page
    assert page.count("<img") == 1
