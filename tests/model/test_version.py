import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from data.errors import ErrorCode, ShedlightError
from model.labelling.hair import same_in_every_bin
from model.version import (
    ASSUMED_HAIRS,
    MANIFEST_FILE,
    WEIGHTS_FILE,
    load_version,
    recalibrated,
    save_version,
)
from tests.helpers.model import hairs as examples
from tests.helpers.model.hairs import manifest_of

THRESHOLDS = asdict(examples.THRESHOLDS)
WEIGHTS = b"not really a network"
ROWS = {"telogen": [1, 0, 0], "anagen": [0, 1, 0]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_version(tmp_path / "v", WEIGHTS, manifest_of(WEIGHTS), "# A card")
    return tmp_path / "v"


def refused(folder: Path) -> bool:
    with pytest.raises(ShedlightError) as caught:
        load_version(folder)
    return caught.value.code is ErrorCode.MODEL_REFUSED


def test_a_version_comes_back_as_it_was_saved(folder: Path) -> None:
    version = load_version(folder)
    assert version.weights == WEIGHTS
    assert version.manifest == manifest_of(WEIGHTS)


@pytest.mark.parametrize(
    ("table", "hairs", "source"),
    [
        (ROWS, ASSUMED_HAIRS, "rendered"),  # older manifests omit them
        (ROWS | {"hairs": [12, 34], "source": "real"}, (12, 34), "real"),
        (ROWS | {"hairs": None, "source": "none"}, None, "none"),
    ],
)
def test_a_manifest_has_the_hairs_behind_its_error_matrix(
    folder: Path, table: dict[str, object], hairs: tuple[int, int] | None, source: str
) -> None:
    raw = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))
    raw["confusion"] = {"all": table}
    (folder / MANIFEST_FILE).write_text(json.dumps(raw), "utf-8")
    found = load_version(folder).manifest.confusion["all"]
    assert (found.hairs, found.source) == (hairs, source)


def test_changed_weights_are_refused(folder: Path) -> None:
    (folder / WEIGHTS_FILE).write_bytes(WEIGHTS + b"!")
    assert refused(folder)


@pytest.mark.parametrize("name", ["rootnet.onnx", "manifest.json", "model_card.md"])
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert refused(folder)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "[]", "null", '{"name": "x"}', "\ufeff{"])
def test_a_malformed_manifest_is_refused(folder: Path, text: str) -> None:
    (folder / MANIFEST_FILE).write_text(text, "utf-8")
    assert refused(folder)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("classes", ["misshapen", "club", "bare", "not_hair"]),
        ("input", {"width_px": 96, "height_px": 160}),
        ("temperature", 0),
        ("temperature", "1"),
        ("temperature", True),
        ("prior_not_hair", 0.2),
        ("prior_not_hair", {"base": "x", "weights": []}),
        ("prior_not_hair", {"base": 0.0, "weights": [1.0]}),
        ("false_end", {"base": 0.0, "weights": 1.0}),
        ("photo_spread", -0.5),
        ("class_mix", {"club": 0, "misshapen": 0.5, "bare": 0.25, "not_hair": 0.25}),
        ("class_mix", {"club": 1.0}),
        ("lean", {"base": 0.0}),
        ("lean", {"base": 0.0, "per_doubling": "x"}),
        ("lean", 0.0),
        ("thresholds", {"telogen": same_in_every_bin(0.8)}),
        ("thresholds", THRESHOLDS | {"telogen": 0.8}),
        ("thresholds", THRESHOLDS | {"anagen": {"under4px": 0.8, "over8px": 0.8}}),
        ("thresholds", THRESHOLDS | {"anagen": same_in_every_bin(0.8) | {"all": 0.8}}),
        ("thresholds", THRESHOLDS | {"telogen": same_in_every_bin(80.0)}),
        ("thresholds", THRESHOLDS | {"evidence": "x"}),
        ("thresholds", THRESHOLDS | {"width": 1.0}),
        ("confusion", {}),
        ("confusion", {"all": {"telogen": [0.5, 0.1, 0.1], "anagen": [0, 1, 0]}}),
        ("confusion", {"all": {"telogen": [1, 0], "anagen": [0, 1]}}),
        ("confusion", {"all": ROWS | {"hairs": [10]}}),
        ("confusion", {"all": ROWS | {"hairs": [10.5, 20]}}),
        ("confusion", {"all": ROWS | {"hairs": 10}}),
        ("confusion", {"all": ROWS | {"hairs": [-1, 20]}}),
        ("confusion", {"all": ROWS | {"source": "guessed"}}),
        ("sha256", None),
        ("temperature", float("nan")),
        ("thresholds", THRESHOLDS | {"evidence": float("inf")}),
        ("lean", {"base": float("nan"), "per_doubling": 0.0}),
        ("metrics", {"ends": "many"}),
        ("pictures", "ab"),
        ("parent", 1),
    ],
)
def test_a_manifest_with_a_wrong_value_is_refused(folder: Path, key: str, value: object) -> None:
    raw = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))
    (folder / MANIFEST_FILE).write_text(json.dumps(raw | {key: value}), "utf-8")
    assert refused(folder)


def test_the_same_weights_with_another_calibration_are_another_version(folder: Path) -> None:
    old = load_version(folder).manifest
    warmer = recalibrated(old, temperature=old.temperature + 0.1)
    limits = replace(old.rule.thresholds, not_hair=0.123)
    stricter = recalibrated(old, rule=replace(old.rule, thresholds=limits))
    names = {old.name.version, warmer.name.version, stricter.name.version}
    assert len(names) == 3
    assert warmer.name.sha256 == stricter.name.sha256 == old.name.sha256
    assert warmer.parent == old.parent  # nothing was fitted on from it
    assert recalibrated(old, temperature=old.temperature + 0.1) == warmer
