"""A version of the model: a folder with weights, manifest and model card.

Loading refuses what does not fit together; nothing is unpickled.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from data.errors import ErrorCode, ShedlightError
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH
from model.labelling.hair import ALL, WIDTH_BINS, EndProbabilities
from model.labelling.joint_rule import SEEN_OF_END, SEEN_OF_STRAND, JointRule, Thresholds
from model.labelling.probability import ClubBias, LogisticModel
from model.report import ModelName
from model.share.confusion import Confusion, ErrorRates

CLASSES = tuple(field.name for field in fields(EndProbabilities))
"""What an end can be, in the order of the network's outputs."""
WEIGHTS_FILE, MANIFEST_FILE, CARD_FILE = "rootnet.onnx", "manifest.json", "model_card.md"
VERSION_FILES = (WEIGHTS_FILE, MANIFEST_FILE, CARD_FILE)
SHIPPED = Path(__file__).parent / "root_net_weights"
LICENCE = "Apache-2.0"
"""The licence of the shipped weights and of all that is trained here."""
TRAINED_ON = "rendered hairs only; on real roots unmeasured"
UNCOUNTED = (30, 30)
"""On how many telogen and anagen hairs an error matrix is taken to be counted whose manifest does
not say so. Our assumption: as few as tell anything about a threshold
(training/calibration/labelled_hairs.py)."""


@dataclass(frozen=True)
class Manifest:
    """What goes with a set of weights.

    ``temperature`` divides the logits. ``rule`` holds the class mix of the calibration, the prior
    of no hair, the lean and the thresholds. ``confusion`` has the error matrix of labels by tier
    of shaft width, "all" among them, each with the hairs that it was counted on (``null``: known
    for certain). ``metrics`` are figures on held-out renders. ``parent`` names the version that it
    was fitted from, None for one that was fitted from nothing. ``pictures`` are the SHA-256 of the
    files with people's labels that it was fitted to: on those it cannot be judged again.
    """

    name: ModelName
    temperature: float
    rule: JointRule
    confusion: Mapping[str, Confusion]
    training_data_sha256: str
    metrics: Mapping[str, float]
    licence: str
    parent: str | None = None
    pictures: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The contents of ``manifest.json``."""
        return asdict(self.name) | {
            "input": {"width_px": CROP_WIDTH, "height_px": CROP_HEIGHT, "channels": "bgr"},
            "classes": list(CLASSES),
            "temperature": self.temperature,
            "class_mix": asdict(self.rule.class_mix),
            "prior_not_hair": asdict(self.rule.prior_not_hair),
            "photo_spread": self.rule.photo_spread,
            "false_end": asdict(self.rule.false_end),
            "lean": asdict(self.rule.lean),
            "thresholds": asdict(self.rule.thresholds),
            "confusion": {tier: asdict(matrix) for tier, matrix in self.confusion.items()},
            "training_data_sha256": self.training_data_sha256,
            "metrics": dict(self.metrics),
            "licence": self.licence,
            "parent": self.parent,
            "pictures": list(self.pictures),
        }


@dataclass(frozen=True)
class ModelVersion:
    """A version that was checked: the bytes of its weights, and its manifest."""

    weights: bytes
    manifest: Manifest


def load_version(folder: Path) -> ModelVersion:
    """Reads a version. Raises ShedlightError (MODEL_REFUSED) when anything is missing or wrong."""
    try:
        manifest = _parse(json.loads((folder / MANIFEST_FILE).read_text("utf-8")))
        weights = (folder / WEIGHTS_FILE).read_bytes()
        _expect("sha256 of the weights", sha256(weights), manifest.name.sha256)
        _expect("model card", (folder / CARD_FILE).is_file(), True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as cause:
        raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause
    return ModelVersion(weights, manifest)


def save_version(folder: Path, weights: bytes, manifest: Manifest, card: str) -> None:
    """Writes a version's three files into ``folder``, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS_FILE).write_bytes(weights)
    text = json.dumps(manifest.as_json(), indent=2) + "\n"
    (folder / MANIFEST_FILE).write_text(text, "utf-8")
    (folder / CARD_FILE).write_text(card, "utf-8")


def sha256(content: bytes) -> str:
    """The hash that names a set of weights."""
    return hashlib.sha256(content).hexdigest()


