import json
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import onnx
import onnxruntime
import torch

from data.errors import ErrorCode, ShedlightError
from data.render.labels import BULB, SHAFT, write_labels
from data.strands.strips import COLUMNS, ROWS
from model.inference.line_finder import LINE_NET
from model.inference.width_meter import WIDTH_NETS, load_width_meter
from model.networks.width_net import LOG_ERROR, WidthNet
from tests.helpers.drawn_photos import draw, ground
from training.datasets.splits import is_held_out_photo
from training.export import ship
from training.shaft_width.augment import augmented
from training.shaft_width.examples import COARSE, FINE, UNKNOWN, cut_examples
from training.shaft_width.fit import WidthPlan, width_loss
from training.shaft_width.train import train_width_nets, width_net_onnx
from training.shaft_width.warm_start import shipped_width_net, width_net_of

TINY = WidthPlan(epochs=1, draws=8, batch=4, quiet=True)
SHAFT_PX = 8.0
ROOT, TIP, BULB_TIP = (120.0, 240.0), (560.0, 240.0), (96.0, 240.0)


def rendered(out: Path) -> Path:
    """A folder with one render: a level hair with a bulb at its left end, and its label picture."""
    name = next(f"drawn_{i}.jpg" for i in range(99) if not is_held_out_photo(f"drawn_{i}.jpg"))
    pixels = ground()
    draw(pixels, [ROOT, TIP], SHAFT_PX)
    draw(pixels, [BULB_TIP, ROOT], 2 * SHAFT_PX)
    (out / "photos").mkdir(parents=True)
    cv2.imwrite(str(out / "photos" / name), pixels)
    labels = np.zeros(pixels.shape[:2], np.uint8)
    labels[236:244, 120:560] = SHAFT
    labels[232:248, 96:120] = BULB
    write_labels(out, name, labels)
    hair = {"root": "telogen", "root_xy": ROOT, "root_tip_xy": BULB_TIP, "tip_xy": TIP}
    hair |= {"root_in_photo": True, "tip_in_photo": True, "shaft_px": SHAFT_PX}
    hair |= {"polyline": [[x, 240.0] for x in np.arange(120.0, 561, 10)]}
    line = {"photo": name, "width": 640, "height": 480, "hairs": [hair], "clutter": []}
    (out / "truth.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    return out


def test_rows_know_where_the_shaft_is_and_where_the_bulb_is(tmp_path: Path) -> None:
    folder = rendered(tmp_path)
    names = [path.name for path in (folder / "photos").iterdir()]
    examples = cut_examples(folder, names, FINE, copies=12, seed=0)
    assert examples.pixels.shape[1:] == (ROWS, COLUMNS, 3)
    width_px = examples.guess_px * np.exp(examples.log_width)
    assert width_px.max() == pytest.approx(SHAFT_PX, rel=1e-5)
    assert width_px.min() < SHAFT_PX  # smaller copies of the photo
    assert examples.known.mean() > 0.6
    assert (examples.shaft[examples.known] == 1).all()
    assert (examples.shaft[~examples.known] != UNKNOWN).all()
    # The middle of a row that knows the shaft is as dark as the hair.
    column = np.round(COLUMNS / 2 + examples.offset * 10 - 0.5).astype(int).clip(0, COLUMNS - 1)
    number, row = np.nonzero(examples.known)
    assert examples.pixels[number, row, column[number, row]].mean() < 90


def test_guesses_are_off_by_as_much_as_asked(tmp_path: Path) -> None:
    folder = rendered(tmp_path)
    names = [path.name for path in (folder / "photos").iterdir()]
    coarse, fine = (cut_examples(folder, names, error, 60, 0) for error in (COARSE, FINE))
    assert coarse.log_width.std() == pytest.approx(COARSE.log_width, rel=0.3)
    assert fine.log_width.std() == pytest.approx(FINE.log_width, rel=0.3)


def test_the_right_output_has_the_lowest_loss() -> None:
    offset, log_width = torch.full((1, 4), 0.1), torch.tensor([0.2])
    known, shaft = torch.tensor([[True, True, True, False]]), torch.tensor([[1.0, 1, -1, 0]])
    right = torch.tensor([[[0.1, 0.2, -3, 9], [0.1, 0.2, -3, 9], [0.1, 0.2, -3, 0], [9, 9, 0, -9]]])
    best = float(width_loss(right, offset, log_width, known, shaft))
    for channel in range(4):
        wrong = right.clone()
        wrong[0, 0, channel] += 2.0 if channel != 3 else -12
        assert float(width_loss(wrong, offset, log_width, known, shaft)) > best
    unsure = right.clone()
    unsure[0, 0, 1], unsure[0, 0, LOG_ERROR] = 1.2, 0.0  # off by e, and states it
    sure = unsure.clone()
    sure[0, 0, LOG_ERROR] = -3.0
    loss = [float(width_loss(out, offset, log_width, known, shaft)) for out in (unsure, sure)]
    assert loss[0] < loss[1]


def test_augmented_strips_keep_their_size_and_range() -> None:
    random = torch.Generator().manual_seed(0)
    pixels = torch.rand(16, ROWS, COLUMNS, 3, generator=random) * 255
    changed = augmented(
        pixels, torch.zeros(16, ROWS), torch.zeros(16), torch.linspace(2, 60, 16), random
    )
    assert changed.shape == pixels.shape
    assert 0 <= float(changed.min()) < float(changed.max()) <= 255
    assert not torch.allclose(changed, pixels)


def test_a_trained_pair_is_shipped_and_reads_as_the_networks_do(tmp_path: Path) -> None:
    run = tmp_path / "run"
    train_width_nets([rendered(tmp_path / "renders")], run, plan=TINY)
    ship(run, tmp_path / "shipped")
    load_width_meter(tmp_path / "shipped")
    assert {file.name for file in (tmp_path / "shipped").iterdir()} == {
        *("coarse.onnx", "fine.onnx", "manifest.json", "model_card.md")
    }


def test_the_exported_network_is_the_network() -> None:
    torch.manual_seed(0)
    net = WidthNet().eval()
    pixels = torch.randint(0, 256, (3, ROWS, COLUMNS, 3), dtype=torch.uint8)
    guess_px = torch.tensor([2.0, 8.0, 40.0])
    session = onnxruntime.InferenceSession(width_net_onnx(net))
    feed = {"pixels": pixels.numpy(), "guess_px": guess_px.numpy()}
    with torch.no_grad():
        assert session.run(["rows"], feed)[0] == pytest.approx(
            net(pixels, guess_px).numpy(), abs=1e-4
        )


def test_a_fit_can_start_from_an_exported_network() -> None:
    torch.manual_seed(0)
    net = WidthNet()
    again = width_net_of(onnx.load_from_string(width_net_onnx(net)))
    for name, weight in net.state_dict().items():
        assert torch.equal(again.state_dict()[name], weight)
    with pytest.raises(ShedlightError) as refused:
        width_net_of(onnx.load(LINE_NET / "linenet.onnx"))
    assert refused.value.code is ErrorCode.MODEL_REFUSED


@pytest.mark.parametrize("file", ["coarse.onnx", "fine.onnx"])
def test_the_shipped_networks_can_be_fitted_on(file: str) -> None:
    random = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (2, ROWS, COLUMNS, 3), dtype=torch.uint8, generator=random)
    guess_px = torch.tensor([4.0, 16.0])
    out = shipped_width_net(file).eval()(pixels, guess_px)
    session = onnxruntime.InferenceSession((WIDTH_NETS / file).read_bytes())
    stored = session.run(["rows"], {"pixels": pixels.numpy(), "guess_px": guess_px.numpy()})[0]
    assert out.detach().numpy() == pytest.approx(stored, abs=1e-3)
