"""The uploaded files of a batch, with zips unpacked: photos to score, and refused files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from serve.batch.groups import ListedGroups, read_groups
from serve.error_codes import ServerError, ServerErrorCode
from serve.errors import CommandError
from serve.inputs.left_out import LeftOutFiles
from serve.inputs.photo_files import NamedPhoto, distinct
from serve.inputs.zip_members import is_zip
from serve.jobs.batches.zip_files import Entry, UnpackQuota, unpacked


@dataclass(frozen=True)
class UploadedFile:
    """A file as it arrived: its path on the disk, and its name at the client."""

    path: Path
    name: str


@dataclass(frozen=True)
class UploadedBatch:
    """Photos to score, and ``refused`` files, each with its error; all names differ.

    ``skipped`` files of zips are not images by their names, or Shedlight drew them. ``groups`` are
    those of the first zip with a list.
    """

    photos: tuple[NamedPhoto, ...]
    refused: tuple[tuple[str, ShedlightError], ...]
    skipped: int
    groups: ListedGroups | None = None
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
    lists = [entry for entry in entries if entry.groups]
    listed = [entry for entry in entries if not (entry.skipped or entry.groups)]
    if len(files) == len(listed) == 1 and listed[0].name == files[0].name and listed[0].error:
        raise listed[0].error
    if not listed:
        raise ShedlightError(ErrorCode.NOT_AN_IMAGE, field="files")
    names = distinct([entry.name for entry in listed])
    named = list(zip(names, listed, strict=True))
    return UploadedBatch(
        tuple(NamedPhoto(entry.path, name) for name, entry in named if entry.path),
        tuple((name, entry.error) for name, entry in named if entry.error),
        len(entries) - len(listed) - len(lists[:1]),
        _groups(lists[0]) if lists else None,
    )


def _groups(entry: Entry) -> ListedGroups:
    """Raises ShedlightError (INVALID_REQUEST) for a list that cannot be understood."""
    assert entry.path is not None
    folder, _, name = entry.name.rpartition("/")
    try:
        return read_groups(entry.path, folder, name)
    except CommandError as error:
        what = f"'files' ({str(error).removesuffix('.')})"
        raise ServerError(ServerErrorCode.INVALID_REQUEST, field="files", what=what) from error


def _entries(
    file: UploadedFile, folder: Path, quota: UnpackQuota, limits: ReadLimits
) -> Iterator[Entry]:
    if not is_zip(file.path, file.name):
        quota.take_photo()
        yield Entry(file.name, file.path)
        return
    yield from unpacked(file.path, file.name, folder, quota, limits)
    file.path.unlink()
