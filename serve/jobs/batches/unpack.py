"""What somebody sent as a batch, laid out: photos under our own names, and what was refused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import ErrorCode, ShedlightError
from data.images.limits import ReadLimits
from serve.inputs.photo_files import NamedPhoto, distinct
from serve.jobs.batches.zip_files import Entry, UnpackQuota, is_zip, unpacked


@dataclass(frozen=True)
class SentFile:
    """A file as it arrived: where it lies, and what its sender calls it."""

    path: Path
    name: str


@dataclass(frozen=True)
class UploadedBatch:
    """Photos to score and, after them, what cannot be, each with its error; names differ.

    ``skipped`` files of zips are no pictures by their names.
    """

    photos: tuple[NamedPhoto, ...]
    refused: tuple[tuple[str, ShedlightError], ...]
    skipped: int

    def __iter__(self) -> Iterator[NamedPhoto]:
        """All that gets a line in the results; there is no file behind what was refused."""
        yield from self.photos
        yield from (NamedPhoto(Path(name), name) for name, _ in self.refused)

    def __len__(self) -> int:
        return len(self.photos) + len(self.refused)


def unpack(
    sent: Sequence[SentFile], folder: Path, room: UnpackQuota, limits: ReadLimits
) -> UploadedBatch:
    """The files that were sent, those of zips unpacked into ``folder``; the zips are deleted.

    Raises ShedlightError where there is too much in all, for a zip that is alone and cannot be
    read, and (NOT_AN_IMAGE) where there is nothing that could be told of.
    """
    entries = [entry for file in sent for entry in _entries(file, folder, room, limits)]
    told = [entry for entry in entries if not entry.skipped]
    if len(sent) == 1 and len(told) == 1 and told[0].name == sent[0].name and told[0].error:
        raise told[0].error
    if not told:
        raise ShedlightError(ErrorCode.NOT_AN_IMAGE, field="files")
    names = distinct([entry.name for entry in told])
    named = list(zip(names, told, strict=True))
    return UploadedBatch(
        tuple(NamedPhoto(entry.path, name) for name, entry in named if entry.path),
        tuple((name, entry.error) for name, entry in named if entry.error),
        len(entries) - len(told),
    )


def _entries(
    file: SentFile, folder: Path, room: UnpackQuota, limits: ReadLimits
) -> Iterator[Entry]:
    if not is_zip(file.path, file.name):
        room.take_photo()
        yield Entry(file.name, file.path)
        return
    yield from unpacked(file.path, file.name, folder, room, limits)
    file.path.unlink()