def _parse(raw: dict[str, object]) -> Manifest:
    _expect("classes", raw["classes"], list(CLASSES))
    size = _table(raw["input"])
    _expect("input", (size["width_px"], size["height_px"]), (CROP_WIDTH, CROP_HEIGHT))
    return Manifest(
        name=ModelName(**{f.name: _text(raw[f.name]) for f in fields(ModelName)}),
        temperature=_positive(raw["temperature"]),
        rule=_rule(raw),
        confusion=_confusion(raw["confusion"]),
        training_data_sha256=_text(raw["training_data_sha256"]),
        metrics=_numbers(raw["metrics"]),
        licence=_text(raw["licence"]),
        parent=_text_or_none(raw.get("parent")),
        pictures=_texts(raw.get("pictures", [])),
    )


def _rule(raw: dict[str, object]) -> JointRule:
    mix = EndProbabilities(**_numbers(raw["class_mix"]))
    for share in vars(mix).values():
        _positive(share)
    return JointRule(
        class_mix=mix,
        prior_not_hair=_odds(raw["prior_not_hair"], SEEN_OF_STRAND),
        photo_spread=_spread(raw["photo_spread"]),
        false_end=_odds(raw["false_end"], SEEN_OF_END),
        lean=ClubBias(**_numbers(raw["lean"])),
        thresholds=_thresholds(_table(raw["thresholds"])),
    )


def _thresholds(table: dict[str, object]) -> Thresholds:
    return Thresholds(
        telogen=_by_tier(table.pop("telogen")),
        anagen=_by_tier(table.pop("anagen")),
        **_numbers(table),
    )


def _by_tier(raw: object) -> dict[str, float]:
    """A chance for each tier of shaft width."""
    tiers = {tier: _chance(value) for tier, value in _table(raw).items()}
    _expect("tiers of thresholds", set(tiers), set(WIDTH_BINS))
    return tiers


def _odds(raw: object, seen: int) -> LogisticModel:
    table = _table(raw)
    weights = table["weights"]
    if not isinstance(weights, list) or len(weights) not in (0, seen):
        raise ValueError(f"expected no weights or {seen}, got {weights!r}")
    return LogisticModel(_number(table["base"]), tuple(map(_number, weights)))


def _confusion(raw: object) -> dict[str, Confusion]:
    tiers = {tier: _matrix(_table(rows)) for tier, rows in _table(raw).items()}
    _expect("confusion of all tiers", ALL in tiers, True)
    return tiers


def _matrix(table: dict[str, object]) -> Confusion:
    """Manifests from before it was written down tell neither the count nor the source: renders."""
    return Confusion(
        _row(table["telogen"]),
        _row(table["anagen"]),
        _hairs(table.get("hairs", list(UNCOUNTED))),
        ErrorRates(_text(table.get("source", ErrorRates.RENDERED.value))),
    )


def _hairs(raw: object) -> tuple[int, int] | None:
    if raw is None:
        return None
    if not isinstance(raw, list) or not all(type(count) is int for count in raw):
        raise TypeError(f"expected two counts of hairs, got {raw!r}")
    telogen, anagen = raw
    return telogen, anagen


def _row(raw: object) -> tuple[float, float, float]:
    if not isinstance(raw, list):
        raise TypeError(f"expected a row of chances, got {raw!r}")
    telogen, anagen, unsure = (_chance(value) for value in raw)
    return telogen, anagen, unsure


def _table(raw: object) -> dict[str, object]:
    if not isinstance(raw, dict):
        raise TypeError(f"expected an object, got {raw!r}")
    return raw


def _numbers(raw: object) -> dict[str, float]:
    return {key: _number(value) for key, value in _table(raw).items()}


def _number(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise TypeError(f"expected a number, got {raw!r}")
    return float(raw)


def _positive(raw: object) -> float:
    number = _number(raw)
    if number <= 0:
        raise ValueError(f"expected a number above 0, got {number}")
    return number


def _spread(raw: object) -> float:
    number = _number(raw)
    if number < 0:
        raise ValueError(f"expected a number from 0 on, got {number}")
    return number


def _chance(raw: object) -> float:
    number = _number(raw)
    if not 0 <= number <= 1:
        raise ValueError(f"expected a number from 0 to 1, got {number}")
    return number


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise TypeError(f"expected text, got {raw!r}")
    return raw


def _text_or_none(raw: object) -> str | None:
    return None if raw is None else _text(raw)


def _texts(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise TypeError(f"expected texts, got {raw!r}")
    return tuple(map(_text, raw))


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise ValueError(f"{what}: found {found!r}, wanted {wanted!r}")
