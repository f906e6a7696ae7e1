"""From a fitted network to a version's folder."""

import io
import shutil
import warnings
from pathlib import Path

import torch
from torch import nn

from model.networks.root_net import RootNet
from model.report import ModelName
from model.version import LICENCE, TRAINED_ON, Manifest, load_version, save_version, sha256
from training.calibration.calibrate import Calibration
from training.evaluation.metrics import Evaluation
from training.reports.diagnostics import Diagnostics
from training.reports.model_card import card_of

NAME = "rootnet"
OPSET = 17


def root_net_onnx(net: nn.Module) -> bytes:
    """A network that takes and gives what ``RootNet`` does as ONNX, for any number of crops."""
    pixels, shaft_px = torch.zeros(2, 3, 96, 160), torch.ones(2, 1)
    names = ["pixels", "shaft_px", "logits"]
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The newer exporter needs a further package and gives the same graph here.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            net.eval(),
            (pixels, shaft_px),
            buffer,  # type: ignore[arg-type] # a file works; torch's annotation forgets it
            input_names=names[:2],
            output_names=names[2:],
            dynamic_axes={name: {0: "crops"} for name in names},
            opset_version=OPSET,
            dynamo=False,
        )
    return buffer.getvalue()


def export(
    net: RootNet,
    calibration: Calibration,
    evaluation: Evaluation,
    data_sha256: str,
    folder: Path,
    study: Diagnostics | None = None,
) -> None:
    """Writes the version ``folder`` and checks that it loads. Its name is that of its weights.

    Without a ``study`` the card does not tell where it fails.
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
    save_version(folder, weights, manifest, card_of(manifest, study))
    load_version(folder)


def ship(run: Path, folder: Path) -> None:
    """Copies the version of a run, checked, over the one in ``folder``
    (``model/root_net_weights``)."""
    version = run / "version"
    load_version(version)
    folder.mkdir(parents=True, exist_ok=True)
    for file in version.iterdir():
        shutil.copyfile(file, folder / file.name)
    load_version(folder)
