"""What an export of labels has of one photo.

Labels with their photos as one zip, made while it is sent.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile

from data.errors import ShedlightError
from data.images.encode import encode_png
from data.images.photo import Photo
from data.io.jsonl import Json
from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, CROP_WIDTH, crop_end
from serve.error_codes import ServerErrorCode
from serve.saved_photos.corrected import with_label
from serve.saved_photos.pictures import decoded
from serve.store.store import Store
from serve.store.training_labels import LabelledPhoto, TrainingLabel
from serve.zip_stream import StreamBuffer


@dataclass(frozen=True)
class ExportedPhoto:
    """The ``files`` of a photo by their path, a row of the table for each labelled hair, and what
    the manifest says of it."""

    files: dict[str, bytes]
    rows: list[Json]
    record: Json


def exported_photos(store: Store) -> Iterator[ExportedPhoto]:
    """One for each photo of ``Store.export``; those that are deleted meanwhile are left out.

    Raises ShedlightError (STORE_UNAVAILABLE).
    """
    for labelled in store.export():
        try:
            yield _exhibit(store, labelled)
        except ShedlightError as error:
            if error.code is not ServerErrorCode.PHOTO_NOT_FOUND:
                raise


def _exhibit(store: Store, labelled: LabelledPhoto) -> ExportedPhoto:
    kept = labelled.photo
    photo, report = decoded(store, kept.id), store.corrected(kept.id)
    crops = {label.hair: _crops(photo, report, label, kept.id) for label in labelled.labels}
    picture, told = f"photos/{kept.id}.jpg", f"reports/{kept.id}.json"
    files = {picture: store.picture(kept.id), told: json.dumps(report).encode()}
    rows = [
        label.as_row(kept.id) | {"photo": picture, "crops": " ".join(crops[label.hair])}
        for label in labelled.labels
    ]
    record = {
        "photo": picture,
        "report": told,
        "sha256": kept.sha256,
        "roots_in_view": kept.roots_in_view,
        "kept_at": kept.created_at.isoformat(),
        "model": kept.report["model"],
    }
    for of_hair in crops.values():
        files |= of_hair
    return ExportedPhoto(files, rows, record)


def _crops(photo: Photo, report: Json, label: TrainingLabel, photo_id: str) -> dict[str, bytes]:
    """The crops of a hair by path; none of a root that the machine missed."""
    if label.hair >= len(report["hairs"]):
        return {}
    hair = with_label(report["hairs"][label.hair])
    return {
        f"crops/{photo_id}_{label.hair}_{end}.png": encode_png(
            crop_end(photo, hair.strand, end).pixels
        )
        for end in hair.possible_roots
    }


SCHEMA = "shedlight-labels/1"
COLUMNS = (
    "photo",
    "hair",
    "root_x",
    "root_y",
    "other_end_x",
    "other_end_y",
    "root_from",
    "label",
    "said_by",
    "said_at",
    "model_version",
    "machine_label",
    "crops",
)


def label_archive(exported_photos: Iterable[ExportedPhoto], now: datetime) -> Iterator[bytes]:
    """The zip, a piece for each photo and the table and the manifest at the end.

    What ``exported_photos`` raises breaks it off: without its end it cannot be taken for a whole
    one.
    """
    pipe = StreamBuffer()
    rows: list[Json] = []
    photos: list[Json] = []
    with ZipFile(pipe, "w") as archive:
        for exhibit in exported_photos:
            for path, content in exhibit.files.items():
                archive.writestr(path, content)
            rows += exhibit.rows
            photos.append(exhibit.record)
            yield pipe.drain()
        archive.writestr("labels.csv", _table(rows), ZIP_DEFLATED)
        archive.writestr("manifest.json", _manifest(photos, len(rows), now), ZIP_DEFLATED)
    yield pipe.drain()


def _table(rows: list[Json]) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS)
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def _manifest(photos: list[Json], labels: int, now: datetime) -> str:
    manifest = {
        "schema": SCHEMA,
        "exported_at": now.isoformat(),
        "labels": labels,
        "crop": {"width": CROP_WIDTH, "height": CROP_HEIGHT, "shaft_px": CROP_SHAFT_PX},
        "photos": photos,
    }
    return json.dumps(manifest, indent=1)
