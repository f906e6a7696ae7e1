"""The shipped line network to fit on: its 8-bit weights as numbers in layers without
normalization."""

from collections.abc import Iterator

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from data.arrays import Floats
from data.errors import ErrorCode, ShedlightError
from model.inference.line_finder import LINE_NET, WEIGHTS_FILE
from model.networks.line_net import MULTIPLE, LineNet
from training.export import fold_normalizations


def shipped_line_net() -> LineNet:
    """The shipped network. Raises ShedlightError (MODEL_REFUSED)."""
    return line_net_of(onnx.load(LINE_NET / WEIGHTS_FILE))


def line_net_of(network: onnx.ModelProto) -> LineNet:
    """The line network whose quantised form is ``network``.

    Raises ShedlightError (MODEL_REFUSED) for any other.
    """
    net = LineNet()
    fold_normalizations(net)
    try:
        for layer, (weight, bias) in zip(_in_use_order(net), _weights(network), strict=True):
            if layer.bias is None or layer.weight.shape != weight.shape:
                raise ValueError(f"found {weight.shape}, wanted {tuple(layer.weight.shape)}")
            layer.weight.data.copy_(torch.from_numpy(weight))
            layer.bias.data.copy_(torch.from_numpy(bias))
    except (ValueError, KeyError) as cause:
        raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause
    return net


def _in_use_order(net: LineNet) -> list[nn.Conv2d]:
    """The convolutions in the order in which a picture passes them."""
    passed: list[nn.Conv2d] = []
    hooks = [
        layer.register_forward_hook(lambda layer, *_: passed.append(layer))
        for layer in net.modules()
        if isinstance(layer, nn.Conv2d)
    ]
    with torch.no_grad():
        net(torch.zeros(1, 3, MULTIPLE, MULTIPLE))
    for hook in hooks:
        hook.remove()
    return passed


def _weights(network: onnx.ModelProto) -> Iterator[tuple[Floats, Floats]]:
    """Weights and biases of the convolutions, in the order of the graph."""
    stored = {one.name: numpy_helper.to_array(one) for one in network.graph.initializer}
    made = {node.output[0]: node for node in network.graph.node}

    def value(name: str) -> Floats:
        levels, step, zero = (stored[part] for part in made[name].input)
        along = (-1,) + (1,) * (levels.ndim - 1) if step.ndim else ()
        shift = levels.astype(np.float32) - zero.astype(np.float32).reshape(along)
        return np.asarray(shift * step.reshape(along), np.float32)

    for node in network.graph.node:
        if node.op_type == "Conv":
            yield value(node.input[1]), value(node.input[2])
