"""The network of a version, to fit on.

A version holds its network as ONNX, in which every batch normalisation is part of its convolution.
So is it here: few labels would not tell the statistics of a batch anyway, and what was fitted can
be exported and fitted on again.

A challenger as a version, with what its labels taught of its errors.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from data.errors import ErrorCode, ShedlightError
from model.inference.root_classifier import EndClassifier
from model.labelling.hair import ALL, WIDTH_BINS, Label, width_bin
from model.labelling.joint_rule import label_hair
from model.networks.root_net import EndNet, RootNet
from model.report import ModelName
from model.share.confusion import Confusion, ErrorRates
from model.version import Manifest, ModelVersion, load_version, save_version, sha256
from training.calibration.calibrate import Calibration
from training.calibration.labelled_hairs import MIN_HAIRS
from training.evaluation.metrics import confusion_row
from training.export import root_net_onnx
from training.retrain.label_probabilities import NOTHING, TELOGEN, EvaluatedLabel, is_of_hair

_CLOSE = 1e-3
"""How far the logits may be from those of the version: rounding of another order of sums."""


def net_of(version: ModelVersion) -> RootNet:
    """The version's network, which says what the version says.

    Raises ShedlightError (MODEL_REFUSED) for a version whose network is not built as ``RootNet``.
    """
    net = RootNet()
    _fold_normalisations(net)
    try:
        _fill(net, version.weights)
        _expect_same(net.eval(), version)
    except (ValueError, RuntimeError, StopIteration) as cause:
        raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause
    return net


def _fold_normalisations(net: nn.Module) -> None:
    """Replaces each convolution and its normalisation by one convolution with a bias."""
    for module in list(net.modules()):
        if isinstance(module, nn.Sequential) and isinstance(module[0], nn.Conv2d):
            plain = module[0]
            module[0] = nn.Conv2d(
                plain.in_channels,
                plain.out_channels,
                plain.kernel_size,  # type: ignore[arg-type] # a tuple of two, as it takes
                plain.stride,  # type: ignore[arg-type]
                plain.padding,  # type: ignore[arg-type]
            )
            module[1] = nn.Identity()


def _fill(net: nn.Module, weights: bytes) -> None:
    """Copies the weights of an ONNX graph into the layers of ``net``, in the order of their use."""
    stored = _tensors(weights)
    for layer in _layers(net):
        for parameter in layer.parameters():  # weight and bias
            value = next(stored)
            if value.shape != parameter.shape:
                raise ValueError(f"found {tuple(value.shape)}, wanted {tuple(parameter.shape)}")
            parameter.data.copy_(value)


def _layers(net: nn.Module) -> Iterator[nn.Conv2d | nn.Linear]:
    return (layer for layer in net.modules() if isinstance(layer, nn.Conv2d | nn.Linear))


def _tensors(weights: bytes) -> Iterator[Tensor]:
    """Weight and bias of each layer of the graph, once: it reads a crop both ways."""
    graph = onnx.load_from_string(weights).graph
    stored = {each.name: each for each in graph.initializer}
    names = dict.fromkeys(
        name
        for node in graph.node
        if node.op_type in ("Conv", "Gemm")
        for name in node.input[1:]
        if name in stored
    )
    return (torch.from_numpy(np.array(numpy_helper.to_array(stored[name]))) for name in names)


def _expect_same(net: RootNet, version: ModelVersion) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.uniform(0, 255, (2, 3, 96, 160)).astype(np.float32)
    shaft_px = np.array([[3.0], [12.0]], np.float32)
    with torch.inference_mode():
        ours = net(torch.from_numpy(pixels), torch.from_numpy(shaft_px)).numpy()
    if np.abs(ours - EndClassifier(version).logits(pixels, shaft_px)).max() > _CLOSE:
        raise ValueError("the network says something else than the version")


_CARD = """# {name} {version}

**{trained_on}.** Fitted from version {parent}, whose card tells of the rendered hairs behind it.

