"""Several fits at a time, each in its own process.

The threads of one fit wait for each other whenever another program runs on the machine (beside one
other program, two threads took ten times as long as one); processes do not.
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

from data.machine import usable_cpus
from training.retrain.fit import RetrainPlan, TrainingSet, best_device

MAX_PROCESSES = 2
"""With 200 labels each takes 1.6 GB, and the parent 2.2 GB (measured)."""

_training_set: TrainingSet | None = None
"""In a child process: what it fits to."""


@dataclass(frozen=True)
class Fit:
    """A fit to the labels in ``rows``, with its checkpoint in ``run``."""

    rows: Sequence[int]
    run: Path
    plan: RetrainPlan


def fit_in_parallel(
    training_set: TrainingSet,
    fits: Sequence[Fit],
    progress: Callable[[int], None],
    processes: int | None = None,
) -> None:
    """Leaves the last checkpoint of each fit in its folder; ``progress`` gets the number done.

    ``processes`` is by default the number of usable processors, at most ``MAX_PROCESSES``. With
    one process, on a graphics card, which one fit fills, or after a process died (out of memory,
    perhaps), nothing is left, and the caller fits each network when it needs it.
    """
    processes = min(processes or min(MAX_PROCESSES, usable_cpus()), len(fits))
    if processes < 2 or best_device().type != "cpu":
        return
    try:
        with _pool(processes, training_set) as pool:
            progress(0)
            for done, _ in enumerate(pool.map(_fit, fits), start=1):
                progress(done)
    except BrokenProcessPool:
        return


@contextmanager
def _pool(processes: int, training_set: TrainingSet) -> Iterator[ProcessPoolExecutor]:
    context = get_context("spawn")  # a fork would copy locks that torch's threads hold
    pool = ProcessPoolExecutor(processes, context, _initialize, (training_set,))
    try:
        yield pool
    except BaseException:
        for child in active_children():
            child.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _initialize(training_set: TrainingSet) -> None:
    """Runs first in each process."""
    global _training_set
    _training_set = training_set
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the parent
    Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    """A resumed run must not find another process at its checkpoints."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _fit(fit: Fit) -> None:
    assert _training_set is not None
    _training_set.fit(fit.rows, fit.run, fit.plan)
