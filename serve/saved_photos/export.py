"""What an export of labels has of one photo."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from data.errors import ErrorCode, ShedlightError
from data.images.photo import Photo
from data.strands.crop import crop_end
from model.report_json import Json
from serve.saved_photos.corrected import as_said
from serve.saved_photos.pictures import as_png, decoded, ends_to_show
from serve.store.store import Store
from serve.store.training_labels import HairLabel, LabelledPhoto


@dataclass(frozen=True)
class Exhibit:
    """The ``files`` of a photo by their path, a row of the table for each labelled hair, and what
    the manifest says of it."""

    files: dict[str, bytes]
    rows: list[Json]
    record: Json


def exhibits(store: Store) -> Iterator[Exhibit]:
    """One for each photo of ``Store.export``; those that are deleted meanwhile are left out.

    Raises ShedlightError (STORE_UNAVAILABLE).
    """
    for labelled in store.export():
        try:
            yield _exhibit(store, labelled)
        except ShedlightError as error:
            if error.code is not ErrorCode.PHOTO_NOT_FOUND:
                raise


def _exhibit(store: Store, labelled: LabelledPhoto) -> Exhibit:
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
    return Exhibit(files, rows, record)


def _crops(photo: Photo, report: Json, label: HairLabel, photo_id: str) -> dict[str, bytes]:
    """The crops of a hair by path; none of a root that the machine missed."""
    if label.hair >= len(report["hairs"]):
        return {}
    hair = as_said(report["hairs"][label.hair])
    return {
        f"crops/{photo_id}_{label.hair}_{end}.png": as_png(crop_end(photo, hair.strand, end).pixels)
        for end in ends_to_show(hair)
    }