## What it is for
Photos like those of the person who gave the labels: the same camera, light and ground. On others
it is, as far as the packaged frozen set of renders can tell, what its parent was.

## What was measured
On {labels} labels, each read by a network that had not seen its photo or person:

{figures}

The labels are a person's, and nobody checked them. Its errors (`confusion` in the manifest) were
counted on them where a tier of shaft width has {enough} telogen and {enough} anagen hairs
(`source` is `real`), and are its parent's elsewhere.

## What it is not for
- A diagnosis, or a reason not to see a doctor.
- Deciding anything on its own about a single hair.

Licence: {licence}, as its parent's; the labels are their giver's.
"""


@dataclass(frozen=True, eq=False)
class Challenger:
    """A network, how its readings are calibrated, and what was read of labels by networks that had
    not seen them; ``figures`` by name; ``pictures`` as in a manifest."""

    net: EndNet
    calibration: Calibration
    read: Sequence[EvaluatedLabel]
    figures: Mapping[str, float]
    pictures: tuple[str, ...]


def save_challenger(taught: Challenger, parent: Manifest, arch: str, folder: Path) -> str:
    """Writes the version ``folder`` and checks that it loads; the version's name."""
    weights = root_net_onnx(taught.net)
    digest = sha256(weights)
    count = len(taught.read)
    trained_on = f"rendered hairs and people's labels, {count} of them judged before it saw them"
    manifest = replace(
        parent,
        name=ModelName(arch, digest[:8], digest, trained_on),
        temperature=round(taught.calibration.temperature, 4),
        rule=taught.calibration.rule,
        confusion=confusion_on(taught.read, taught.calibration, parent.confusion),
        metrics={name: round(value, 4) for name, value in taught.figures.items()},
        parent=parent.name.version,
        pictures=taught.pictures,
    )
    save_version(folder, weights, manifest, _card(manifest, count))
    load_version(folder)
    return digest[:8]


def confusion_on(
    read: Sequence[EvaluatedLabel], calibration: Calibration, otherwise: Mapping[str, Confusion]
) -> dict[str, Confusion]:
    """The error matrix of each tier of shaft width, and of all: counted on labels where there are
    enough, else as it was."""
    hairs = [label for label in read if label.kind != NOTHING and is_of_hair(label)]
    found = dict(otherwise)
    for tier in (*WIDTH_BINS, ALL):
        here = [each for each in hairs if tier in (ALL, width_bin(each.hair.strand.shaft_px))]
        telogen = [each for each in here if each.kind == TELOGEN]
        anagen = [each for each in here if each.kind != TELOGEN]
        if min(len(telogen), len(anagen)) >= MIN_HAIRS:
            found[tier] = Confusion(
                confusion_row(_given(telogen, calibration)),
                confusion_row(_given(anagen, calibration)),
                (len(telogen), len(anagen)),
                ErrorRates.REAL,
            )
    return found


def _given(read: Sequence[EvaluatedLabel], calibration: Calibration) -> Counter[Label]:
    """The labels that hairs get; one that is not listed counts as unsure."""
    temperature, rule = calibration.temperature, calibration.rule
    hairs = (
        label_hair(
            each.hair.strand,
            each.readings(temperature),
            each.posterior(temperature, rule),
            rule,
        )
        for each in read
    )
    return Counter(hair.label if hair else Label.UNSURE for hair in hairs)


def _card(manifest: Manifest, labels: int) -> str:
    name = manifest.name
    figures = "\n".join(
        f"- {key.replace('_', ' ')}: {value:.3f}" for key, value in manifest.metrics.items()
    )
    return _CARD.format(
        name=name.name,
        version=name.version,
        trained_on=name.trained_on[0].upper() + name.trained_on[1:],
        parent=manifest.parent,
        labels=labels,
        figures=figures,
        enough=MIN_HAIRS,
        licence=manifest.licence,
    )
