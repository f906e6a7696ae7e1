"""Between versions of the model and networks: the network of a version, to fit on, and the
version of a challenger.

A version stores its network as ONNX, in which every batch normalization is folded into its
convolution. The network to fit is built in the same way: few labels would not determine batch
statistics anyway, and a fitted network can be exported and fitted again.
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
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH
from model.inference.root_classifier import EndClassifier
from model.labelling.hair import ALL, WIDTH_BINS, Label, width_bin
from model.labelling.joint_rule import label_hair
from model.networks.root_net import EndNet, RootNet, RootNetWithParts
from model.report import ModelName
from model.share.confusion import Confusion, ErrorRates
from model.version import Manifest, ModelVersion, load_version, save_version, sha256
from training.calibration.calibrate import Calibration
from training.calibration.labelled_hairs import MIN_HAIRS
from training.evaluation.metrics import confusion_row
from training.export import fold_normalizations, root_net_onnx
from training.labels.label import HairKind
from training.retrain.label_probabilities import StrandLogits, hairs_only

_MAX_DIFFERENCE = 1e-3
"""Of logits from those of the version: rounding in another order of sums."""


def load_network(version: ModelVersion) -> RootNet:
    """The version's network, with the same outputs.

    Raises ShedlightError (MODEL_REFUSED) for a version whose network is not built as ``RootNet``.
    """
    net = RootNet()
    fold_normalizations(net)
    try:
        _fill(net, version.weights)
        _check_same_outputs(net.eval(), version)
    except (ValueError, RuntimeError, StopIteration) as cause:
        raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause
    return net


def _fill(net: RootNet, weights: bytes) -> None:
    """Copies the weights of an ONNX graph into the layers of ``net``, in the order of their use."""
    stored = _tensors(weights)
    for layer in _layers_in_use(net):
        for parameter in layer.parameters():  # weight and bias
            value = next(stored)
            if value.shape != parameter.shape:
                raise ValueError(f"found {tuple(value.shape)}, wanted {tuple(parameter.shape)}")
            parameter.data.copy_(value)


def _layers_in_use(net: RootNet) -> list[nn.Module]:
    """The layers with weights in the order of their first use, as ONNX has them."""
    used: dict[nn.Module, None] = {}
    hooks = [
        layer.register_forward_pre_hook(lambda layer, _: used.setdefault(layer))
        for layer in net.modules()
        if isinstance(layer, nn.Conv2d | nn.Linear)
    ]
    with torch.inference_mode():
        RootNetWithParts(net)(torch.zeros(1, 3, CROP_HEIGHT, CROP_WIDTH), torch.ones(1, 1))
    for hook in hooks:
        hook.remove()
    return list(used)


def _tensors(weights: bytes) -> Iterator[Tensor]:
    """Weight and bias of each layer of the graph, once: the graph runs a crop both ways."""
    graph = onnx.load_from_string(weights).graph
    stored = {each.name: each for each in graph.initializer}
    original = {  # equal tensors are stored once
        node.output[0]: node.input[0] for node in graph.node if node.op_type == "Identity"
    }
    layers: dict[str, list[str]] = {}
    for node in graph.node:
        if node.op_type in ("Conv", "Gemm"):
            weight, *bias = (original.get(name, name) for name in node.input[1:])
            layers.setdefault(weight, [weight, *bias])
    names = (name for inputs in layers.values() for name in inputs if name in stored)
    return (torch.from_numpy(np.array(numpy_helper.to_array(stored[name]))) for name in names)


def _check_same_outputs(net: RootNet, version: ModelVersion) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.uniform(0, 255, (2, 3, CROP_HEIGHT, CROP_WIDTH)).astype(np.float32)
    shaft_px = np.array([[3.0], [12.0]], np.float32)
    with torch.inference_mode():
        ours = net(torch.from_numpy(pixels), torch.from_numpy(shaft_px)).numpy()
    if np.abs(ours - EndClassifier(version).logits(pixels, shaft_px)).max() > _MAX_DIFFERENCE:
        raise ValueError("the outputs differ from the version's")


@dataclass(frozen=True, eq=False)
class Challenger:
    """A fitted network with its calibration, and the logits of labels by networks that had not
    seen them; ``metrics`` by name; ``pictures`` as in a manifest."""

    net: EndNet
    calibration: Calibration
    logits: Sequence[StrandLogits]
    metrics: Mapping[str, float]
    pictures: tuple[str, ...]


def save_challenger(challenger: Challenger, parent: Manifest, arch: str, folder: Path) -> str:
    """Writes the version ``folder`` and checks that it loads; returns the version's name."""
    weights = root_net_onnx(challenger.net)
    digest = sha256(weights)
    count = len(challenger.logits)
    trained_on = f"rendered hairs and people's labels, {count} of them evaluated while held out"
    manifest = replace(
        parent,
        name=ModelName(arch, digest[:8], digest, trained_on),
        temperature=round(challenger.calibration.temperature, 4),
        rule=challenger.calibration.rule,
        confusion=confusion_on(challenger.logits, challenger.calibration, parent.confusion),
        metrics={name: round(value, 4) for name, value in challenger.metrics.items()},
        parent=parent.name.version,
        pictures=challenger.pictures,
    )
    save_version(folder, weights, manifest, _card(manifest, count))
    load_version(folder)
    return digest[:8]


