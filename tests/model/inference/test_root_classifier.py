import numpy as np
import pytest

from data.errors import ErrorCode, ShedlightError
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from model.inference.root_classifier import BATCH, EndClassifier, softmax
from model.version import SHIPPED, ModelVersion, load_version
from tests.helpers.model.hairs import manifest_of


def crop(level: int, shaft_px: float = 8.0) -> RootCrop:
    return RootCrop(np.full((CROP_HEIGHT, CROP_WIDTH, 3), level, np.uint8), shaft_px)


def doubling_network() -> bytes:
    """Logits (shaft_px, 0, 0, 2 * mean of the pixels), as an ONNX file."""
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper

    shapes = {"pixels": ["n", 3, CROP_HEIGHT, CROP_WIDTH], "shaft_px": ["n", 1], "logits": ["n", 4]}
    values = {
        name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in shapes.items()
    }
    nodes = [
        helper.make_node("ReduceMean", ["pixels"], ["level"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Unsqueeze", ["level", "one"], ["column"]),
        helper.make_node("Add", ["column", "column"], ["double"]),
        helper.make_node("Sub", ["shaft_px", "shaft_px"], ["zero"]),
        helper.make_node("Concat", ["shaft_px", "zero", "zero", "double"], ["logits"], axis=1),
    ]
    one = helper.make_tensor("one", TensorProto.INT64, [1], [1])
    inputs = [values["pixels"], values["shaft_px"]]
    graph = helper.make_graph(nodes, "doubling", inputs, [values["logits"]], [one])
    opset = [helper.make_opsetid("", 17)]
    return bytes(
        onnx.helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    )


def classifier(temperature: float) -> EndClassifier:
    weights = doubling_network()
    return EndClassifier(ModelVersion(weights, manifest_of(weights, temperature)))


def test_the_temperature_divides_the_logits() -> None:
    # Logits (2, 0, 0, 2 * 2 = 4) over a temperature of 2: (1, 0, 0, 2).
    found = classifier(2.0).probabilities([crop(2, shaft_px=2.0)])
    e = np.e
    assert found == pytest.approx(np.array([[e, 1, 1, e**2]]) / (e + 2 + e**2), abs=1e-6)


def test_crops_keep_their_order_over_several_batches() -> None:
    found = classifier(50.0).probabilities([crop(i) for i in range(2 * BATCH + 3)])
    assert found.shape == (2 * BATCH + 3, 4)
    assert np.all(np.diff(found[:, 3]) > 0)


def test_no_crops_give_no_rows() -> None:
    assert classifier(1.0).probabilities([]).shape == (0, 4)


def test_weights_that_are_no_network_are_refused() -> None:
    with pytest.raises(ShedlightError) as caught:
        EndClassifier(ModelVersion(b"rubbish", manifest_of(b"rubbish")))
    assert caught.value.code is ErrorCode.MODEL_REFUSED


def test_huge_logits_do_not_overflow() -> None:
    found = softmax(np.array([[1e4, 0.0, 0.0, -1e4]]))
    assert found == pytest.approx(np.array([[1.0, 0.0, 0.0, 0.0]]))


def test_the_shipped_weights_give_probabilities() -> None:
    shipped = EndClassifier(load_version(SHIPPED))
    found = shipped.probabilities([crop(0), crop(255, 2.0), crop(128, 40.0)])
    assert found.sum(axis=1) == pytest.approx(1)
    assert np.all(found >= 0)
