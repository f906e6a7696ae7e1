"""Exports labels with their photos as one zip, made while it is sent."""

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
from serve.saved_photos.pictures import decode_saved_photo
from serve.store.store import Store
from serve.store.training_labels import LabelledPhoto, TrainingLabel
from serve.zip_stream import StreamBuffer

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
    "labelled_by",
    "labelled_at",
    "model_version",
    "machine_label",
    "crops",
)


@dataclass(frozen=True)
class ExportedPhoto:
    """The ``files`` of a photo by path, a table row for each label, and its manifest record."""

    files: dict[str, bytes]
    rows: list[Json]
    record: Json


def exported_photos(store: Store) -> Iterator[ExportedPhoto]:
    """Exports each of ``Store.labelled_photos``; skips photos that are deleted meanwhile.

    Raises ShedlightError (STORE_UNAVAILABLE).
    """
    for labelled in store.labelled_photos():
        try:
            yield _export(store, labelled)
        except ShedlightError as error:
            if error.code is not ServerErrorCode.PHOTO_NOT_FOUND:
                raise


def label_archive(photos: Iterable[ExportedPhoto], now: datetime) -> Iterator[bytes]:
    """The zip in pieces: one for each photo, and the table and the manifest at the end.

    An error raised by ``photos`` ends it early; without its end it is not a valid zip.
    """
    buffer = StreamBuffer()
    rows: list[Json] = []
    records: list[Json] = []
    with ZipFile(buffer, "w") as archive:
        for photo in photos:
            for path, content in photo.files.items():
                archive.writestr(path, content)
            rows += photo.rows
            records.append(photo.record)
            yield buffer.drain()
        archive.writestr("labels.csv", _table(rows), ZIP_DEFLATED)
        archive.writestr("manifest.json", _manifest(records, len(rows), now), ZIP_DEFLATED)
    yield buffer.drain()


def _export(store: Store, labelled: LabelledPhoto) -> ExportedPhoto:
    saved = labelled.photo
    photo, report = decode_saved_photo(store, saved.id), store.corrected(saved.id)
    crops = {label.hair: _crops(photo, report, label, saved.id) for label in labelled.labels}
    picture_path, report_path = f"photos/{saved.id}.jpg", f"reports/{saved.id}.json"
    files = {picture_path: store.picture(saved.id), report_path: json.dumps(report).encode()}
    rows = [
        label.as_row(saved.id) | {"photo": picture_path, "crops": " ".join(crops[label.hair])}
        for label in labelled.labels
    ]
    record = {
        "photo": picture_path,
        "report": report_path,
        "sha256": saved.sha256,
        "roots_in_view": saved.roots_in_view,
        "saved_at": saved.created_at.isoformat(),
        "model": saved.report["model"],
    }
    for crops_of_hair in crops.values():
        files |= crops_of_hair
    return ExportedPhoto(files, rows, record)


def _crops(photo: Photo, report: Json, label: TrainingLabel, photo_id: str) -> dict[str, bytes]:
    """The crops of a hair by path; none of a missed root."""
    if label.hair >= len(report["hairs"]):
        return {}
    hair = with_label(report["hairs"][label.hair])
    crops = {end: crop_end(photo, hair.strand, end).pixels for end in hair.possible_roots}
    return {
        f"crops/{photo_id}_{label.hair}_{end}.png": encode_png(crop) for end, crop in crops.items()
    }


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
