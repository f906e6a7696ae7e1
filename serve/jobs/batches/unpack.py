"""The uploaded files of a batch, with zips unpacked: photos to score, and refused files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from serve.inputs.left_out import LeftOutFiles
from serve.inputs.photo_files import NamedPhoto, distinct
from serve.jobs.batches.zip_files import Entry, UnpackQuota, is_zip, unpacked


@dataclass(frozen=True)
class UploadedFile:
    """A file as it arrived: its path on the disk, and its name at the client."""

    path: Path
    name: str


@dataclass(frozen=True)
class UploadedBatch:
    """Photos to score, and ``refused`` files, each with its error; all names differ.

    ``skipped`` files of zips are not images by their names.
    """

    photos: tuple[NamedPhoto, ...]
    refused: tuple[tuple[str, ShedlightError], ...]
    skipped: int
    left_out: LeftOutFiles = field(default_factory=LeftOutFiles)

    def __iter__(self) -> Iterator[NamedPhoto]:
        """All that gets a line in the results; refused names have no file."""
        yield from self.photos
        yield from (NamedPhoto(Path(name), name) for name, _ in self.refused)

    def __len__(self) -> int:
        return len(self.photos) + len(self.refused)


def unpack(
    files: Sequence[UploadedFile], folder: Path, quota: UnpackQuota, limits: ReadLimits
) -> UploadedBatch:
    """Unpacks the zips among ``files`` into ``folder`` and deletes them.

    Raises ShedlightError for more than the quota allows, for a single file that is a zip and cannot
    be opened, and (NOT_AN_IMAGE) if there is no image at all.
    """
    entries = [entry for file in files for entry in _entries(file, folder, quota, limits)]
    listed = [entry for entry in entries if not entry.skipped]
    if len(files) == len(listed) == 1 and listed[0].name == files[0].name and listed[0].error:
        raise listed[0].error
    if not listed:
        raise ShedlightError(ErrorCode.NOT_AN_IMAGE, field="files")
    names = distinct([entry.name for entry in listed])
    named = list(zip(names, listed, strict=True))
    return UploadedBatch(
        tuple(NamedPhoto(entry.path, name) for name, entry in named if entry.path),
        tuple((name, entry.error) for name, entry in named if entry.error),
        len(entries) - len(listed),
    )


def _entries(
    file: UploadedFile, folder: Path, quota: UnpackQuota, limits: ReadLimits
) -> Iterator[Entry]:
    if not is_zip(file.path, file.name):
        quota.take_photo()
        yield Entry(file.name, file.path)
        return
    yield from unpacked(file.path, file.name, folder, quota, limits)
    file.path.unlink()
