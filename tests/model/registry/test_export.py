import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from data.errors import ErrorCode, ShedlightError
from data.strands.crop import RootCrop
from model.inference.root_classifier import EndClassifier
from model.registry.export import README_FILE, USE, export_version
from model.registry.registry import RegistryError
from model.version import CLASSES, WEIGHTS_FILE, load_version
from tests.helpers.model.versions import SHIPPED_NAME, registry_with


def crop() -> RootCrop:
    """A dark shaft from the left that ends in a pale blob, blue of another strength than red."""
    pixels = np.full((144, 240, 3), (90, 120, 150), np.uint8)
    pixels[66:78, :120] = (20, 25, 30)
    pixels[60:84, 120:150] = (200, 220, 235)
    return RootCrop(pixels, 8.0)


def test_an_export_runs_in_plain_onnx_runtime_with_the_same_result(tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_version(registry_with(tmp_path, "one"), "one", out)
    cv2.imwrite(str(out / "crop.png"), crop().pixels)
    program = (out / README_FILE).read_text("utf-8").split("```python\n")[1].split("```")[0]
    assert len([line for line in program.splitlines() if line]) == 10
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], cwd=out, capture_output=True, text=True, check=True
    )
    printed = json.loads(done.stdout.replace("'", '"'))
    (ours,) = EndClassifier(load_version(out)).probabilities([crop()])
    assert list(printed) == list(CLASSES)
    assert list(printed.values()) == pytest.approx(ours, abs=1e-4)


def test_the_shipped_version_can_be_exported_and_an_unknown_one_cannot(tmp_path: Path) -> None:
    registry = registry_with(tmp_path)
    export_version(registry, SHIPPED_NAME, tmp_path / "out")
    assert f"rootnet {SHIPPED_NAME}" in (tmp_path / "out" / README_FILE).read_text("utf-8")
    with pytest.raises(RegistryError):
        export_version(registry, "one", tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_damaged_version_is_not_exported_and_nothing_is_overwritten(tmp_path: Path) -> None:
    registry = registry_with(tmp_path, "one")
    (tmp_path / "there").mkdir()
    with pytest.raises(FileExistsError):
        export_version(registry, "one", tmp_path / "there")
    (registry.find("one") / WEIGHTS_FILE).write_bytes(b"half")
    with pytest.raises(ShedlightError) as caught:
        export_version(registry, "one", tmp_path / "out")
    assert caught.value.code is ErrorCode.MODEL_REFUSED
    assert not (tmp_path / "out").exists()


def test_what_docs_show_is_what_is_exported() -> None:
    docs = Path(__file__).parents[3] / "docs" / "models.md"
    assert USE in docs.read_text("utf-8")
