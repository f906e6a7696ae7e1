"""Exports fitted networks: to ONNX, to a version's folder, and into the package."""

import io
import shutil
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, from_numpy, nn

from model.inference.line_finder import LINE_NET, WEIGHTS_FILE, load_line_detector
from model.inference.root_classifier import EndClassifier
from model.inference.width_meter import COARSE_FILE, WIDTH_NETS, load_width_meter
from model.networks.root_net import RootNet
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
from training.reports.diagnostics import Diagnostics
from training.reports.model_card import card_of

NAME, VERSION = "rootnet", "version"
"""Name of the root network, and the folder of the version in a run."""
OPSET = 17


class ExportedNet(RootNet):
    """The network of an exported version."""

    def __init__(self, version: ModelVersion) -> None:
        super().__init__()
        self._classifier = EndClassifier(version)

    def forward(self, pixels: Tensor, shaft_px: Tensor) -> Tensor:
        """Logits as those of ``RootNet.forward``."""
        return from_numpy(self._classifier.logits(pixels.numpy(), shaft_px.numpy()))


def to_onnx(
    net: nn.Module,
    inputs: Sequence[Tensor],
    names: tuple[Sequence[str], Sequence[str]],
    dynamic_axes: Mapping[int, str],
) -> bytes:
    """The network as ONNX. ``names`` are those of inputs and outputs, all of which have the
    ``dynamic_axes``."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The newer exporter needs another package and gives the same graph here.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            net.eval(),
            tuple(inputs),
            buffer,  # type: ignore[arg-type] # a file works; torch's annotation omits it
            input_names=list(names[0]),
            output_names=list(names[1]),
            dynamic_axes={name: dict(dynamic_axes) for some in names for name in some},
            opset_version=OPSET,
            dynamo=False,
        )
    return buffer.getvalue()


def fold_normalizations(net: nn.Module) -> None:
    """Replaces each convolution and its normalization by one convolution with a bias, as ONNX has
    them."""
    for module in list(net.modules()):
        if not isinstance(module, nn.Sequential) or len(module) < 2:
            continue
        plain, normalization = module[0], module[1]
        if isinstance(plain, nn.Conv2d) and isinstance(normalization, nn.BatchNorm2d):
            module[0] = nn.Conv2d(
                plain.in_channels,
                plain.out_channels,
                plain.kernel_size,  # type: ignore[arg-type] # a tuple of two, as it takes
                plain.stride,  # type: ignore[arg-type]
                plain.padding,  # type: ignore[arg-type]
            )
            module[1] = nn.Identity()


def root_net_onnx(net: nn.Module) -> bytes:
    """A network with the inputs and outputs of ``RootNet`` as ONNX, for any number of crops."""
    inputs = torch.zeros(2, 3, 96, 160), torch.ones(2, 1)
    return to_onnx(net, inputs, (("pixels", "shaft_px"), ("logits",)), {0: "crops"})


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
