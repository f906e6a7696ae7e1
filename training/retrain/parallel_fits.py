"""Several fits at once, each in a process of its own.

Threads within a fit wait for each other whenever anything else runs on the machine (beside one
other program, two of them took ten times as long as one); processes do not.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from threading import Thread

from training.retrain.fit import RetrainPlan, TrainingSet, best_device

MOST_PROCESSES = 2
"""With 200 labels each takes 1.6 GB, and who started them 2.2 GB (measured)."""

_material: TrainingSet | None = None
"""That of a process that fits."""


@dataclass(frozen=True)
class Fit:
    """The labels in ``rows`` are to be fitted to, with a checkpoint in ``run``."""

    rows: Sequence[int]
    run: Path
    plan: RetrainPlan


def fit_in_parallel(
    material: TrainingSet, fits: Sequence[Fit], tell: Callable[[int], None]
) -> None:
    """Leaves the last checkpoint of each fit in its folder; ``tell`` hears how many are done.

    With one core, or on a graphics card, which one fit fills, nothing is done, and whoever needs a
    network fits it. So it is where a process dies, for want of memory perhaps.
    """
    processes = min(_cores(), len(fits))
    if processes < 2 or best_device().type != "cpu":
        return
    try:
        with _pool(processes, material) as pool:
            tell(0)
            for k, _ in enumerate(pool.map(_fit, fits)):
                tell(k + 1)
    except BrokenProcessPool:
        return


@contextmanager
def _pool(processes: int, material: TrainingSet) -> Iterator[ProcessPoolExecutor]:
    context = get_context("spawn")  # a fork would copy locks that torch's threads hold
    pool = ProcessPoolExecutor(processes, context, _begin, (material,))
    try:
        yield pool
    except BaseException:
        for child in active_children():
            child.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(material: TrainingSet) -> None:
    """In a new process."""
    global _material
    _material = material
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is heard by who started it
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Whoever goes on with a run must not find somebody else at it."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _fit(fit: Fit) -> None:
    assert _material is not None
    _material.fitted(fit.rows, fit.run, fit.plan)


def _cores() -> int:
    return min(MOST_PROCESSES, os.cpu_count() or 1)
