import pytest

pytest.importorskip("torch")

import torch

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH
from model.networks import root_net
from model.networks.parts import PARTS, PARTS_CELL_PX
from model.networks.root_net import (
    RootNet,
    RootNetWithParts,
    joined,
    normalised,
    scale_of,
    views_of,
)
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
    hook = net.close.stages[2].register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    with torch.inference_mode():
        net(pixels, shaft_px)
    hook.remove()
    assert [tuple(features.shape) for features in seen] == [(1, 112, 9, 15)] * 2
    with torch.inference_mode():
        assert torch.equal(net.embed(normalised(pixels))[:, 1], seen[0])


def test_the_close_view_is_the_middle_at_twice_the_size() -> None:
    # Columns 0..239 as brightness: the close view runs from 60 to 179 in half steps, and the end
    # (column 120) stays where it is.
    ramp = torch.arange(CROP_WIDTH).float().expand(1, 3, CROP_HEIGHT, CROP_WIDTH)
    wide, close = views_of(ramp)
    assert torch.equal(wide, ramp)
    assert close.shape == ramp.shape
    assert close[0, 0, 0, :4].tolist() == [60, 60.25, 60.75, 61.25]
    assert close[0, 0, 50, 119:121].tolist() == [119.25, 119.75]


def test_the_logits_are_the_mean_of_both_views(net: RootNet) -> None:
    pixels, scale = normalised(crops(2)), torch.zeros(2, 1)
    with torch.inference_mode():
        late = net.embed(pixels)
        wide, close = (view.classify(late[:, k], scale) for k, view in enumerate(net.views))
        assert torch.allclose(net.classify(late, scale), (wide + close) / 2, atol=1e-5)
    assert not torch.allclose(wide, close, atol=1e-2)


def test_only_a_crop_that_may_show_a_root_is_looked_at_closely() -> None:
    # The wide view gives the second crop a root with 2 e^-8 of e^0 + 3 e^-8, which is clear.
    wide = torch.tensor([[1.0, 0, 0, 0], [-8, -8, 0, -8], [0, 0, 0, 3]])
    close = torch.tensor([[0.0, 2, 0, 0], [9, 9, 9, 9], [0, 0, 2, 0]])
    expected = [[0.5, 1, 0, 0], [-8, -8, 0, -8], [0, 0, 1, 1.5]]
    assert joined(wide, close).tolist() == expected


@pytest.mark.parametrize("clear", [-1.0, 0.5, 2.0])
def test_the_exported_network_looks_closely_at_the_same_crops(
    net: RootNet, clear: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(root_net, "CLEAR", clear)
    pixels, shaft_px = crops(5), torch.tensor([[2.0], [6], [9], [20], [40]])
    with torch.inference_mode():
        expected = net(pixels, shaft_px)
        assert torch.allclose(RootNetWithParts(net)(pixels, shaft_px)[0], expected, atol=1e-5)
        one_by_one = [net(pixels[k : k + 1], shaft_px[k : k + 1]) for k in range(5)]
    assert torch.allclose(torch.cat(one_by_one), expected, atol=1e-5)


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
