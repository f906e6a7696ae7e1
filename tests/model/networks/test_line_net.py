import numpy as np
import onnxruntime as ort
import torch

from model.inference.line_finder import planes
from model.networks.line_net import LineNet, centred
from tests.helpers.drawn_photos import draw, ground, photo
from training.line_finder.train import line_net_onnx


def test_onnx_and_torch_agree() -> None:
    torch.manual_seed(0)
    net = LineNet().eval()
    pixels = ground(96, 128)
    draw(pixels, [(10, 20), (110, 80)], 6)
    taken = photo(pixels)
    feed = centred(torch.from_numpy(planes(taken.pixels)))
    with torch.no_grad():
        logits, width = net(feed)
    session = ort.InferenceSession(line_net_onnx(net))
    chances, widths = session.run(["chances", "width"], {"pixels": feed.numpy()})
    assert np.abs(chances - torch.sigmoid(logits).numpy()).max() < 1e-4
    assert np.abs(widths - width.numpy()).max() < 1e-3


def test_the_network_is_small() -> None:
    assert sum(parameter.numel() for parameter in LineNet().parameters()) < 1_500_000
