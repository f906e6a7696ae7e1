"""Training the line network, from renders and drawn tiles to weights that can be shipped."""

import io
import json
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from data.render.backgrounds.photographs import usable_grounds
from model.inference.line_finder import WEIGHTS_FILE, load_line_detector
from model.networks.line_net import LineNet
from model.version import LICENCE, TRAINED_ON, sha256
from training.datasets.annotations import load_annotations
from training.datasets.collect import hash_of
from training.datasets.splits import is_held_out_photo
from training.export import OPSET
from training.line_finder.drawing.dataset import draw_tiles
from training.line_finder.fit import LinePlan, Scenes, TileDataset, fit_line_net
from training.line_finder.quantize import quantize_int8
from training.line_finder.tiles import load_scenes

PAINTED_TILES = 2400
RANGE_TILES = 48
MANIFEST_FILE, CARD_FILE = "manifest.json", "model_card.md"

_CARD = """# linenet {version}

**Trained on {trained_on}.** It marks where in a photo the centre lines of hairs run, how wide the
hairs are and where they end; strands are traced in its map (docs/how-it-works/finding.md). It was
fitted on
{scenes} rendered photos and {tiles} drawn tiles, on grounds made from noise and
on pieces of {grounds} photographed ones. It makes no diagnosis. Licence: {licence}.

Where it is weak: hairs under 1.5 px in the search copy, heaps, hairs out of focus, fibres of cloth
that look like hairs. On real photos unmeasured, a micrograph of eight cut hairs aside.
"""


def train_line_net(
    rendered: Path,
    out: Path,
    seed: int = 0,
    epochs: int = LinePlan.epochs,
    grounds: Path | None = None,
    tiles: int = PAINTED_TILES,
) -> None:
    """Trains on ``rendered`` and on drawn tiles; ``out/version`` is what ``ship_lines`` copies.

    ``grounds``: a folder of photographed grounds to draw on too, the held-out third left alone.
    A run that was stopped goes on where it was.
    """
    photos = [photo for photo in load_annotations(rendered) if not is_held_out_photo(photo.name)]
    pictures = usable_grounds(grounds) if grounds else []
    draw_tiles(out / "drawn", tiles, seed, pictures)
    scenes = Scenes(
        rendered=load_scenes(rendered, photos),
        painted=load_scenes(out / "drawn", load_annotations(out / "drawn")),
    )
    net = fit_line_net(scenes, out, replace(LinePlan(), seed=seed, epochs=epochs))
    facts = {"scenes": len(scenes.rendered), "tiles": len(scenes.painted), "grounds": len(pictures)}
    export_line_net(net, scenes, out / "version", facts | {"data": hash_of(rendered, False, seed)})


class _AsRead(nn.Module):
    """The network as `model.inference.line_finder` runs it: chances instead of logits, widths
    apart."""

    def __init__(self, net: LineNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        logits, width = self.net(pixels)
        return torch.sigmoid(logits), width


def line_net_onnx(net: LineNet) -> bytes:
    """The network as ONNX, for pictures of any size that its MULTIPLE divides."""
    buffer = io.BytesIO()
    free = {0: "photos", 2: "height", 3: "width"}
    with warnings.catch_warnings():
        # The newer exporter needs a further package and gives the same graph here.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            _AsRead(net).eval(),
            (torch.zeros(1, 3, 64, 64),),
            buffer,  # type: ignore[arg-type] # a file works; torch's annotation forgets it
            input_names=["pixels"],
            output_names=["chances", "width"],
            dynamic_axes={"pixels": free, "chances": free, "width": free},
            opset_version=OPSET,
            dynamo=False,
        )
    return buffer.getvalue()


def export_line_net(net: LineNet, scenes: Scenes, folder: Path, facts: dict[str, object]) -> None:
    """Writes weights, manifest and card into ``folder``, and checks that they load.

    Tiles of ``scenes`` set the ranges of the weights' integers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = quantize_int8(line_net_onnx(net), _range_tiles(scenes))
    digest = sha256(weights)
    manifest = {"name": "linenet", "version": digest[:8], "sha256": digest} | facts
    manifest |= {"trained_on": TRAINED_ON, "licence": LICENCE}
    (folder / WEIGHTS_FILE).write_bytes(weights)
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    card = _CARD.format(**manifest)
    (folder / CARD_FILE).write_text(card, "utf-8")
    load_line_detector(folder)


def _range_tiles(scenes: Scenes) -> list[NDArray[np.uint8]]:
    """Tiles of all kinds, augmented as in training."""
    draws = TileDataset(scenes, replace(LinePlan(), draws=RANGE_TILES), epoch=0)
    return [tile.permute(1, 2, 0).numpy() for tile, _ in map(draws.__getitem__, range(RANGE_TILES))]


def ship_lines(run: Path, folder: Path) -> None:
    """Copies the weights of a run, checked, over those in ``folder`` (model/line_net_weights)."""
    load_line_detector(run / "version")
    folder.mkdir(parents=True, exist_ok=True)
    for file in (run / "version").iterdir():
        shutil.copyfile(file, folder / file.name)
