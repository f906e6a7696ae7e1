"""A version of the model: a folder with weights, manifest and model card.

Loading refuses versions whose files are invalid or do not fit together; nothing is unpickled.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from data.errors import ErrorCode, ShedlightError
from data.io.jsonl import Json
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH
from model.labelling.hair import ALL, WIDTH_BINS, EndProbabilities
from model.labelling.joint_rule import END_INPUTS, JointRule
from model.labelling.strand_inputs import CONFIDENCES, INPUTS, WITHOUT_COLOUR, WITHOUT_OTHERS
from model.report import ModelName
from model.share.confusion import Confusion

CLASSES = tuple(field.name for field in fields(EndProbabilities))
"""The classes of an end, in the order of the network's outputs."""
WEIGHTS_FILE, MANIFEST_FILE, CARD_FILE = "rootnet.onnx", "manifest.json", "model_card.md"
VERSION_FILES = (WEIGHTS_FILE, MANIFEST_FILE, CARD_FILE)
SHIPPED = Path(__file__).parent / "root_net_weights"
LICENCE = "Apache-2.0"
"""The licence of the shipped weights and of all that is trained here."""
TRAINED_ON = "rendered hairs only; on real roots unmeasured"
ASSUMED_HAIRS = (30, 30)
"""Numbers of telogen and anagen hairs behind an error matrix if an older manifest omits them. Our
assumption: the fewest from which a threshold can be chosen
(training/calibration/labelled_hairs.py)."""


@dataclass(frozen=True)
class Manifest:
    """The parameters and facts that belong to a set of weights.

    ``temperature`` divides the logits. ``rule`` holds the class mix of the calibration, the prior
    of no hair, the club bias and the thresholds. ``confusion`` has the error matrix of labels by
    shaft width bin, "all" among them, each with the number of hairs that it was counted on
    (``null``: known for certain). ``metrics`` are figures on held-out renders. ``parent`` names the
    version that it was fitted from, None for one trained from scratch. ``pictures`` are the SHA-256
    of the files with people's labels that it was fitted to: it cannot be evaluated on those.
    """

    __pydantic_config__ = ConfigDict(strict=True, allow_inf_nan=False)

    name: ModelName
    temperature: float
    rule: JointRule
    confusion: Mapping[str, Confusion]
    training_data_sha256: str
    metrics: Mapping[str, float]
    licence: str
    parent: str | None = None
    pictures: tuple[str, ...] = ()

    def as_json(self) -> Json:
        """The contents of ``manifest.json``; ``_manifest_of`` is the inverse."""
        return asdict(self.name) | {
            "input": {"width_px": CROP_WIDTH, "height_px": CROP_HEIGHT, "channels": "bgr"},
            "classes": list(CLASSES),
            "temperature": self.temperature,
            "class_mix": asdict(self.rule.class_mix),
            "prior_not_hair": asdict(self.rule.prior_not_hair),
            "photo_spread": self.rule.photo_spread,
            "thread_share": self.rule.thread_share,
            "false_end": asdict(self.rule.false_end),
            "lean": asdict(self.rule.club_bias),
            "thresholds": asdict(self.rule.thresholds),
            "confusion": {name: asdict(matrix) for name, matrix in self.confusion.items()},
            "training_data_sha256": self.training_data_sha256,
            "metrics": dict(self.metrics),
            "licence": self.licence,
            "parent": self.parent,
            "pictures": list(self.pictures),
        }


@dataclass(frozen=True)
class ModelVersion:
    """A valid version: the bytes of its weights, and its manifest."""

    weights: bytes
    manifest: Manifest


def load_version(folder: Path) -> ModelVersion:
    """Loads a version. Raises ShedlightError (MODEL_REFUSED) for anything missing or invalid."""
    try:
        manifest = _manifest_of(json.loads((folder / MANIFEST_FILE).read_text("utf-8")))
        weights = (folder / WEIGHTS_FILE).read_bytes()
        if sha256(weights) != manifest.name.sha256 or not (folder / CARD_FILE).is_file():
            raise ValueError("the weights are not those of the manifest, or there is no model card")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as cause:
        raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause
    return ModelVersion(weights, manifest)


