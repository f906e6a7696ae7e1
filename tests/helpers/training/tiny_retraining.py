"""A teaching that takes a moment: crops in class folders, few steps, few renders."""

import os
import signal
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from serve.cli.main import main
from tests.helpers.training.examples import crop, examples
from tests.helpers.training.label_folders import finds
from training.datasets.examples import BARE, CLUB, MISSHAPEN
from training.retrain.fit import RetrainPlan
from training.retrain.promotion import Decision, Verdict

SHOWN = {"club": CLUB, "bent": MISSHAPEN, "no bulb": BARE}
"""Names of class folders, and what the crops in them show unless told."""
PLAN = RetrainPlan(epochs=1, draws=8, batch=8)
BETTER = Decision(Verdict.BETTER, "It is better by far.")


def label_crops(
    folder: Path, persons: Iterable[int], each: int = 2, classes: Iterable[str] = SHOWN
) -> Path:
    """``CLASS/PERSON/K.png``, ``each`` of every class and person, in ``folder``, as we cut them.

    The same person has the same crops each time.
    """
    for person in persons:
        rng = np.random.default_rng(person)
        for name, kind in SHOWN.items():
            for k in range(each):
                pixels = on_a_ground(crop(kind, rng).pixels, rng)
                if name in classes:
                    save(folder / name / f"person {person}" / f"{k}.png", pixels)
    return folder


def on_a_ground(
    pixels: NDArray[np.uint8], rng: np.random.Generator, cells: tuple[int, int, int] = (8, 8, 3)
) -> NDArray[np.uint8]:
    """The same with coarse spots, by which no two crops are taken for one."""
    spots = rng.integers(0, 60, cells).astype(np.uint8)
    height, width = pixels.shape[:2]
    ground = cv2.resize(spots, (width, height), interpolation=cv2.INTER_CUBIC).astype(float)
    return np.clip(pixels + ground - 30, 0, 255).astype(np.uint8)


def save(file: Path, pixels: NDArray[np.uint8]) -> None:
    """A PNG in a folder that is made if need be."""
    file.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(file), pixels)


def make_tiny(patch: pytest.MonkeyPatch, plan: RetrainPlan = PLAN) -> None:
    """Few steps from here on, few renders to keep to, and a finder that finds nothing.

    A challenger needs no labels to be promoted: what ``decide`` says is tested elsewhere.
    """
    patch.setattr("training.retrain.retrain.RetrainPlan", lambda: plan)
    patch.setattr("training.retrain.parallel_fits.MOST_PROCESSES", 1)
    patch.setattr("training.retrain.cross_validation.LEAST_DRAWS", 8)
    patch.setattr("training.retrain.fit.LABEL_DRAWS", 0)
    patch.setattr("training.retrain.fit.MOST_VIEWS", 2)
    patch.setattr("training.retrain.retrain.load_replay", partial(examples, 1))
    patch.setattr("training.retrain.retrain.load_frozen", partial(examples, 2))
    patch.setattr("training.retrain.command.shipped_finder", finds)


def promote_always(patch: pytest.MonkeyPatch) -> None:
    """Whatever a challenger is worth, it is promoted."""
    patch.setattr("training.retrain.retrain.decide", lambda _: BETTER)


def train_tiny(said: Path, *arguments: str) -> None:
    """``shedlight retrain ARGUMENTS`` in a process of its own, which always promotes; what it says
    goes to the file ``said``."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background ignore it
    patch = pytest.MonkeyPatch()
    make_tiny(patch)
    promote_always(patch)
    sys.argv = ["shedlight", "retrain", *arguments]
    with said.open("w") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    main()
