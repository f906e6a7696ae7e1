"""Trains the two width networks on renders, and exports their weights."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from data.strands.strips import COLUMNS, ROWS
from model.inference.width_meter import COARSE_FILE, FINE_FILE, WIDTH_NETS, load_width_meter
from model.networks.width_net import WidthNet
from model.version import LICENCE, TRAINED_ON, sha256
from training.datasets.annotations import load_annotations
from training.datasets.splits import is_held_out_photo
from training.export import VERSION, parent_of
from training.onnx_export import to_onnx
from training.shaft_width.examples import COARSE, FINE, GuessError, WidthExamples, cut_examples
from training.shaft_width.fit import WidthPlan, fit_width_net
from training.shaft_width.warm_start import shipped_width_net

COPIES = 4
"""Versions of each photo that strips are cut from."""
TUNING = WidthPlan(epochs=3, draws=32000, learning_rate=6e-4)
"""A short fit from the shipped weights."""
TUNING_COPIES = 2
MANIFEST_FILE, CARD_FILE = "manifest.json", "model_card.md"
_FILES = {COARSE_FILE: COARSE, FINE_FILE: FINE}

_CARD = """# widthnets {version}

**Trained on {trained_on}.** Two small networks that read the edges of a hair's shaft in a
straightened strip of the photo: the coarse one from a guessed width and path, the fine one from
what the coarse one read (docs/how-it-works/finding.md). They were fitted to {strips} strips of
{photos} rendered photos. They make no diagnosis. Licence: {licence}.

Weaknesses: shafts under 3 px, whose blur is as wide as they are; pale hairs on pale ground; hairs
side by side. Their errors on real photos are not measured.
"""


def train_width_nets(
    rendered: Sequence[Path],
    out: Path,
    seed: int = 0,
    plan: WidthPlan = WidthPlan(),
    copies: int = COPIES,
    tune: bool = False,
) -> None:
    """Trains both networks on ``rendered`` and fills the run folder ``out``.

    ``rendered`` are folders of renders with label pictures; a fifth of their photos is held out.
    ``training.export.ship`` copies ``out/version`` into the package. ``tune``: starts from the
    shipped networks (``TUNING`` is a plan for it) instead of random weights. A stopped run
    continues where it was.
    """
    names = {
        folder: [
            photo.name for photo in load_annotations(folder) if not is_held_out_photo(photo.name)
        ]
        for folder in rendered
    }
    nets, strips = {}, 0
    for file, error in _FILES.items():
        examples = _examples(names, error, copies, seed)
        strips += len(examples)
        run = out / Path(file).stem
        start = shipped_width_net(file) if tune else None
        nets[file] = fit_width_net(examples, run, replace(plan, seed=seed), start)
    source: dict[str, object] = {
        "photos": sum(map(len, names.values())),
        "strips": strips,
        "tuned_from": parent_of(WIDTH_NETS) if tune else None,
        "data": _hash_of(rendered),
    }
    export_width_nets(nets, out / VERSION, source)


def export_width_nets(
    nets: Mapping[str, WidthNet], folder: Path, source: Mapping[str, object]
) -> None:
    """Writes weights, manifest and card into ``folder``, and checks that they load."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {file: width_net_onnx(net) for file, net in nets.items()}
    digests = {Path(file).stem: sha256(raw) for file, raw in weights.items()}
    version = sha256("".join(digests.values()).encode())[:8]
    manifest = {
        **{"name": "widthnets", "version": version, "sha256": digests},
        **source,
        **{"trained_on": TRAINED_ON, "licence": LICENCE},
    }
    for file, raw in weights.items():
        (folder / file).write_bytes(raw)
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    (folder / CARD_FILE).write_text(_CARD.format(**manifest), "utf-8")
    load_width_meter(folder)


def width_net_onnx(net: WidthNet) -> bytes:
    """The network as ONNX, for any number of strips."""
    inputs = torch.zeros(2, ROWS, COLUMNS, 3, dtype=torch.uint8), torch.ones(2)
    return to_onnx(net, list(inputs), (("pixels", "guess_px"), ("rows",)), {0: "strips"})


def _examples(
    names: Mapping[Path, list[str]], error: GuessError, copies: int, seed: int
) -> WidthExamples:
    """The strips of all folders."""
    parts = [cut_examples(folder, some, error, copies, seed) for folder, some in names.items()]
    return WidthExamples(
        *(np.concatenate([getattr(part, field) for part in parts]) for field in vars(parts[0]))
    )


def _hash_of(folders: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        digest.update((folder / "truth.jsonl").read_bytes())
    return digest.hexdigest()
