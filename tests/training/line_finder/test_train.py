from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("albumentations")
pytest.importorskip("onnx")

import onnx
import torch

from data.errors import ShedlightError
from data.strands.line_map import CERTAIN
from model.inference.line_finder import load_line_detector, planes, shipped_line_detector
from model.networks.line_net import OUTPUTS, LineNet, centred
from tests.helpers.drawn_photos import draw, ground, photo
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto, load_annotations
from training.export import ship
from training.line_finder.drawing.dataset import paint_tiles
from training.line_finder.fit import LinePlan, Scenes, fit_line_net, line_loss
from training.line_finder.targets import WEIGHT
from training.line_finder.tiles import Scene, load_scenes
from training.line_finder.train import export_line_net, line_net_onnx, train_line_net
from training.line_finder.warm_start import line_net_of, shipped_line_net

TINY = LinePlan(epochs=2, draws=16, workers=0, threads=1)


def scene() -> Scene:
    pixels, line = ground(), np.array([[100.0, 120], [540, 330]])
    draw(pixels, [(100, 120), (540, 330)], 8)
    hair = AnnotatedHair("bare", line[0], line[0], line[1], True, True, 8.0, line)
    return Scene(pixels, AnnotatedPhoto("", 640, 480, (hair,), np.zeros((0, 2))))


def test_the_right_output_has_the_lowest_loss() -> None:
    target = torch.zeros(1, WEIGHT + 1, 8, 8)
    target[0, WEIGHT] = 1
    target[0, 0, 4] = 1
    right, width = torch.full((1, OUTPUTS, 8, 8), -9.0), torch.zeros(1, 1, 8, 8)
    right[0, 0, 4] = 9
    wrong = right.clone()
    wrong[0, 0, 2] = 9
    assert float(line_loss(right, width, target)) < 0.01
    assert float(line_loss(wrong, width, target)) > 0.05
    turned = right.clone()
    turned[0, 5] = turned[0, 0]
    assert float(line_loss(turned, width, target)) > 0.05


def test_cells_without_weight_have_no_loss() -> None:
    target = torch.zeros(1, WEIGHT + 1, 8, 8)
    nine = torch.full((1, OUTPUTS, 8, 8), 9.0)
    assert float(line_loss(nine, nine[:, :1], target)) == 0


def test_a_seed_gives_the_same_network_and_a_finished_run_stays(tmp_path: Path) -> None:
    scenes = Scenes([[scene()]], [scene()])
    whole = fit_line_net(scenes, tmp_path / "one", TINY)
    fit_line_net(scenes, tmp_path / "twin", TINY)
    again = fit_line_net(scenes, tmp_path / "twin", TINY)
    assert len((tmp_path / "twin" / "loss.csv").read_text("utf-8").splitlines()) == TINY.epochs
    for one, other in zip(whole.parameters(), again.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-5)


def test_weights_are_exported_checked_and_shipped(tmp_path: Path) -> None:
    scenes = Scenes([[scene()]], [scene()])
    net = fit_line_net(scenes, tmp_path / "run", TINY)
    source = {"scenes": 1, "tiles": 1, "backgrounds": 0, "data": "0" * 64}
    export_line_net(net, scenes, tmp_path / "run" / "version", source)
    ship(tmp_path / "run", tmp_path / "shipped")
    taken = photo(scene().pixels)
    lines = load_line_detector(tmp_path / "shipped").predict(taken)
    with torch.no_grad():
        logits, width = net(centred(torch.from_numpy(planes(taken.pixels))))
    exact = torch.sigmoid(logits)[0].numpy()
    assert np.abs(lines.by_direction / CERTAIN - exact[:-1]).mean() < 0.02
    assert np.abs(lines.end - exact[-1]).mean() < 0.02
    assert np.abs(np.log2(lines.width_px / 4) - width[0, 0].numpy()).mean() < 0.1
    assert {file.name for file in (tmp_path / "shipped").iterdir()} == {
        "linenet.onnx",
        "manifest.json",
        "model_card.md",
    }


def test_the_shipped_network_can_be_fitted_on() -> None:
    net = shipped_line_net().eval()
    taken = photo(scene().pixels)
    with torch.no_grad():
        logits, _ = net(centred(torch.from_numpy(planes(taken.pixels))))
    exact = torch.sigmoid(logits)[0].numpy()
    lines = shipped_line_detector().predict(taken)
    assert np.abs(lines.by_direction / CERTAIN - exact[:-1]).mean() < 0.02


def test_another_network_is_refused() -> None:
    with pytest.raises(ShedlightError):
        line_net_of(onnx.load_from_string(line_net_onnx(LineNet())))


def test_folders_have_the_same_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.line_finder.fit.PAINTED_SHARE", 0.5)
    many, one, painted = [scene() for _ in range(9)], [scene()], [scene()]
    rng, scenes = np.random.default_rng(0), Scenes([many, one], painted)
    drawn = [scenes.draw(rng) for _ in range(1000)]
    assert 0.45 < sum(each is painted[0] for each in drawn) / 1000 < 0.55
    assert 0.2 < sum(each is one[0] for each in drawn) / 1000 < 0.3


def test_missing_renders_fail_before_any_tile_is_painted(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        train_line_net([tmp_path / "missing"], tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_painting_tiles_continues_where_it_was(tmp_path: Path) -> None:
    paint_tiles(tmp_path, 3, seed=4)
    first = (tmp_path / "truth.jsonl").read_text("utf-8")
    paint_tiles(tmp_path, 5, seed=4)
    assert (tmp_path / "truth.jsonl").read_text("utf-8").startswith(first)
    scenes = load_scenes(tmp_path, load_annotations(tmp_path))
    assert [scene.pixels.shape for scene in scenes] == [(512, 512, 3)] * 5
