import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH
from model.networks.efficientnet_lite import (
    STAGES,
    InvertedResidual,
    SamePadConv,
    Stage,
    stages,
    stem,
)


def row_conv(weights: list[float], stride: int) -> SamePadConv:
    """A convolution whose kernel has these weights in its middle row, else zeros."""
    conv = SamePadConv(1, 1, len(weights), stride, bias=False)
    nn.init.zeros_(conv.weight)
    conv.weight.data[0, 0, len(weights) // 2] = torch.tensor(weights)
    return conv


@pytest.mark.parametrize(
    ("count", "weights", "stride", "answer"),
    [
        (3, [1, 10, 100], 1, [210, 321, 32]),
        (5, [1, 10, 100], 2, [210, 432, 54]),  # a zero on either side
        (4, [1, 10, 100], 2, [321, 43]),  # a zero on the right only
        (4, [1, 10, 100, 1000, 10000], 2, [43210, 432]),  # one on the left, two on the right
        (3, [1], 2, [1, 3]),
    ],
)
def test_a_convolution_pads_as_tensorflow_does(
    count: int, weights: list[float], stride: int, answer: list[float]
) -> None:
    conv, row = row_conv(weights, stride), torch.arange(1.0, count + 1)
    with torch.inference_mode():
        assert conv(row.reshape(1, 1, 1, -1)).flatten().tolist() == answer
        conv.weight.data = conv.weight.data.transpose(2, 3)
        assert conv(row.reshape(1, 1, -1, 1)).flatten().tolist() == answer


def test_a_filter_of_one_channel_at_a_time_stays_in_full_precision() -> None:
    pixels = torch.rand(1, 4, 5, 5)
    filters, mixes = SamePadConv(4, 4, 3, groups=4), SamePadConv(4, 4, 3)
    with torch.inference_mode():
        exact = filters(pixels)
        with torch.autocast("cpu", torch.bfloat16):
            assert torch.equal(filters(pixels), exact)
            assert mixes(pixels).dtype is torch.bfloat16


def test_only_blocks_that_keep_the_shape_add_their_input() -> None:
    same, wider = Stage(3, 1, 2, 4, 1), Stage(3, 1, 2, 6, 1)
    pixels = torch.rand(1, 4, 6, 6)
    for stage, stride, adds in ((same, 1, True), (same, 2, False), (wider, 1, False)):
        block = InvertedResidual(4, stage, stride).eval()
        nn.init.zeros_(block.project[0].weight)
        with torch.inference_mode():
            out = block(pixels)
        assert torch.equal(out, pixels) if adds else not out.any()


def test_the_stages_have_the_published_size_and_the_shapes_of_a_crop() -> None:
    every = stages(len(STAGES))
    count = sum(weight.numel() for part in (stem(), every) for weight in part.parameters())
    # All of EfficientNet-Lite0, but its last convolution to 1280 channels and its 1000 classes.
    assert count == 4_652_008 - (320 * 1280 + 2 * 1280) - (1280 * 1000 + 1000)
    shapes = []
    with torch.inference_mode():
        features = stem().eval()(torch.zeros(1, 3, CROP_HEIGHT, CROP_WIDTH))
        for stage in every.eval():
            features = stage(features)
            shapes.append(tuple(features.shape[1:]))
    assert shapes == [
        (16, 72, 120),
        (24, 36, 60),
        (40, 18, 30),
        (80, 9, 15),
        (112, 9, 15),
        (192, 5, 8),
        (320, 5, 8),
    ]
