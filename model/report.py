"""The answer about one photo, and its JSON form (format ``shedlight/1``)."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from data.errors import ShedlightError
from data.quality import Finding
from model.labelling.hair import Hair
from model.report_json import hair_json
from model.share.summary import Summary

SCHEMA = "shedlight/1"


class Status(StrEnum):
    """What became of a photo: ``rejected`` blames the file, ``failed`` blames us."""

    SCORED = "scored"
    NO_HAIRS = "no_hairs"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True)
class ModelName:
    """Which model spoke."""

    name: str
    version: str
    sha256: str
    trained_on: str


@dataclass(frozen=True)
class PhotoReport:
    """Everything that is said about one photo.

    ``photo`` is the path relative to the folder that was given; ``width`` and ``height`` are those
    of the upright photo, None when it could not be decoded.
    """

    photo: str
    sha256: str | None
    status: Status
    model: ModelName
    width: int | None = None
    height: int | None = None
    hairs: tuple[Hair, ...] = ()
    quality: tuple[Finding, ...] = ()
    summary: Summary = field(default_factory=Summary)
    error: tuple[StrEnum, str] | None = None
    duplicate_of: str | None = None

    def named(self, photo: str) -> "PhotoReport":
        """The same report under another photo name."""
        return replace(self, photo=photo)

    def as_json(self) -> dict[str, Any]:
        """The JSON object of ``model/schema/shedlight-1.json``."""
        record: dict[str, Any] = {"schema": SCHEMA, "photo": self.photo, "sha256": self.sha256}
        if self.duplicate_of is not None:
            record["duplicate_of"] = self.duplicate_of
        return record | {
            "status": self.status.value,
            "error": _error_json(self.error),
            "width": self.width,
            "height": self.height,
            "quality": [_finding_json(finding) for finding in self.quality],
            "model": vars(self.model).copy(),
            "hairs": [hair_json(i, hair) for i, hair in enumerate(self.hairs)],
            "summary": self.summary.as_json(),
        }


def failed_report(
    photo: str, error: ShedlightError, model: ModelName, sha256: str | None = None
) -> PhotoReport:
    """The report of a photo that could not be scored."""
    status = Status.FAILED if error.is_internal else Status.REJECTED
    return PhotoReport(photo, sha256, status, model, error=(error.code, error.message))


def _error_json(error: tuple[StrEnum, str] | None) -> dict[str, str] | None:
    return None if error is None else {"code": error[0].value, "message": error[1]}


def _finding_json(finding: Finding) -> dict[str, Any]:
    record: dict[str, Any] = {"code": finding.code, "message": finding.message}
    if finding.box is not None:
        record["box"] = list(finding.box)
    return record
