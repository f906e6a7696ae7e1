"""The network of a version, to fit on.

A version holds its network as ONNX, in which every batch normalisation is part of its convolution.
So is it here: few labels would not tell the statistics of a batch anyway, and what was fitted can
be exported and fitted on again.
"""

from collections.abc import Iterator

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from data.errors import ErrorCode, ShedlightError
from model.inference.root_classifier import EndClassifier
from model.networks.root_net import RootNet
from model.version import ModelVersion

_CLOSE = 1e-3
"""How far the logits may be from those of the version: rounding of another order of sums."""


def net_of(version: ModelVersion) -> RootNet:
    """The version's network, which says what the version says.

    Raises ShedlightError (MODEL_REFUSED) for a version whose network is not built as ``RootNet``.
    """
    net = RootNet()
    _fold_normalisations(net)
    try:
        _fill(net, version.weights)
        _expect_same(net.eval(), version)
    except (ValueError, RuntimeError, StopIteration) as cause:
        raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause
    return net


def _fold_normalisations(net: nn.Module) -> None:
    """Replaces each convolution and its normalisation by one convolution with a bias."""
    for module in list(net.modules()):
        if isinstance(module, nn.Sequential) and isinstance(module[0], nn.Conv2d):
            plain = module[0]
            module[0] = nn.Conv2d(
                plain.in_channels,
                plain.out_channels,
                plain.kernel_size,  # type: ignore[arg-type] # a tuple of two, as it takes
                plain.stride,  # type: ignore[arg-type]
                plain.padding,  # type: ignore[arg-type]
            )
            module[1] = nn.Identity()


def _fill(net: nn.Module, weights: bytes) -> None:
    """Copies the weights of an ONNX graph into the layers of ``net``, in the order of their use."""
    stored = _tensors(weights)
    for layer in _layers(net):
        for parameter in layer.parameters():  # weight and bias
            value = next(stored)
            if value.shape != parameter.shape:
                raise ValueError(f"found {tuple(value.shape)}, wanted {tuple(parameter.shape)}")
            parameter.data.copy_(value)


def _layers(net: nn.Module) -> Iterator[nn.Conv2d | nn.Linear]:
    return (layer for layer in net.modules() if isinstance(layer, nn.Conv2d | nn.Linear))


def _tensors(weights: bytes) -> Iterator[Tensor]:
    """Weight and bias of each layer of the graph, once: it reads a crop both ways."""
    graph = onnx.load_from_string(weights).graph
    stored = {each.name: each for each in graph.initializer}
    names = dict.fromkeys(
        name
        for node in graph.node
        if node.op_type in ("Conv", "Gemm")
        for name in node.input[1:]
        if name in stored
    )
    return (torch.from_numpy(np.array(numpy_helper.to_array(stored[name]))) for name in names)


def _expect_same(net: RootNet, version: ModelVersion) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.uniform(0, 255, (2, 3, 96, 160)).astype(np.float32)
    shaft_px = np.array([[3.0], [12.0]], np.float32)
    with torch.inference_mode():
        ours = net(torch.from_numpy(pixels), torch.from_numpy(shaft_px)).numpy()
    if np.abs(ours - EndClassifier(version).logits(pixels, shaft_px)).max() > _CLOSE:
        raise ValueError("the network says something else than the version")
