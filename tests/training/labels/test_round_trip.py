"""A photo that was scored, corrected and exported comes back as labelled strands."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from data.images.read import read_photo_file
from model.inference.line_finder import shipped_finder
from model.report import PhotoReport
from model.scorer import Scorer
from serve.saved_photos.export import exported_photos, label_archive
from serve.store.correction import Correction, CorrectionKind
from serve.store.store import Store
from tests.helpers.serve.photo_store import jpeg_of
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR
from training.labels.label import HairLabel
from training.labels.label_set import LabelSet, load_labels

NOW = datetime(2026, 11, 21, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[3] / "examples" / "tray_900001_00021.jpg"


@pytest.fixture(scope="module")
def report() -> PhotoReport:
    return Scorer.shipped().score(read_photo_file(EXAMPLE))


def exported(tmp_path: Path, report: PhotoReport, *corrections: Correction) -> LabelSet:
    """The labels in the export of a store with these corrections of the photo."""
    store = Store.open(f"sqlite:///{tmp_path}/s.db", tmp_path / "photos")
    saved = store.save(jpeg_of(read_photo_file(EXAMPLE)), report.as_json(), False, True, NOW)
    for correction in corrections:
        store.add(saved.id, correction, NOW)
    path = tmp_path / "labels.zip"
    path.write_bytes(b"".join(label_archive(exported_photos(store), NOW)))
    store.close()
    return load_labels([path], shipped_finder())


def test_corrected_hairs_come_back_at_their_roots(tmp_path: Path, report: PhotoReport) -> None:
    rooted = [i for i, hair in enumerate(report.hairs) if hair.root_end is not None][:3]
    kinds = (CorrectionKind.TELOGEN, CorrectionKind.ANAGEN, CorrectionKind.NOT_HAIR)
    corrections = [Correction(kind, hair=i) for kind, i in zip(kinds, rooted, strict=True)]
    labels = exported(tmp_path, report, *corrections)
    assert labels.problems == ()
    assert [hair.label for hair in labels.hairs] == [
        HairLabel.TELOGEN,
        HairLabel.ANAGEN,
        HairLabel.NOT_HAIR,
    ]
    for i, labelled in zip(rooted, labels.hairs, strict=True):
        before = report.hairs[i]
        assert labelled.root_end is not None
        assert before.root_end is not None
        root, same = labelled.strand.ends[labelled.root_end], before.strand.ends[before.root_end]
        # The saved picture was re-encoded, so the finder may place its ends slightly differently.
        assert np.hypot(root.x - same.x, root.y - same.y) < before.strand.shaft_px
    root_classes = [{pair[hair.root_end or 0] for pair in hair.fits} for hair in labels.hairs]
    assert root_classes == [{CLUB}, {MISSHAPEN, BARE}, {NOT_HAIR}]


def test_a_moved_root_is_at_the_other_end(tmp_path: Path, report: PhotoReport) -> None:
    number = next(i for i, hair in enumerate(report.hairs) if hair.root_end is not None)
    hair = report.hairs[number]
    assert hair.root_end is not None
    moved = Correction(CorrectionKind.ROOT_MOVED, hair=number, root_end=1 - hair.root_end)
    labels = exported(tmp_path, report, moved, Correction(CorrectionKind.TELOGEN, hair=number))
    (labelled,) = labels.hairs
    assert labelled.root_end is not None
    root, wanted = labelled.strand.ends[labelled.root_end], hair.strand.ends[1 - hair.root_end]
    assert np.hypot(root.x - wanted.x, root.y - wanted.y) < hair.strand.shaft_px