def confusion_on(
    labels: Sequence[StrandLogits], calibration: Calibration, parent: Mapping[str, Confusion]
) -> dict[str, Confusion]:
    """The confusion matrix of each width bin, and of all: counted on ``labels`` if there are
    enough, else the parent's."""
    hairs = hairs_only(labels)
    found = dict(parent)
    for name in (*WIDTH_BINS, ALL):
        here = [each for each in hairs if name in (ALL, width_bin(each.hair.strand.shaft_px))]
        telogen = [each for each in here if each.hair.kind is HairKind.TELOGEN]
        anagen = [each for each in here if each.hair.kind is HairKind.ANAGEN]
        if min(len(telogen), len(anagen)) >= MIN_HAIRS:
            found[name] = Confusion(
                confusion_row(_predicted_labels(telogen, calibration)),
                confusion_row(_predicted_labels(anagen, calibration)),
                (len(telogen), len(anagen)),
                ErrorRates.REAL,
            )
    return found


def _predicted_labels(labels: Sequence[StrandLogits], calibration: Calibration) -> Counter[Label]:
    """The labels that the model gives; a hair that it does not list counts as unsure."""
    temperature, rule = calibration.temperature, calibration.rule
    hairs = (
        label_hair(
            each.hair.strand,
            each.scores(temperature),
            each.posterior(temperature, rule),
            rule,
        )
        for each in labels
    )
    return Counter(hair.label if hair else Label.UNSURE for hair in hairs)


_CARD = """# {name} {version}

**{trained_on}.** Fitted from version {parent}, whose card describes the rendered hairs behind it.

## Intended use
Photos like those of the person who gave the labels: the same camera, light and background. On other
photos it equals its parent, as far as the packaged frozen set of renders shows.

## Measurements
On {labels} labels, each predicted by a network that had not seen its photo or person:

{metrics}

The labels are a person's, and were not checked by others. The error rates (`confusion` in the
manifest) were counted on them for a width bin with {enough} telogen and {enough} anagen hairs
(`source` is `real`), and are the parent's elsewhere.

## Not intended for
- A diagnosis, or a reason not to see a doctor.
- Deciding anything about a single hair.

Licence: {licence}, as the parent's; the labels belong to the person who gave them.
"""


def _card(manifest: Manifest, labels: int) -> str:
    name = manifest.name
    metrics = "\n".join(
        f"- {key.replace('_', ' ')}: {value:.3f}" for key, value in manifest.metrics.items()
    )
    return _CARD.format(
        name=name.name,
        version=name.version,
        trained_on=name.trained_on[0].upper() + name.trained_on[1:],
        parent=manifest.parent,
        labels=labels,
        metrics=metrics,
        enough=MIN_HAIRS,
        licence=manifest.licence,
    )
