"""The findings about a photo's quality."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from data.arrays import Array
from data.images.photo import Photo
from data.io.jsonl import Json
from data.texts.catalogue import Texts, texts_in

Box = tuple[int, int, int, int]
_MAX_BOX_SHARE = 0.5


@dataclass(frozen=True)
class Finding:
    """One thing that makes a photo hard to read. Its text is ``finding.CODE``.

    ``values`` fill the placeholders of the text; ``variant`` among them chooses between texts.
    ``box`` is (x, y, width, height) in pixels of the upright photo, None for the whole of it.
    """

    code: str
    values: Mapping[str, float | str] = field(default_factory=dict, hash=False)
    box: Box | None = None

    @property
    def message(self) -> str:
        """The text in the default language."""
        return finding_text(self.code, self.values, texts_in())


def finding_text(code: str, values: Mapping[str, float | str], texts: Texts) -> str:
    """The text of a finding; raises KeyError or TypeError if there is none for these values."""
    name = ".".join(filter(None, ("finding", code, str(values.get("variant", "")))))
    return texts(name, **values)


def text_of_record(record: Json, texts: Texts) -> str:
    """The text of a finding in a result; its stored message if that is from another version."""
    try:
        return finding_text(record["code"], record.get("values", {}), texts)
    except (KeyError, TypeError):
        return str(record["message"])


def box_around(photo: Photo, places: Array, margin: float) -> Box | None:
    """The box around (N, 2) places with a margin, within the photo and at least one pixel.

    None if it would cover more than half of the photo.
    """
    last = np.array([photo.width - 1, photo.height - 1])
    low = np.clip(np.floor(places.min(axis=0) - margin), 0, last).astype(int)
    high = np.clip(np.ceil(places.max(axis=0) + margin), 0, last).astype(int)
    width, height = (high - low + 1).tolist()
    if width * height > _MAX_BOX_SHARE * photo.width * photo.height:
        return None
    return int(low[0]), int(low[1]), width, height
