"""The network that classifies the ends of strands and marks the parts of the root.

A backbone that was trained on photographs of the world (efficientnet_lite.py), then a flattened
coarse grid. The grid is not pooled, because the end always lies at the same position in a crop: the
position distinguishes a bulb from lint beside it.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from model.networks.efficientnet_lite import STAGES, conv_norm, stages, stem
from model.networks.parts import PARTS

EARLY_STAGES, FROZEN_STAGES, ALL_STAGES = 3, 5, 6
"""Stages whose ImageNet weights are never changed; that retraining on people's labels leaves
unchanged as well; and of the whole network. First layers that are
trained on renders learn the habits of a renderer (Hinterstoisser et al. 2017)."""
CLEAR = 0.02
"""Probability of a root in the wide view up to which a crop is not looked at closely: that would
double its time. Our choice."""
GRID = 5 * 8
"""Cells of the coarse grid for a crop of 144 x 240 pixels."""
CLASS_COUNT = 4
FAINT_CONTRAST = 0.04
"""Contrast (standard deviation, of 1) below which a crop stays faint: 10 grey levels."""
_INPUT_SPREAD = 0.5
"""Standard deviation of a normalised crop: about that of the pictures the backbone was trained
on."""
_MAP_CHANNELS = 32


class EndNet(nn.Module):
    """A network from crops to logits of club, misshapen, bare, not_hair.

    A hair and its mirror image have the same label: outside training, the logits are the mean over
    both. (On 176 held-out photos, with run 6, that took the error of calibration from 0.028 to
    0.023 and the risk of an anagen label from 0.060 to 0.050.)
    """

    def forward(self, pixels: Tensor, shaft_px: Tensor) -> Tensor:
        """Logits (N, 4) from ``pixels`` (N, 3, 144, 240) in 0..255 and ``shaft_px`` (N, 1)."""
        pixels, scale = normalised(pixels), scale_of(shaft_px)
        logits = self.classify(self.embed(pixels), scale)
        if self.training:
            return logits
        return (logits + self.classify(self.embed(pixels.flip(2)), scale)) / 2

    def embed(self, pixels: Tensor) -> Tensor:
        """Features of normalised crops (N, 3, 144, 240), from the stages that are not retrained."""
        return pixels

    def classify(self, features: Tensor, scale: Tensor) -> Tensor:
        """Logits (N, 4) of the features from ``embed`` and their shafts' scale (N, 1)."""
        raise NotImplementedError


class ViewNet(nn.Module):
    """Classifies one view of crops: the later stages of the backbone, and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.stages = stages(ALL_STAGES)[EARLY_STAGES:]
        self.squeeze = conv_norm(STAGES[ALL_STAGES - 1].channels, 24, 1)
        self.head = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(24 * GRID + 1, 64), nn.ReLU(), nn.Linear(64, CLASS_COUNT)
        )

    def late(self, early: Tensor) -> Tensor:
        """Features (N, 112, 9, 15), from those of ``RootNet.early``."""
        for stage in self.stages[: FROZEN_STAGES - EARLY_STAGES]:
            early = stage(early)
        return early

    def classify(self, late: Tensor, scale: Tensor) -> Tensor:
        """Logits (N, 4), from those of ``late`` and the shafts' scale (N, 1)."""
        for stage in self.stages[FROZEN_STAGES - EARLY_STAGES :]:
            late = stage(late)
        shape = self.squeeze(late).flatten(1)
        logits: Tensor = self.head(torch.cat([shape, scale], dim=1))
        return logits


