from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from data.errors import ErrorCode, ShedlightError
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH
from model.inference.root_classifier import onnx_session
from model.networks.root_net import RootNet, RootNetWithParts
from model.version import SHIPPED, ModelVersion, load_version
from tests.helpers.model.hairs import manifest_of
from training.export import ExportedNet, fold_normalizations, root_net_onnx
from training.retrain.versions import load_network
from training.studies.baselines import mobile_net


def test_the_network_has_the_outputs_of_its_version_and_can_be_exported_again() -> None:
    version = load_version(SHIPPED)
    rng = np.random.default_rng(1)
    pixels = torch.from_numpy(
        rng.uniform(0, 255, (3, 3, CROP_HEIGHT, CROP_WIDTH)).astype(np.float32)
    )
    shaft_px = torch.tensor([[2.0], [6.0], [30.0]])
    net = load_network(version)
    with torch.inference_mode():
        ours = net(pixels, shaft_px)
    assert torch.allclose(ours, ExportedNet(version)(pixels, shaft_px), atol=1e-3)
    again = load_network(ModelVersion(root_net_onnx(net), version.manifest))
    for one, other in zip(net.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("is_folded", [False, True])
def test_logits_and_maps_of_parts_survive_an_export(is_folded: bool) -> None:
    """Also when tensors are equal, which ONNX stores once: here all biases are 0 or all 0.5."""
    torch.manual_seed(0)
    net = RootNet().eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d) and not is_folded:
            nn.init.constant_(module.bias, 0.5)
    if is_folded:
        fold_normalizations(net)
        for layer in net.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear) and layer.bias is not None:
                nn.init.zeros_(layer.bias)
    weights = root_net_onnx(net)
    again = load_network(ModelVersion(weights, manifest_of(weights)))
    pixels, shaft_px = torch.rand(2, 3, CROP_HEIGHT, CROP_WIDTH) * 255, torch.ones(2, 1)
    feed = {"pixels": pixels.numpy(), "shaft_px": shaft_px.numpy()}
    stored = onnx_session(weights).run(["logits", "parts"], feed)
    with torch.inference_mode():
        for given in (net, again):
            for one, other in zip(RootNetWithParts(given)(pixels, shaft_px), stored, strict=True):
                assert one.numpy() == pytest.approx(other, abs=1e-4)


def test_another_architecture_is_refused(tmp_path: Path) -> None:
    version = load_version(SHIPPED)
    other = ModelVersion(root_net_onnx(mobile_net()), version.manifest)
    with pytest.raises(ShedlightError) as caught:
        load_network(other)
    assert caught.value.code is ErrorCode.MODEL_REFUSED


def test_damaged_weights_are_refused() -> None:
    version = load_version(SHIPPED)
    graph = onnx.load_from_string(version.weights)
    graph.graph.initializer[0].raw_data = bytes(len(graph.graph.initializer[0].raw_data))
    del graph.graph.initializer[-1]
    with pytest.raises(ShedlightError):
        load_network(ModelVersion(graph.SerializeToString(), version.manifest))