def save_version(folder: Path, weights: bytes, manifest: Manifest, card: str) -> None:
    """Writes a version's three files into ``folder``, which is created if necessary."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS_FILE).write_bytes(weights)
    text = json.dumps(manifest.as_json(), indent=2) + "\n"
    (folder / MANIFEST_FILE).write_text(text, "utf-8")
    (folder / CARD_FILE).write_text(card, "utf-8")


def recalibrated(old: Manifest, **calibration: Any) -> Manifest:
    """The manifest of a version with the weights of ``old`` and another ``calibration`` (fields of
    Manifest, ``rule`` or ``temperature`` among them).

    Its name depends on both, because the same weights with another rule give other labels.
    """
    new = replace(old, **calibration)
    record = new.as_json()
    parts = [new.name.sha256, *(json.dumps(record[key]) for key in _CALIBRATION)]
    name = replace(new.name, version=sha256("".join(parts).encode())[:8])
    return replace(new, name=name)


_CALIBRATION = (
    *("temperature", "class_mix", "prior_not_hair", "photo_spread", "thread_share"),
    *("false_end", "lean", "thresholds"),
)
"""The keys of ``manifest.json`` that labels depend on beside the weights."""


def sha256(content: bytes) -> str:
    """The hash that identifies a set of weights."""
    return hashlib.sha256(content).hexdigest()


def _manifest_of(raw: Json) -> Manifest:
    """The manifest from the contents of ``manifest.json``, whose keys differ in some places.

    Raises ValueError (pydantic's ValidationError is one), KeyError, TypeError or AttributeError.
    """
    if raw["classes"] != list(CLASSES):
        raise ValueError(f"expected the classes {CLASSES}, not {raw['classes']}")
    if (raw["input"]["width_px"], raw["input"]["height_px"]) != (CROP_WIDTH, CROP_HEIGHT):
        raise ValueError(f"expected crops of {CROP_WIDTH} x {CROP_HEIGHT} pixels")
    rule = raw | {"club_bias": raw["lean"]}
    confusion = {
        name: {"hairs": ASSUMED_HAIRS} | matrix for name, matrix in raw["confusion"].items()
    }
    nested = raw | {"name": raw, "rule": rule, "confusion": confusion}
    # By way of JSON, since in it a list is a tuple and a text an enum even where types are strict.
    manifest = _adapter().validate_json(json.dumps(nested))
    _check(manifest)
    for key in ("class_mix", "lean", "thresholds"):
        if unknown := raw[key].keys() - manifest.as_json()[key].keys():
            raise ValueError(f"unknown keys in {key}: {unknown}")
    return manifest


@cache
def _adapter() -> TypeAdapter[Manifest]:
    return TypeAdapter(Manifest)


_PRIOR_WEIGHTS = (0, CONFIDENCES, WITHOUT_COLOUR, WITHOUT_OTHERS, INPUTS)
"""How many weights the prior of no hair may have."""


def _check(manifest: Manifest) -> None:
    """Raises ValueError for numbers out of their range."""
    rule, thresholds = manifest.rule, manifest.rule.thresholds
    by_bin = thresholds.telogen, thresholds.anagen
    checks = {
        "temperature": manifest.temperature > 0,
        "class_mix": min(vars(rule.class_mix).values()) > 0,
        "photo_spread": rule.photo_spread >= 0,
        "thread_share": 0 <= rule.thread_share < 1,
        "prior_not_hair": len(rule.prior_not_hair.weights) in _PRIOR_WEIGHTS,
        "false_end": len(rule.false_end.weights) in (0, END_INPUTS),
        "thresholds": all(
            set(minimum) == set(WIDTH_BINS) and all(0 <= p <= 1 for p in minimum.values())
            for minimum in by_bin
        ),
        "confusion": ALL in manifest.confusion,
    }
    if wrong := [name for name, holds in checks.items() if not holds]:
        raise ValueError(f"out of range: {', '.join(wrong)}")
