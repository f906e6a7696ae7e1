"""A zip of photos on this machine, searched like a folder and unpacked file by file on request."""

import os
import posixpath
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from data.io.system_folders import is_system_folder
from data.io.zip_paths import is_folder, member_path
from serve.error_codes import ServerError, ServerErrorCode
from serve.errors import CommandError
from serve.inputs.zip_members import EntryProblem, is_regular, problem_of_content


@dataclass(frozen=True)
class ZipPath:
    """A file or folder in a zip, with the part of pathlib's interface that a run needs.

    ``member`` is its path in the zip, empty for the top. Another process can open it, too.
    """

    zip: Path
    member: str = ""

    @classmethod
    def top(cls, path: Path) -> "ZipPath":
        """The top of a zip. Raises CommandError if it cannot be opened."""
        try:
            _opened(*_version(path))
        except Exception as error:  # zipfile raises errors of many kinds
            raise CommandError(
                f"{path} is damaged or not a ZIP file. Create it again, or give a folder."
            ) from error
        return cls(path)

    def __str__(self) -> str:
        return f"{self.zip}/{self.member}" if self.member else str(self.zip)

    @property
    def address(self) -> str:
        """Identifies the file or folder on this machine."""
        return f"{os.path.realpath(self.zip)}/{self.member}"

    @property
    def name(self) -> str:
        """The last part of the path; at the top, the name of the zip."""
        return posixpath.basename(self.member) or self.zip.name

    @property
    def parent(self) -> "ZipPath":
        """The folder that it lies in."""
        return ZipPath(self.zip, posixpath.dirname(self.member))

    def __truediv__(self, name: str) -> "ZipPath":
        return ZipPath(self.zip, f"{self.member}/{name}" if self.member else name)

    def is_dir(self) -> bool:
        """True for the top, and for a folder that holds files."""
        return self.member in self._content().folders

    def is_file(self) -> bool:
        """True for a file, also for one that is refused when it is read."""
        return self.member in self._content().files

    def list_names(self) -> tuple[list[str], list[str]]:
        """The names of the folders and of the files in the folder, sorted."""
        folder = self._content().folders[self.member]
        return sorted(folder.folders), sorted(folder.files)

    def only_folder(self) -> "ZipPath | None":
        """The only folder in it, if there are no files beside it; system folders do not count."""
        below, files = self.list_names()
        folders = [name for name in below if not is_system_folder(name)]
        return self / folders[0] if len(folders) == 1 and not files else None

    def read(self, limits: ReadLimits) -> bytes:
        """The bytes of a file. Raises ShedlightError.

        ``zipfile`` unpacks no more of a member than its stated size.
        """
        try:
            content = self._content()
            file = content.files[self.member]
            if isinstance(file, EntryProblem):
                raise ServerError(ServerErrorCode.REFUSED_IN_ZIP, why=file.value)
            limits.check_bytes(file.file_size)
            return content.archive.read(file)
        except ShedlightError:
            raise
        except Exception as error:  # each compression raises errors of other kinds
            raise ShedlightError(ErrorCode.UNREADABLE_FILE) from error

    def _content(self) -> "_Content":
        return _opened(*_version(self.zip))


@dataclass
class _Folder:
    """The names in a folder."""

    folders: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)


@dataclass
class _Content:
    """An open zip: its files, each with why it is refused if it is, and its folders, by path."""

    archive: zipfile.ZipFile
    files: dict[str, zipfile.ZipInfo | EntryProblem] = field(default_factory=dict)
    folders: dict[str, _Folder] = field(default_factory=lambda: {"": _Folder()})

    def add(self, path: str, info: zipfile.ZipInfo, problem: EntryProblem | None) -> None:
        """Adds a file; one whose path is taken gets another name, and is refused."""
        if path in self.files:
            stem, suffix = posixpath.splitext(path)
            number = 2
            while (other := f"{stem} ({number}){suffix}") in self.files:
                number += 1
            path, problem = other, EntryProblem.SAME_PATH
        self.files[path] = problem or info
        folder, name = posixpath.split(path)
        self.folders.setdefault(folder, _Folder()).files.add(name)
        while folder:
            above, name = posixpath.split(folder)
            self.folders.setdefault(above, _Folder()).folders.add(name)
            folder = above


def _version(path: Path) -> tuple[str, int, int]:
    """The place of a file, and what changes with its content. Raises OSError."""
    status = path.stat()
    return os.path.realpath(path), status.st_mtime_ns, status.st_size


@lru_cache(maxsize=4)
def _opened(path: str, _modified_ns: int, _size: int) -> _Content:
    """An open zip, once per process and version. Raises errors of many kinds."""
    content = _Content(zipfile.ZipFile(path))
    for info in content.archive.infolist():
        if is_folder(info):
            continue
        inside = member_path(info)
        if inside is None:
            shown = posixpath.basename(info.filename.replace("\\", "/")) or "photo"
            content.add(shown, info, EntryProblem.PATH)
        elif inside:
            problem = problem_of_content(info) if is_regular(info) else EntryProblem.NO_FILE
            content.add(inside, info, problem)
    return content
