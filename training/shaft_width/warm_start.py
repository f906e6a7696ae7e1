"""The shipped width networks to fit on: their weights as numbers."""

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from data.errors import ErrorCode, ShedlightError
from model.inference.width_meter import WIDTH_NETS
from model.networks.width_net import WidthNet


def shipped_width_net(file: str) -> WidthNet:
    """The shipped network of this file. Raises ShedlightError (MODEL_REFUSED)."""
    return width_net_of(onnx.load(WIDTH_NETS / file))


def width_net_of(network: onnx.ModelProto) -> WidthNet:
    """The width network that was exported as ``network``.

    Raises ShedlightError (MODEL_REFUSED) for any other.
    """
    net = WidthNet()
    stored = {
        one.name: torch.from_numpy(np.array(numpy_helper.to_array(one)))
        for one in network.graph.initializer
    }
    # The export turns the weights of linear layers round and gives them new names, in order.
    products = iter(
        stored[node.input[1]].T
        for node in network.graph.node
        if node.op_type == "MatMul" and node.input[1] in stored
    )
    state: dict[str, Tensor] = {}
    try:
        for name in net.state_dict():
            state[name] = stored[name] if name in stored else next(products)
        net.load_state_dict(state)
    except (StopIteration, RuntimeError) as cause:
        raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause
    return net
