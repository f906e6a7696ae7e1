"""Fits a width network to strips."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import Dataset

from model.networks.width_net import LOG_ERROR, LOG_WIDTH, OFFSET, SHAFT, WidthNet
from training.fitting.loop import Batch, FittingPlan, fit_network, in_bfloat16
from training.shaft_width.augment import augmented
from training.shaft_width.examples import UNKNOWN, WidthExamples

_LOG_ERROR_RANGE = (-4.0, 2.0)
_MAX_OFFSET, _OFFSET_BETA = 2.0, 0.1
_OFFSET_SHARE, _SHAFT_SHARE = 3.0, 0.5


@dataclass(frozen=True)
class WidthPlan(FittingPlan):
    """How to fit: examples are strips."""

    epochs: int = 16
    draws: int = 32000
    batch: int = 128
    weight_decay: float = 3e-3
    workers: int = 0


class StripDataset(Dataset[tuple[Tensor, ...]]):
    """The strips of one epoch, some of them mirrored."""

    def __init__(self, examples: WidthExamples, plan: WidthPlan, epoch: int) -> None:
        rng = plan.epoch_rng(epoch)
        self._examples = examples
        self._chosen = rng.integers(0, len(examples), plan.draws)
        self._mirrored = rng.random(plan.draws) < 0.5

    def __len__(self) -> int:
        return len(self._chosen)

    def __getitem__(self, i: int) -> tuple[Tensor, ...]:
        e, k = self._examples, self._chosen[i]
        pixels, offset = e.pixels[k], e.offset[k]
        if self._mirrored[i]:
            pixels, offset = np.ascontiguousarray(pixels[:, ::-1]), -offset
        parts = (pixels, offset, e.log_width[k], e.guess_px[k], e.known[k], e.shaft[k])
        return tuple(torch.as_tensor(part) for part in parts)


def fit_width_net(
    examples: WidthExamples,
    run: Path,
    plan: WidthPlan = WidthPlan(),
    start: WidthNet | None = None,
) -> WidthNet:
    """Fits a network, from ``run``'s checkpoint if there is one, else from ``start``, else from
    random weights."""
    torch.manual_seed(plan.seed)
    net = start or WidthNet()
    random = torch.default_generator  # seeded by each epoch

    def loss_of(batch: Batch) -> Tensor:
        pixels, offset, log_width, guess_px, known, shaft = batch
        with torch.no_grad():
            levels = augmented(pixels.float(), offset, log_width, guess_px, random)
        with in_bfloat16():
            out = net(levels, guess_px)
        return width_loss(out.float(), offset, log_width, known, shaft)

    fit_network(net, run, plan, lambda epoch: StripDataset(examples, plan, epoch), loss_of)
    return net


def width_loss(
    out: Tensor, offset: Tensor, log_width: Tensor, known: Tensor, shaft: Tensor
) -> Tensor:
    """The loss of WidthNet's outputs (N, R, 4) against WidthExamples.

    The width's error is that of a Laplace distribution whose scale the network states, so that it
    learns how far off it may be.
    """
    on_shaft = known.float() / known.sum().clamp(min=1)
    log_error = out[..., LOG_ERROR].clamp(*_LOG_ERROR_RANGE)
    error = (out[..., LOG_WIDTH] - log_width[:, None]).abs()
    width_loss = ((error * torch.exp(-log_error) + log_error) * on_shaft).sum()
    target = offset.clamp(-_MAX_OFFSET, _MAX_OFFSET)
    aside = functional.smooth_l1_loss(out[..., OFFSET], target, reduction="none", beta=_OFFSET_BETA)
    sure = (shaft > UNKNOWN).float()
    seen = functional.binary_cross_entropy_with_logits(
        out[..., SHAFT], shaft.clamp(min=0), reduction="none"
    )
    seen_loss = (seen * sure).sum() / sure.sum().clamp(min=1)
    return width_loss + _OFFSET_SHARE * (aside * on_shaft).sum() + _SHAFT_SHARE * seen_loss
