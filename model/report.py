"""The report of one photo, and its JSON form (format ``shedlight/1``)."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from data.errors import ShedlightError
from data.io.jsonl import Json
from data.quality import Finding
from model.labelling.hair import Hair
from model.report_json import hair_json
from model.share.summary import Summary

SCHEMA = "shedlight/1"


class Status(StrEnum):
    """The outcome for a photo: ``rejected`` is the file's fault, ``failed`` ours."""

    SCORED = "scored"
    NO_HAIRS = "no_hairs"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True)
class ModelName:
    """Identifies a version of the model."""

    name: str
    version: str
    sha256: str
    trained_on: str


@dataclass(frozen=True)
class PhotoReport:
    """All results for one photo.

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

    def as_json(self) -> Json:
        """The JSON object of ``model/schema/shedlight-1.json``."""
        record: Json = {"schema": SCHEMA, "photo": self.photo, "sha256": self.sha256}
        if self.duplicate_of is not None:
            record["duplicate_of"] = self.duplicate_of
        error = None
        if self.error is not None:
            error = {"code": self.error[0].value, "message": self.error[1]}
        return record | {
            "status": self.status.value,
            "error": error,
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


def _finding_json(finding: Finding) -> Json:
    record: Json = {"code": finding.code, "message": finding.message}
    if finding.box is not None:
        record["box"] = list(finding.box)
    return record
