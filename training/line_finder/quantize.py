"""Quantises the line network to 8-bit integers: half the time, a quarter of the size.

Input and output are bytes as well, because converting a photo to floats and the output back would
take a fifth longer.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from data.arrays import Floats, Pixels
from data.strands.line_map import CERTAIN
from model.inference.line_finder import planes

_STEP, _ZERO = 1 / 64, 128
"""Quantisation of the pixel levels of ``model.networks.line_net.centred``."""


def quantize_int8(weights: bytes, tiles: Sequence[Pixels]) -> bytes:
    """The ONNX network in integers, with value ranges from its activations on ``tiles``.

    ``weights`` take ``centred`` levels and return probabilities 0-1. The quantised network takes
    levels 0-255 and returns probabilities 0-CERTAIN. Seven bits of a weight are used: with eight,
    processors without VNNI overflow (recommended by ONNX Runtime).
    """
    with tempfile.TemporaryDirectory() as folder:
        floats, ready, integers = (Path(folder) / name for name in ("a", "b", "c"))
        floats.write_bytes(weights)
        quant_pre_process(floats, ready, skip_symbolic_shape=True)
        quantize_static(
            ready,
            integers,
            _Tiles(tiles),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
        )
        return bytes(with_uint8_input(onnx.load(integers)).SerializeToString())


def with_uint8_input(network: onnx.ModelProto) -> onnx.ModelProto:
    """The quantised network without its first step, from floats to bytes, and without its last
    one, back to floats. Raises ValueError if the input is not quantised as expected."""
    graph = network.graph
    first = next(node for node in graph.node if node.input[0] == "pixels")
    last = next(node for node in graph.node if node.output[0] == "chances")
    step, zero = (numpy_helper.to_array(_constant(graph, name)).item() for name in first.input[1:])
    if (first.op_type, step, zero) != ("QuantizeLinear", _STEP, _ZERO):
        raise ValueError(
            f"pixels are not quantised as bytes: {first.op_type} by {step} from {zero}"
        )
    scale = numpy_helper.from_array(np.asarray(np.float32(1 / CERTAIN)), last.input[1])
    _constant(graph, last.input[1]).CopyFrom(scale)
    graph.node.remove(first)
    graph.node.remove(last)
    for node in graph.node:
        _rename(node.input, first.output[0], "pixels")
        _rename(node.output, last.input[0], "chances")
    for value in (*graph.input, *graph.output):
        if value.name in ("pixels", "chances"):
            value.type.tensor_type.elem_type = onnx.TensorProto.UINT8
    onnx.checker.check_model(network)
    return network


def _constant(graph: onnx.GraphProto, name: str) -> onnx.TensorProto:
    constant: onnx.TensorProto = next(one for one in graph.initializer if one.name == name)
    return constant


def _rename(names: list[str], old: str, new: str) -> None:
    for i, name in enumerate(names):
        if name == old:
            names[i] = new


class _Tiles(CalibrationDataReader):  # type: ignore[misc] # untyped in onnxruntime
    """Passes tiles to onnxruntime one by one.

    The first one is black and white, so that the pixels' range is that of a byte.
    """

    def __init__(self, tiles: Sequence[Pixels]) -> None:
        extremes = np.zeros_like(tiles[0])
        extremes[::2] = 255
        self._rest = iter([extremes, *tiles])

    def get_next(self) -> dict[str, Floats] | None:
        tile = next(self._rest, None)
        if tile is None:
            return None
        return {"pixels": (planes(tile).astype(np.float32) - _ZERO) * np.float32(_STEP)}
