from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from data.errors import ErrorCode, ShedlightError
from model.version import SHIPPED, ModelVersion, load_version
from training.export import ExportedNet, root_net_onnx
from training.retrain.versions import load_network
from training.studies.baselines import mobile_net


def test_the_network_has_the_outputs_of_its_version_and_can_be_exported_again() -> None:
    version = load_version(SHIPPED)
    rng = np.random.default_rng(1)
    pixels = torch.from_numpy(rng.uniform(0, 255, (3, 3, 96, 160)).astype(np.float32))
    shaft_px = torch.tensor([[2.0], [6.0], [30.0]])
    net = load_network(version)
    with torch.inference_mode():
        ours = net(pixels, shaft_px)
    assert torch.allclose(ours, ExportedNet(version)(pixels, shaft_px), atol=1e-3)
    again = load_network(ModelVersion(root_net_onnx(net), version.manifest))
    for one, other in zip(net.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)


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
