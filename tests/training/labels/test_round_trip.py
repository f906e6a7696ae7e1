"""A photo that was scored, corrected and exported comes back as hairs to train on."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from data.images.read import read_photo_file
from model.inference.line_finder import shipped_finder
from model.report import PhotoReport
from model.scorer import Scorer
from serve.saved_photos.export import exported_photos, label_archive
from serve.store.correction import Correction
from serve.store.correction import CorrectionKind as Word
from serve.store.store import Store
from tests.helpers.serve.photo_store import jpeg_of
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR
from training.labels.label import HairLabel
from training.labels.label_set import LabelSet, load_labels

NOW = datetime(2026, 11, 21, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[3] / "examples" / "close_900001_00002.jpg"


@pytest.fixture(scope="module")
def report() -> PhotoReport:
    return Scorer.shipped().score(read_photo_file(EXAMPLE))


def exported(tmp_path: Path, report: PhotoReport, *said: Correction) -> LabelSet:
    """What is understood of the export of a store in which this was said of the photo."""
    store = Store.open(f"sqlite:///{tmp_path}/s.db", tmp_path / "photos")
    kept = store.save(jpeg_of(read_photo_file(EXAMPLE)), report.as_json(), False, True, NOW)
    for correction in said:
        store.add(kept.id, correction, NOW)
    path = tmp_path / "labels.zip"
    path.write_bytes(b"".join(label_archive(exported_photos(store), NOW)))
    store.close()
    return load_labels([path], shipped_finder())


def test_corrected_hairs_come_back_at_their_roots(tmp_path: Path, report: PhotoReport) -> None:
    rooted = [i for i, hair in enumerate(report.hairs) if hair.root_end is not None][:3]
    words = (Word.TELOGEN, Word.ANAGEN, Word.NOT_HAIR)
    said = [Correction(word, hair=i) for word, i in zip(words, rooted, strict=True)]
    labels = exported(tmp_path, report, *said)
    assert labels.problems == ()
    assert [hair.said for hair in labels.hairs] == [
        HairLabel.TELOGEN,
        HairLabel.ANAGEN,
        HairLabel.NOT_HAIR,
    ]
    for i, taught in zip(rooted, labels.hairs, strict=True):
        before = report.hairs[i]
        assert taught.root_end is not None
        assert before.root_end is not None
        root, same = taught.strand.ends[taught.root_end], before.strand.ends[before.root_end]
        # The kept picture was encoded anew, so the finder may see its ends a little elsewhere.
        assert np.hypot(root.x - same.x, root.y - same.y) < before.strand.shaft_px
    kinds = [{pair[hair.root_end or 0] for pair in hair.fits} for hair in labels.hairs]
    assert kinds == [{CLUB}, {MISSHAPEN, BARE}, {NOT_HAIR}]


def test_a_moved_root_is_at_the_other_end(tmp_path: Path, report: PhotoReport) -> None:
    number = next(i for i, hair in enumerate(report.hairs) if hair.root_end is not None)
    hair = report.hairs[number]
    assert hair.root_end is not None
    moved = Correction(Word.ROOT_MOVED, hair=number, root_end=1 - hair.root_end)
    labels = exported(tmp_path, report, moved, Correction(Word.TELOGEN, hair=number))
    (taught,) = labels.hairs
    assert taught.root_end is not None
    root, wanted = taught.strand.ends[taught.root_end], hair.strand.ends[1 - hair.root_end]
    assert np.hypot(root.x - wanted.x, root.y - wanted.y) < hair.strand.shaft_px
