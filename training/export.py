"""Exports fitted networks: to ONNX, to a version's folder, and into the package."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, from_numpy, nn

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH
from model.inference.line_finder import LINE_NET, WEIGHTS_FILE, load_line_detector
from model.inference.root_classifier import onnx_session
from model.inference.width_meter import COARSE_FILE, WIDTH_NETS, load_width_meter
from model.networks.root_net import EndNet, RootNet, RootNetWithParts
from model.report import ModelName
from model.version import (
    LICENCE,
    SHIPPED,
    TRAINED_ON,
    Manifest,
    ModelVersion,
    load_version,
    save_version,
    sha256,
)
from training.calibration.calibrate import Calibration
from training.evaluation.metrics import Evaluation
from training.onnx_export import to_onnx
from training.reports.diagnostics import Diagnostics
from training.reports.model_card import card_of

NAME, VERSION = "rootnet", "version"
"""Name of the root network, and the folder of the version in a run."""


class OnnxNet(EndNet):
    """A network in ONNX, which runs a crop in a quarter of the time."""

    def __init__(self, weights: bytes) -> None:
        """Raises ONNX Runtime's own errors for weights of any other network."""
        super().__init__()
        self._session = onnx_session(weights)

    def forward(self, pixels: Tensor, shaft_px: Tensor) -> Tensor:
        """Logits as those of ``EndNet.forward``."""
        feed = {"pixels": pixels.float().numpy(), "shaft_px": shaft_px.float().numpy()}
        return from_numpy(np.asarray(self._session.run(["logits"], feed)[0]))


class ExportedNet(OnnxNet):
    """The network of an exported version."""

    def __init__(self, version: ModelVersion) -> None:
        super().__init__(version.weights)


def fold_normalizations(net: nn.Module) -> None:
    """Replaces each convolution and its normalization by one convolution with a bias, as ONNX has
    them."""
    for module in list(net.modules()):
        if not isinstance(module, nn.Sequential) or len(module) < 2:
            continue
        plain, normalization = module[0], module[1]
        if isinstance(plain, nn.Conv2d) and isinstance(normalization, nn.BatchNorm2d):
            module[0] = type(plain)(
                plain.in_channels,
                plain.out_channels,
                plain.kernel_size,  # type: ignore[arg-type] # a tuple of two, as it takes
                plain.stride,  # type: ignore[arg-type]
                plain.padding,  # type: ignore[arg-type]
                groups=plain.groups,
            )
            module[1] = nn.Identity()


def root_net_onnx(net: nn.Module) -> bytes:
    """A network with the inputs and outputs of ``EndNet`` as ONNX, for any number of crops; a
    ``RootNet`` also has its map of parts as an output."""
    inputs = torch.zeros(2, 3, CROP_HEIGHT, CROP_WIDTH), torch.ones(2, 1)
    names = ("pixels", "shaft_px")
    if isinstance(net, RootNet):
        return to_onnx(RootNetWithParts(net), inputs, (names, ("logits", "parts")), {0: "crops"})
    return to_onnx(net, inputs, (names, ("logits",)), {0: "crops"})


def export_root_net(
    net: RootNet,
    calibration: Calibration,
    evaluation: Evaluation,
    data_sha256: str,
    folder: Path,
    diagnostics: Diagnostics | None = None,
) -> None:
    """Writes the version ``folder`` and checks that it loads. Its name is that of its weights.

    Without ``diagnostics`` the card has no section on where the model fails.
    """
    weights = root_net_onnx(net)
    digest = sha256(weights)
    manifest = Manifest(
        name=ModelName(NAME, digest[:8], digest, TRAINED_ON),
        temperature=round(calibration.temperature, 4),
        rule=calibration.rule,
        confusion=evaluation.confusion,
        training_data_sha256=data_sha256,
        metrics={name: round(value, 4) for name, value in evaluation.metrics.items()},
        licence=LICENCE,
    )
    save_version(folder, weights, manifest, card_of(manifest, diagnostics))
    load_version(folder)


def parent_of(folder: Path) -> str:
    """The version of the network in a folder, which has a manifest."""
    return str(json.loads((folder / "manifest.json").read_text("utf-8"))["version"])


def ship(run: Path, out: Path | None = None) -> Path:
    """Copies the version of a run into the package, or into ``out``; returns the folder.

    The run may be one of the root network, of the line network or of the width networks. The
    version is checked before and after. Raises ShedlightError (MODEL_REFUSED) and OSError.
    """
    version = run / VERSION
    check: Callable[[Path], object] = load_version
    shipped = SHIPPED
    if (version / WEIGHTS_FILE).exists():
        check, shipped = load_line_detector, LINE_NET
    elif (version / COARSE_FILE).exists():
        check, shipped = load_width_meter, WIDTH_NETS
    folder = out or shipped
    check(version)
    folder.mkdir(parents=True, exist_ok=True)
    for file in version.iterdir():
        shutil.copyfile(file, folder / file.name)
    check(folder)
    return folder
