import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("torchvision")
pytest.importorskip("albumentations")
pytest.importorskip("onnx")

import torch

from model.inference.root_classifier import onnx_session
from model.networks.root_net import RootNet
from tests.helpers.training.examples import cache_examples, examples
from training.datasets.examples import Ends, trained_ends
from training.datasets.splits import is_held_out_photo
from training.export import root_net_onnx
from training.fitting.apply import as_tensors
from training.fitting.loop import CHECKPOINT
from training.fitting.root_net import FitPlan
from training.studies import baselines
from training.studies.baselines import NETWORKS, Baseline, compare_networks, mobile_net, res_net

TINY = FitPlan(epochs=1, draws=8, batch=4, workers=0, threads=1)
GIVEN = examples(8)


class Small(torch.nn.Module):
    """A backbone with two features: mean and standard deviation of a crop."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        flat = pixels.flatten(1)
        return torch.stack([flat.mean(dim=1), flat.std(dim=1)], dim=1)


def inputs() -> tuple[torch.Tensor, torch.Tensor]:
    pixels, shaft_px = as_tensors(list(trained_ends(GIVEN[:4]).crops))
    return pixels.float(), shaft_px


def features_of(net: torch.nn.Module, pixels: torch.Tensor, shaft_px: torch.Tensor) -> torch.Tensor:
    """The input of the head of ``net``."""
    given: list[torch.Tensor] = []
    head = net.wide.head if isinstance(net, RootNet) else net.head
    hook = head.register_forward_pre_hook(lambda _, args: given.append(args[0]))
    with torch.inference_mode():
        net.eval()(pixels, shaft_px)
    hook.remove()
    return given[0]


def test_a_baseline_gets_the_width_as_the_root_network_does() -> None:
    torch.manual_seed(0)
    pixels, _ = inputs()
    shaft_px = torch.tensor([[0.5], [4.0], [8.0], [16.0], [64.0], [100.0], [8.0], [8.0]])
    root_net = features_of(RootNet(), pixels, shaft_px)[:, -1]
    baseline = features_of(Baseline(Small(), 2), pixels, shaft_px)[:, -1]
    assert baseline.tolist() == root_net.tolist() == [-3, -1, 0, 1, 3, 3, 0, 0]


def test_a_baseline_gets_the_pixels_as_the_root_network_does() -> None:
    pixels, shaft_px = inputs()
    pixels_in: list[torch.Tensor] = []
    root_net = RootNet().eval()
    root_net.stem.register_forward_pre_hook(lambda _, args: pixels_in.append(args[0]))
    baseline = Baseline(Small(), 2).eval()
    baseline.backbone.register_forward_pre_hook(lambda _, args: pixels_in.append(args[0]))
    with torch.inference_mode():
        root_net(pixels, shaft_px), baseline(pixels, shaft_px)
    # Each gets a crop and its mirror image, the root network those of the close view after them.
    whole, mirrored, _, _, of_baseline, mirrored_of_baseline = pixels_in
    # The root network's backbone wants red, green and blue with half the contrast.
    assert torch.equal(whole.flip(1) * 2, of_baseline)
    assert torch.equal(mirrored.flip(1) * 2, mirrored_of_baseline)


@pytest.mark.parametrize(("make", "features"), [(mobile_net, 576), (res_net, 512)])
def test_a_backbone_has_no_head(make: Callable[[], Baseline], features: int) -> None:
    assert features_of(make(), *inputs()).shape == (8, features + 1)


@pytest.mark.parametrize("make", [mobile_net, pytest.param(res_net, marks=pytest.mark.slow)])
def test_a_baseline_gives_the_same_logits_in_onnx(make: Callable[[], Baseline]) -> None:
    torch.manual_seed(0)
    net, (pixels, shaft_px) = make().eval(), inputs()
    feed = {"pixels": pixels.numpy(), "shaft_px": shaft_px.numpy()}
    (found,) = onnx_session(root_net_onnx(net)).run(["logits"], feed)
    with torch.inference_mode():
        assert found == pytest.approx(net(pixels, shaft_px).numpy(), abs=1e-4)


def test_balanced_accuracy_by_width_and_log_likelihood() -> None:
    crops = trained_ends(GIVEN[:4]).crops[:4]
    thin = [replace(crop, shaft_px=width) for crop, width in zip(crops, (2, 2, 2, 9), strict=True)]
    ends = Ends(thin, np.array([0, 0, 1, 1]), np.ones(4, bool))
    probabilities = np.array([[0.5, 0.5, 0, 0], [0, 1, 0, 0], [0.25, 0.75, 0, 0], [1, 0, 0, 0.0]])
    probabilities = 0.9 * probabilities + 0.025
    found = baselines.balanced_accuracy(probabilities, ends)
    # Clubs: the first is right. Misshapen: the thin one is right, the wide one is not.
    assert found == {"under4px": 0.75, "over8px": 0.0, "all": 0.5}
    # Each class weighs a half: clubs .475 and .025, misshapen .7 and .025.
    expected = -(np.log(0.475) + np.log(0.025) + np.log(0.7) + np.log(0.025)) / 4
    assert baselines.mean_nll(probabilities, ends) == pytest.approx(expected)


def test_the_median_time_is_per_crop() -> None:
    fed = []

    class Session:
        def run(self, _: list[str], feed: dict[str, np.ndarray]) -> None:
            fed.append(len(feed["pixels"]))

    ticks = iter([0.0, 0.016, 1.0, 1.032, 2.0, 2.9])
    ends = trained_ends(GIVEN[:2])
    # The median of 16, 32 and 900 milliseconds, for 16 crops; the first run is not timed.
    assert baselines.ms_per_crop(Session(), ends, 16, 3, lambda: next(ticks)) == pytest.approx(2.0)
    assert fed == [16] * 4


@pytest.mark.slow
def test_all_networks_are_fitted_to_the_same_examples_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = []

    def fit(net: torch.nn.Module, ends: Ends, run: Path, plan: FitPlan) -> None:
        fitted.append((type(net).__name__, len(ends.crops), plan))
        fit_to_ends(net, ends, run, plan)

    fit_to_ends = baselines.fit_to_ends
    monkeypatch.setattr(baselines, "fit_to_ends", fit)
    rendered = cache_examples(tmp_path / "out", GIVEN)
    rows = compare_networks(rendered, tmp_path / "out", TINY, repeats=1)
    fit_ends = 2 * sum(not is_held_out_photo(example.photo) for example in GIVEN)
    assert fitted == [(name, fit_ends, TINY) for name in ("RootNet", "Baseline", "Baseline")]
    assert [row.network for row in rows] == list(NETWORKS)
    assert all((tmp_path / "out" / name / CHECKPOINT).exists() for name in NETWORKS)
    assert 11e6 < rows[2].parameters < 12e6
    assert rows[2].onnx_mb == pytest.approx(4e-6 * rows[2].parameters, rel=0.02)
    saved = json.loads((tmp_path / "out" / "comparison.json").read_text("utf-8"))
    assert saved["setup"]["ends held out"] == 2 * len(GIVEN) - fit_ends
    assert [network["nll"] for network in saved["networks"]] == [row.nll for row in rows]
    lines = (tmp_path / "out" / "comparison.md").read_text("utf-8").splitlines()
    assert [line.split(" | ")[0] for line in lines[-3:]] == [f"| {name}" for name in NETWORKS]
    assert len({line.count("|") for line in lines[-5:]}) == 1


def test_a_comparison_continues_from_fitted_networks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered, networks = cache_examples(tmp_path, GIVEN), {"mobile": mobile_net}
    first = compare_networks(rendered, tmp_path, TINY, networks, repeats=1)
    monkeypatch.setattr("training.fitting.root_net.CropDataset", None)  # another epoch would fail
    again = compare_networks(rendered, tmp_path, TINY, networks, repeats=1)
    assert again[0].nll == first[0].nll
