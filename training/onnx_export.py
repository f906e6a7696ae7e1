"""Exports a torch network to ONNX."""

import io
import warnings
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from data.arrays import Floats
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH
from model.inference.root_classifier import onnx_session

OPSET = 17


def to_onnx(
    net: nn.Module,
    inputs: Sequence[Tensor],
    names: tuple[Sequence[str], Sequence[str]],
    dynamic_axes: Mapping[int, str],
) -> bytes:
    """The network as ONNX. ``names`` are those of inputs and outputs, all of which have the
    ``dynamic_axes``."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The newer exporter needs another package and gives the same graph here.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # type: ignore[attr-defined]
        torch.onnx.export(
            net.eval(),
            tuple(inputs),
            buffer,  # type: ignore[arg-type] # a file works; torch's annotation omits it
            input_names=list(names[0]),
            output_names=list(names[1]),
            dynamic_axes={name: dict(dynamic_axes) for some in names for name in some},
            opset_version=OPSET,
            dynamo=False,
        )
    return buffer.getvalue()


class _Part(nn.Module):
    def __init__(self, net: nn.Module, part: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.net, self._part = net, part

    def forward(self, pixels: Tensor) -> Tensor:
        return self._part(pixels)


def in_onnx_runtime(net: nn.Module, part: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Floats]:
    """``part``, a method of ``net`` from normalised crops (N, 3, H, W) to features, in a third of
    torch's time."""
    example = torch.zeros(2, 3, CROP_HEIGHT, CROP_WIDTH)
    weights = to_onnx(_Part(net, part), [example], (("pixels",), ("features",)), {0: "crops"})
    session = onnx_session(weights)

    def run(pixels: Tensor) -> Floats:
        return np.asarray(session.run(["features"], {"pixels": pixels.numpy()})[0])

    return run
