import pytest

pytest.importorskip("torch")

import torch

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH
from model.networks.parts import PARTS, PARTS_CELL_PX
from model.networks.root_net import RootNet, RootNetWithParts, normalised, scale_of
from model.version import CLASSES


@pytest.fixture(scope="module")
def net() -> RootNet:
    """Random weights, with normalizations that fit them: else all outputs would be about equal."""
    torch.manual_seed(0)
    net = RootNet()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        net(crops(4), torch.ones(4, 1))
    return net.eval()


def crops(count: int) -> torch.Tensor:
    return torch.rand(count, 3, CROP_HEIGHT, CROP_WIDTH) * 200


def test_there_are_logits_for_every_class_and_a_map_of_every_part(net: RootNet) -> None:
    pixels, shaft_px = crops(2), torch.tensor([[3.0], [12.0]])
    with torch.inference_mode():
        logits, parts = RootNetWithParts(net)(pixels, shaft_px)
        assert torch.allclose(logits, net(pixels, shaft_px), atol=1e-5)
    assert logits.shape == (2, len(CLASSES))
    cells = (CROP_HEIGHT // PARTS_CELL_PX, CROP_WIDTH // PARTS_CELL_PX)
    assert parts.shape == (2, len(PARTS), *cells)
    assert torch.allclose(parts.sum(dim=1), torch.ones(2, *cells), atol=1e-5)


def test_retraining_starts_from_the_features_that_classify_gets(net: RootNet) -> None:
    pixels, shaft_px = crops(1), torch.tensor([[16.0]])
    seen: list[torch.Tensor] = []
    hook = net.stages[5].register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    with torch.inference_mode():
        net(pixels, shaft_px)
    hook.remove()
    assert [tuple(features.shape) for features in seen] == [(1, 112, 9, 15)] * 2
    with torch.inference_mode():
        assert torch.equal(net.late(net.early(normalised(pixels))), seen[0])


@pytest.mark.parametrize(("shaft_px", "scale"), [(0.5, -3), (2, -2), (8, 0), (16, 1), (99, 3)])
def test_the_scale_of_a_shaft_is_in_doublings_of_eight_pixels(
    shaft_px: float, scale: float
) -> None:
    assert scale_of(torch.tensor([[shaft_px]])).item() == scale


def test_a_brighter_photo_has_the_same_logits(net: RootNet) -> None:
    # The crop's own mean is taken off, so 40 levels more change nothing.
    pixels, shaft_px = crops(2), torch.full((2, 1), 6.0)
    with torch.inference_mode():
        assert torch.allclose(net(pixels, shaft_px), net(pixels + 40, shaft_px), atol=1e-3)


def test_a_faint_picture_has_nearly_the_effect_of_a_bright_one(net: RootNet) -> None:
    # A third of the light leaves a third of the contrast, most of which the network takes out.
    pixels, shaft_px = crops(2), torch.full((2, 1), 6.0)
    with torch.inference_mode():
        blank, bright, faint = (net(pixels * light, shaft_px) for light in (0.0, 1.0, 1 / 3))
    assert (faint - blank).norm() > 0.6 * (bright - blank).norm()


def test_the_width_of_the_shaft_counts(net: RootNet) -> None:
    pixels = crops(1)
    with torch.inference_mode():
        narrow, wide = net(pixels, torch.tensor([[2.0]])), net(pixels, torch.tensor([[32.0]]))
    assert not torch.allclose(narrow, wide, atol=1e-2)


def test_the_place_in_the_crop_counts(net: RootNet) -> None:
    left, right = (torch.zeros(1, 3, CROP_HEIGHT, CROP_WIDTH) for _ in range(2))
    left[..., 60:84, 48:72] = 255
    right[..., 60:84, 168:192] = 255
    with torch.inference_mode():
        difference = net(left, torch.ones(1, 1)) - net(right, torch.ones(1, 1))
    assert difference.abs().max() > 1e-2


def test_a_hair_and_its_mirror_image_have_the_same_logits(net: RootNet) -> None:
    pixels, shaft_px = crops(2), torch.full((2, 1), 6.0)
    with torch.inference_mode():
        assert torch.allclose(net(pixels, shaft_px), net(pixels.flip(2), shaft_px), atol=1e-4)
        one = net.classify(net.embed(normalised(pixels)), scale_of(shaft_px))
        other = net.classify(net.embed(normalised(pixels.flip(2))), scale_of(shaft_px))
    assert not torch.allclose(one, other, atol=1e-2)
