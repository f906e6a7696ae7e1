"""Labels with their photos as one zip, made while it is sent."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile

from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, CROP_WIDTH
from model.report_json import Json
from serve.jobs.batches.zip_stream import Pipe
from serve.saved_photos.export import Exhibit

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


def label_archive(exhibits: Iterable[Exhibit], now: datetime) -> Iterator[bytes]:
    """The zip, a piece for each photo and the table and the manifest at the end.

    What ``exhibits`` raises breaks it off: without its end it cannot be taken for a whole one.
    """
    pipe = Pipe()
    rows: list[Json] = []
    photos: list[Json] = []
    with ZipFile(pipe, "w") as archive:
        for exhibit in exhibits:
            for path, content in exhibit.files.items():
                archive.writestr(path, content)
            rows += exhibit.rows
            photos.append(exhibit.record)
            yield pipe.drained()
        archive.writestr("labels.csv", _table(rows), ZIP_DEFLATED)
        archive.writestr("manifest.json", _manifest(photos, len(rows), now), ZIP_DEFLATED)
    yield pipe.drained()


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