class RootNet(EndNet):
    """The root network that is shipped.

    It sees each crop as a whole (``wide``) and its middle at twice the size (``close``). Each view
    has separate later stages; the logits are the mean of both (``joined``).
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = stem()
        self.stages = stages(EARLY_STAGES)
        self.wide, self.close = ViewNet(), ViewNet()
        self.map_early = conv_norm(STAGES[EARLY_STAGES - 1].channels, _MAP_CHANNELS, 1)
        self.map_late = conv_norm(STAGES[FROZEN_STAGES - 1].channels, _MAP_CHANNELS, 1)
        self.map_head = nn.Sequential(
            conv_norm(_MAP_CHANNELS, _MAP_CHANNELS, 3),
            nn.Conv2d(_MAP_CHANNELS, 4 * len(PARTS), 1),
            nn.PixelShuffle(2),
        )

    @property
    def views(self) -> tuple[ViewNet, ViewNet]:
        """The networks of the views, in the order of ``views_of``."""
        return self.wide, self.close

    def forward(self, pixels: Tensor, shaft_px: Tensor) -> Tensor:
        """As ``EndNet.forward``, by ``joined`` outside training."""
        if self.training:
            return super().forward(pixels, shaft_px)
        scale, seen = scale_of(shaft_px), views_of(normalised(pixels))
        wide, close = (
            self.both_ways(view, view.late(self.early(each)), each, scale)
            for view, each in zip(self.views, seen, strict=True)
        )
        return joined(wide, close)

    def both_ways(self, view: ViewNet, late: Tensor, pixels: Tensor, scale: Tensor) -> Tensor:
        """The mean of a view's logits from the features ``late`` of its ``pixels`` and those of
        their mirror image."""
        mirrored = view.late(self.early(pixels.flip(2)))
        return (view.classify(late, scale) + view.classify(mirrored, scale)) / 2

    def early(self, pixels: Tensor) -> Tensor:
        """Features (N, 40, 18, 30) of one view of normalised crops from the stages that are never
        changed."""
        x: Tensor = self.stem(pixels.flip(1) * _INPUT_SPREAD)
        for stage in self.stages:
            x = stage(x)
        return x

    def early_views(self, pixels: Tensor) -> Tensor:
        """Features (N, 2, 40, 18, 30) of both views, as those of ``early``."""
        return torch.stack([self.early(view) for view in views_of(pixels)], dim=1)

    def embed(self, pixels: Tensor) -> Tensor:
        """As ``EndNet.embed``: (N, 2, 112, 9, 15), of both views."""
        pairs = zip(self.views, views_of(pixels), strict=True)
        return torch.stack([net.late(self.early(view)) for net, view in pairs], dim=1)

    def classify(self, features: Tensor, scale: Tensor) -> Tensor:
        """As ``EndNet.classify``."""
        wide, close = (
            net.classify(late, scale)
            for net, late in zip(self.views, features.unbind(1), strict=True)
        )
        return (wide + close) / 2

    def parts(self, early: Tensor, late: Tensor) -> Tensor:
        """Logits (N, 5, 36, 60) of ``PARTS`` in one view, from the features of its ``early`` and
        ``late``."""
        fine = self.map_early(early)
        coarse = functional.interpolate(self.map_late(late), scale_factor=2.0, mode="nearest")
        logits: Tensor = self.map_head(fine + coarse)
        return logits


def views_of(pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Both views of (N, C, 144, 240): the whole, and the middle half of each side at twice the
    size. The end lies at the same place in both. At 12 px a shaft a bulb fills less than one cell
    of the last stages, and the corners of torn roots were lost (run 13 in
    docs/research/experiments.md)."""
    height, width = pixels.shape[2:]
    middle = pixels[:, :, height // 4 : 3 * height // 4, width // 4 : 3 * width // 4]
    close = functional.interpolate(middle, scale_factor=2.0, mode="bilinear", align_corners=False)
    return pixels, close


class RootNetWithParts(nn.Module):
    """A root network with the map of parts as a second output, as it is exported.

    Only the crops that need it are looked at closely.
    """

    def __init__(self, net: RootNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: Tensor, shaft_px: Tensor) -> tuple[Tensor, Tensor]:
        """Logits as those of ``RootNet.forward``, and probabilities (N, 5, 36, 60) of ``PARTS``."""
        net, scale, (whole, middle) = self.net, scale_of(shaft_px), views_of(normalised(pixels))
        early = net.early(whole)
        late = net.wide.late(early)
        wide = net.both_ways(net.wide, late, whole, scale)
        roots = root_probability(wide)
        # At least one, so that no convolution gets an empty batch.
        rows = ((roots > CLEAR) | (roots == roots.max())).nonzero()[:, 0]
        seen, seen_scale = middle[rows], scale[rows]
        close = net.both_ways(net.close, net.close.late(net.early(seen)), seen, seen_scale)
        logits = wide.index_put((rows,), joined(wide[rows], close))
        return logits, net.parts(early, late).softmax(dim=1)


def root_probability(logits: Tensor) -> Tensor:
    """The probability (N,) of a club or a misshapen root."""
    return logits.softmax(dim=1)[:, :2].sum(dim=1)


def joined(wide: Tensor, close: Tensor) -> Tensor:
    """Logits (N, 4) of a crop: the mean of both views, or those of the wide one where it sees no
    root (``CLEAR``)."""
    return torch.where(root_probability(wide)[:, None] > CLEAR, (wide + close) / 2, wide)


def normalised(pixels: Tensor) -> Tensor:
    """Crops (N, 3, H, W) in 0..255 without their mean and most of their contrast.

    So the colour of the background matters less, and a root on a dark background is as visible as
    one on a bright background.
    """
    pixels = pixels / 255
    pixels = pixels - pixels.mean(dim=(2, 3), keepdim=True)
    spread = (pixels**2).mean(dim=(1, 2, 3), keepdim=True).sqrt()
    return pixels / (spread + FAINT_CONTRAST)


def scale_px(scale: NDArray[np.float32]) -> NDArray[np.float64]:
    """Shaft widths (N,) of what ``scale_of`` returned."""
    return np.asarray(8 * 2.0**scale, np.float64)


def scale_of(shaft_px: Tensor) -> Tensor:
    """Log2 of shaft widths over 8 px, from which on a root shows its full shape
    (docs/how-it-works/domain.md); from -3 to 3."""
    return torch.log2(shaft_px.clamp(1, 64)) - 3
