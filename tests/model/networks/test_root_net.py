import pytest

pytest.importorskip("torch")

import torch

from model.networks.root_net import RootNet
from model.version import CLASSES


def network() -> RootNet:
    torch.manual_seed(0)
    return RootNet().eval()


def test_there_are_logits_for_every_class_and_few_weights() -> None:
    net = network()
    assert net(torch.zeros(2, 3, 96, 160), torch.ones(2, 1)).shape == (2, len(CLASSES))
    assert sum(weight.numel() for weight in net.parameters()) <= 500_000


def test_a_brighter_photo_has_the_same_logits() -> None:
    # The crop's own mean is taken off, so 40 levels more change nothing.
    net, pixels = network(), torch.rand(2, 3, 96, 160) * 200
    shaft_px = torch.full((2, 1), 6.0)
    assert torch.allclose(net(pixels, shaft_px), net(pixels + 40, shaft_px), atol=1e-4)


def test_a_faint_picture_has_nearly_the_effect_of_a_bright_one() -> None:
    # A third of the light leaves a third of the contrast, most of which the network takes out.
    net, pixels, shaft_px = network(), torch.rand(2, 3, 96, 160) * 200, torch.full((2, 1), 6.0)
    blank, bright, faint = (net(pixels * light, shaft_px) for light in (0.0, 1.0, 1 / 3))
    assert (faint - blank).norm() > 0.6 * (bright - blank).norm()


def test_the_width_of_the_shaft_counts() -> None:
    net, pixels = network(), torch.rand(1, 3, 96, 160) * 200
    narrow, wide = net(pixels, torch.tensor([[2.0]])), net(pixels, torch.tensor([[32.0]]))
    assert not torch.allclose(narrow, wide)


def test_the_place_in_the_crop_counts() -> None:
    net = network()
    left, right = torch.zeros(1, 3, 96, 160), torch.zeros(1, 3, 96, 160)
    left[..., 40:56, 32:48] = 255
    right[..., 40:56, 112:128] = 255
    assert not torch.allclose(net(left, torch.ones(1, 1)), net(right, torch.ones(1, 1)))


def test_a_hair_and_its_mirror_image_have_the_same_logits() -> None:
    net, pixels, shaft_px = network(), torch.rand(2, 3, 96, 160) * 200, torch.full((2, 1), 6.0)
    assert torch.allclose(net(pixels, shaft_px), net(pixels.flip(2), shaft_px), atol=1e-5)
    net.train()
    net.head[0].p = 0.0  # leaves the mirror as the only cause of a difference
    assert not torch.allclose(net(pixels, shaft_px), net(pixels.flip(2), shaft_px), atol=1e-5)
