import numpy as np
import torch

from model.line_reader import OnnxLineReader
from model.linenet import DIRECTIONS, LineNet, centred
from tests.drawn import draw, ground, photo
from training.lines.train import lines_as_onnx


def test_onnx_and_torch_agree() -> None:
    torch.manual_seed(0)
    net = LineNet().eval()
    pixels = ground(96, 128)
    draw(pixels, [(10, 20), (110, 80)], 6)
    taken = photo(pixels)
    lines = OnnxLineReader(lines_as_onnx(net)).read(taken)
    with torch.no_grad():
        feed = torch.from_numpy(taken.pixels.transpose(2, 0, 1)[None].copy())
        logits, width = net(centred(feed))
    chances = torch.sigmoid(logits)[0].numpy()
    assert np.abs(lines.toward - chances[:DIRECTIONS]).max() < 1e-4
    assert np.abs(lines.end - chances[DIRECTIONS]).max() < 1e-4
    assert np.abs(lines.width_px - 4 * 2 ** width[0, 0].numpy()).max() < 1e-3


def test_the_network_is_small() -> None:
    assert sum(parameter.numel() for parameter in LineNet().parameters()) < 1_500_000
