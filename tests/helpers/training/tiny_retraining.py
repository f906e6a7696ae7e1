"""Retraining in seconds: crops in class folders, few steps, few renders."""

import os
import signal
import sys
from collections.abc import Callable, Iterable
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import sleep

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from torch import Tensor, nn

from data.arrays import Floats
from serve.cli.main import main
from tests.helpers.training.examples import crop, examples
from tests.helpers.training.label_folders import finds
from training.datasets.examples import BARE, CLUB, MISSHAPEN
from training.onnx_export import in_onnx_runtime
from training.retrain.fit import RetrainPlan
from training.retrain.promotion import Decision, PromotionVerdict
from training.retrain.retrain import RetrainConfig

SHOWN = {"club": CLUB, "bent": MISSHAPEN, "no bulb": BARE}
"""Names of class folders, and the class that the crops in them show by default."""
PLAN = RetrainPlan(epochs=1, draws=8, batch=8, draws_per_label=0, min_draws=8, max_views=2)
CONFIG = RetrainConfig(curve=False, plan=PLAN, processes=1)
BETTER = Decision(PromotionVerdict.BETTER, "It is much better.")


def label_crops(
    folder: Path, persons: Iterable[int], each: int = 2, classes: Iterable[str] = SHOWN
) -> Path:
    """``CLASS/PERSON/K.png``, ``each`` of every class and person, in ``folder``, as exported.

    The same person has the same crops each time.
    """
    for person in persons:
        rng = np.random.default_rng(person)
        for name, kind in SHOWN.items():
            for k in range(each):
                pixels = with_background(crop(kind, rng).pixels, rng)
                if name in classes:
                    save(folder / name / f"person {person}" / f"{k}.png", pixels)
    return folder


def with_background(
    pixels: NDArray[np.uint8], rng: np.random.Generator, cells: tuple[int, int, int] = (8, 8, 3)
) -> NDArray[np.uint8]:
    """The same with coarse spots, so that no two crops are taken for the same."""
    spots = rng.integers(0, 60, cells).astype(np.uint8)
    height, width = pixels.shape[:2]
    background = cv2.resize(spots, (width, height), interpolation=cv2.INTER_CUBIC).astype(float)
    return np.clip(pixels + background - 30, 0, 255).astype(np.uint8)


def save(file: Path, pixels: NDArray[np.uint8]) -> None:
    """Writes a PNG and, if needed, its folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(file), pixels)


def use_small_data(patch: pytest.MonkeyPatch) -> None:
    """Few renders to replay, and a finder that finds nothing: the crops need none."""
    patch.setattr("training.retrain.retrain.load_replay", partial(examples, 1))
    patch.setattr("training.retrain.retrain.load_frozen", partial(examples, 2))
    patch.setattr("training.retrain.command.shipped_finder", finds)
    patch.setattr("training.retrain.training_data.in_onnx_runtime", _in_onnx_runtime_once)


_RUNTIMES: dict[tuple[str, str], Callable[[Tensor], Floats]] = {}


def _in_onnx_runtime_once(net: nn.Module, part: Callable[[Tensor], Tensor]) -> object:
    """Exports a part of a network once for all tests of a process."""
    weights = b"".join(each.numpy().tobytes() for each in net.state_dict().values())
    key = (f"{type(net).__name__}.{part.__name__}", sha256(weights).hexdigest())
    if key not in _RUNTIMES:
        _RUNTIMES[key] = in_onnx_runtime(net, part)
    return _RUNTIMES[key]


def make_tiny(patch: pytest.MonkeyPatch) -> None:
    """Also makes the configuration of the command line tiny."""
    use_small_data(patch)
    tiny = partial(RetrainConfig, plan=PLAN, processes=1)
    patch.setattr("training.retrain.retrain.RetrainConfig", tiny)


def promote_always(patch: pytest.MonkeyPatch) -> None:
    """Promotes every challenger: ``decide`` is tested elsewhere."""
    patch.setattr("training.retrain.retrain.decide", lambda _: BETTER)


def run_retrain(log: Path, hang_in_fit: bool, *arguments: str) -> None:
    """``shedlight retrain ARGUMENTS`` in this process, which promotes always and prints to ``log``.

    With ``hang_in_fit`` the first fit does not end.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # background jobs ignore it
    patch = pytest.MonkeyPatch()
    make_tiny(patch)
    promote_always(patch)
    if hang_in_fit:
        patch.setattr("training.retrain.fit.collate", lambda _: sleep(600))
    sys.argv = ["shedlight", "retrain", *arguments]
    with log.open("w") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    main()
