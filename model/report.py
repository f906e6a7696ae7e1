"""The report of a photo, and its JSON object as in ``model/schema/shedlight-1.json``."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from data.errors import ShedlightError
from data.io.jsonl import Json
from data.quality import Finding
from data.scale.scale import Scale
from data.strands.strand import End, EndState, Strand
from model.labelling.hair import SHAFT_DECIMALS, EndProbabilities, Hair, Label, Reason, RootType
from model.measures.measure import HairMeasures
from model.share.summary import Summary


def hair_json(index: int, hair: Hair) -> Json:
    """The ``hair`` object of ``model/schema/shedlight-1.json``."""
    strand = hair.strand
    root = None if hair.root_end is None else strand.ends[hair.root_end]
    return {
        "id": index,
        "label": hair.label.value,
        "reason": hair.reason.value if hair.reason else None,
        "probabilities": {"telogen": round(hair.p_telogen, 4), "anagen": round(hair.p_anagen, 4)},
        "root_type": hair.root_type.value if hair.root_type else None,
        "root": None if root is None else {"x": round(root.x, 1), "y": round(root.y, 1)},
        "root_outline": None if hair.root_outline is None else list(map(list, hair.root_outline)),
        "ends": [_end_json(*pair) for pair in zip(strand.ends, hair.ends, strict=True)],
        "path": [[round(float(x), 1), round(float(y), 1)] for x, y in strand.path],
        "shaft_px": round(strand.shaft_px, SHAFT_DECIMALS),
        "shaft_px_error": _rounded(strand.shaft_px_error),
        "measures": None if hair.measures is None else _measures_json(hair.measures),
    }


def _measures_json(measures: HairMeasures) -> Json:
    return vars(measures) | {"length_mm": measures.length_mm}


def _measures_of(record: Json | None) -> HairMeasures | None:
    if record is None:
        return None
    return HairMeasures(**{name: value for name, value in record.items() if name != "length_mm"})


def _rounded(px: float | None) -> float | None:
    return None if px is None else round(px, SHAFT_DECIMALS)


def hair_of(record: Json) -> Hair:
    """The hair that ``hair_json`` wrote, with the model's label and the rounding of the JSON.

    The strand's contrast, tangle and confidences are not in the JSON; they have default values.
    """
    one, other = record["ends"]
    root = record["root"] and (record["root"]["x"], record["root"]["y"])
    strand = Strand(
        np.array(record["path"], np.float64),
        record["shaft_px"],
        (_end_of(one), _end_of(other)),
        contrast=0.0,
        shaft_px_error=record.get("shaft_px_error"),
    )
    root_type = record["root_type"]
    return Hair(
        strand=strand,
        ends=(_probabilities_of(one), _probabilities_of(other)),
        label=Label(record["label"]),
        reason=None if record["reason"] is None else Reason(record["reason"]),
        p_telogen=record["probabilities"]["telogen"],
        p_anagen=record["probabilities"]["anagen"],
        root_type=None if root_type is None else RootType(root_type),
        root_end=[(end["x"], end["y"]) for end in (one, other)].index(root) if root else None,
        root_outline=_outline_of(record.get("root_outline")),
        measures=_measures_of(record.get("measures")),
    )


def _outline_of(corners: list[list[float]] | None) -> tuple[tuple[float, float], ...] | None:
    return None if corners is None else tuple((x, y) for x, y in corners)


def _end_json(end: End, probabilities: EndProbabilities | None) -> Json:
    known = None
    if probabilities is not None:
        known = {name: round(p, 4) for name, p in vars(probabilities).items()}
    return {
        "x": round(end.x, 1),
        "y": round(end.y, 1),
        "direction": round(end.direction, 4),
        "state": end.state.value,
        "shaft_px": _rounded(end.shaft_px),
        "shaft_px_error": _rounded(end.shaft_px_error),
        "probabilities": known,
    }


def _end_of(record: Json) -> End:
    return End(
        record["x"],
        record["y"],
        record["direction"],
        EndState(record["state"]),
        shaft_px=record.get("shaft_px"),
        shaft_px_error=record.get("shaft_px_error"),
    )


def _probabilities_of(record: Json) -> EndProbabilities | None:
    known = record["probabilities"]
    return None if known is None else EndProbabilities(**known)


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
    of the upright photo, None when it could not be decoded. ``error_values`` fill the placeholders
    of the error's message. ``scale``: None unless one was found that can be true.
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
    error_values: Json = field(default_factory=dict)
    duplicate_of: str | None = None
    near_duplicate_of: str | None = None
    scale: Scale | None = None

    def named(self, photo: str) -> "PhotoReport":
        """The same report under another photo name."""
        return replace(self, photo=photo)

    def as_json(self) -> Json:
        """The JSON object of ``model/schema/shedlight-1.json``."""
        record: Json = {"schema": SCHEMA, "photo": self.photo, "sha256": self.sha256}
        if self.duplicate_of is not None:
            record["duplicate_of"] = self.duplicate_of
        if self.near_duplicate_of is not None:
            record["near_duplicate_of"] = self.near_duplicate_of
        error: Json | None = None
        if self.error is not None:
            values = {"values": self.error_values} if self.error_values else {}
            error = {"code": self.error[0].value, "message": self.error[1], **values}
        return record | {
            "status": self.status.value,
            "error": error,
            "width": self.width,
            "height": self.height,
            "quality": [_finding_json(finding) for finding in self.quality],
            "model": vars(self.model).copy(),
            "hairs": [hair_json(i, hair) for i, hair in enumerate(self.hairs)],
            "scale": None if self.scale is None else _scale_json(self.scale),
            "summary": self.summary.as_json(),
        }


def failed_report(
    photo: str, error: ShedlightError, model: ModelName, sha256: str | None = None
) -> PhotoReport:
    """The report of a photo that could not be scored."""
    status = Status.FAILED if error.is_internal else Status.REJECTED
    reason = (error.code, error.message)
    return PhotoReport(photo, sha256, status, model, error=reason, error_values=dict(error.details))


def _scale_json(scale: Scale) -> Json:
    centre = np.array([scale.centre])
    return {
        "source": scale.source.value,
        "um_per_px": round(1000 * float(scale.mm_per_px(centre)[0]), 4),
        "error": round(scale.error, 4),
        "centre": [round(place, 1) for place in scale.centre],
        "outlines": [np.round(outline, 1).tolist() for outline in scale.outlines],
    }


def _finding_json(finding: Finding) -> Json:
    record: Json = {"code": finding.code, "message": finding.message}
    if finding.values:
        record["values"] = dict(finding.values)
    if finding.box is not None:
        record["box"] = list(finding.box)
    return record
