"""Trains the line network on renders and painted tiles, and exports its weights."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from data.render.backgrounds.photographs import usable_grounds
from data.render.lookalikes.skin import SKIN
from model.inference.line_finder import LINE_NET, WEIGHTS_FILE, load_line_detector
from model.networks.line_net import LineNet
from model.version import LICENCE, TRAINED_ON, sha256
from training.datasets.annotations import AnnotatedPhoto, load_annotations
from training.datasets.collect import hash_of
from training.datasets.splits import is_held_out_photo
from training.export import VERSION, parent_of
from training.line_finder.drawing.dataset import paint_tiles
from training.line_finder.fit import LinePlan, Scenes, TileDataset, fit_line_net
from training.line_finder.quantize import quantize_int8
from training.line_finder.tiles import load_scenes
from training.line_finder.warm_start import shipped_line_net
from training.onnx_export import to_onnx

PAINTED_TILES = 2400
RANGE_TILES = 48
"""Number of tiles from which the value ranges of the quantised network are taken."""
TUNING = LinePlan(epochs=40, draws=1500, learning_rate=6e-4, averaged=0.1)
"""A fit from the shipped weights: L7 in docs/research/experiments.md took 66 minutes on two cores,
beside other work."""
TUNING_TILES = 1500
"""Fewer than for a whole fit: few are drawn."""
PAINTED_FOLDER, MANIFEST_FILE, CARD_FILE = "painted", "manifest.json", "model_card.md"

_CARD = """# linenet {version}

**Trained on {trained_on}.** It marks the centre lines of hairs in a photo, their widths and their
ends. Strands are traced in its map (docs/how-it-works/finding.md). It was fitted to
{scenes} rendered photos and {tiles} painted tiles, on procedural backgrounds and on pieces of
{backgrounds} photographed ones. It makes no diagnosis. Licence: {licence}.

Weaknesses: hairs under 1.5 px in the search copy, heaps, hairs out of focus, fibres of cloth that
look like hairs. Its errors on real photos are not measured, except on a micrograph of eight cut
hairs.
"""


def train_line_net(
    rendered: Sequence[Path],
    out: Path,
    seed: int = 0,
    plan: LinePlan = LinePlan(),
    backgrounds: Path | None = None,
    tiles: int = PAINTED_TILES,
    tune: bool = False,
) -> None:
    """Trains on the folders ``rendered`` and on painted tiles, and fills the run folder ``out``.

    ``training.export.ship`` copies ``out/version`` into the package. ``backgrounds``: a folder of
    photographed backgrounds to paint hairs on; its held-out third is not used. ``tune``: starts
    from the shipped network (``TUNING`` is a plan for it) instead of random weights. A stopped run
    continues where it was. Photos of hairs that grow in skin are left out: whether those are lines
    is not for this network to say.
    """
    photos = [_fitted_photos(folder) for folder in rendered]
    pictures = usable_grounds(backgrounds) if backgrounds else []
    painted = out / PAINTED_FOLDER
    paint_tiles(painted, tiles, seed, pictures)
    scenes = Scenes(
        folders=[load_scenes(*pair) for pair in zip(rendered, photos, strict=True)],
        painted=load_scenes(painted, load_annotations(painted)),
    )
    start = shipped_line_net() if tune else None
    net = fit_line_net(scenes, out, replace(plan, seed=seed), start)
    source: dict[str, object] = {
        "scenes": sum(map(len, scenes.folders)),
        "tiles": len(scenes.painted),
        "backgrounds": len(pictures),
        "tuned_from": parent_of(LINE_NET) if tune else None,
        "data": hash_of(rendered, False, seed),
    }
    export_line_net(net, scenes, out / VERSION, source)


def _fitted_photos(folder: Path) -> list[AnnotatedPhoto]:
    return [
        photo
        for photo in load_annotations(folder)
        if not is_held_out_photo(photo.name) and photo.background != SKIN
    ]


class _WithSigmoid(nn.Module):
    """The network as ``model.inference.line_finder`` runs it: probabilities instead of logits."""

    def __init__(self, net: LineNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        logits, width = self.net(pixels)
        return torch.sigmoid(logits), width


def line_net_onnx(net: LineNet) -> bytes:
    """The network as ONNX, for photos of any size that is a multiple of its MULTIPLE."""
    return to_onnx(
        _WithSigmoid(net),
        [torch.zeros(1, 3, 64, 64)],
        (("pixels",), ("chances", "width")),
        {0: "photos", 2: "height", 3: "width"},
    )


def export_line_net(net: LineNet, scenes: Scenes, folder: Path, source: dict[str, object]) -> None:
    """Writes weights, manifest and card into ``folder``, and checks that they load.

    Tiles of ``scenes`` give the ranges for quantisation. The manifest holds ``source``, the counts
    and the hash of the training data.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tiles = TileDataset(scenes, replace(LinePlan(), draws=RANGE_TILES), epoch=0)
    augmented = [tiles[i][0].permute(1, 2, 0).numpy() for i in range(RANGE_TILES)]
    weights = quantize_int8(line_net_onnx(net), augmented)
    digest = sha256(weights)
    manifest = {"name": "linenet", "version": digest[:8], "sha256": digest} | source
    manifest |= {"trained_on": TRAINED_ON, "licence": LICENCE}
    (folder / WEIGHTS_FILE).write_bytes(weights)
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    (folder / CARD_FILE).write_text(_CARD.format(**manifest), "utf-8")
    load_line_detector(folder)
