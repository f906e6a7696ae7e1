"""Retraining from folders of labels to the report, with progress on screen and in a file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from data.errors import ErrorCode, ShedlightError
from model.inference.line_finder import shipped_finder
from model.registry.registry import Registry, RegistryError
from training.labels.label_set import load_labels
from training.retrain.report import REPORT, write_retrain_report
from training.retrain.retrain import RetrainConfig, retrain
from training.retrain.run_state import Outcome, ProgressFile, RunStatus, remove_checkpoints

_LABELS_WORK = 0.2
"""Share of the work that goes into finding the hairs of the labels; our guess."""
_MAX_PROBLEMS = 5
"""More problems are counted on the screen, and listed in the report."""
_STOPPED = "Stopped. Run the same command again to continue."


def retrain_and_report(
    labels: Sequence[Path], out: Path, models: Path, config: RetrainConfig
) -> Outcome:
    """Loads the labels, retrains, writes the report, and prints a summary.

    Raises ShedlightError, RegistryError and OSError, and records them in ``progress.json``.
    """
    out.mkdir(parents=True, exist_ok=True)
    screen = Console(highlight=False, markup=False, soft_wrap=True)
    with _progress(out) as progress:
        registry = Registry(models)
        warning = registry.champion().problem
        progress.report("Reading labels", 0.0)
        loaded = load_labels(labels, shipped_finder(), progress.track)
        outcome = retrain(loaded, registry, out, config, progress.report_fitting)
        write_retrain_report(out, outcome)
        remove_checkpoints(out)
        progress.file.write(RunStatus.DONE, "Done", 1.0, outcome.decision.reason)
    for line in (*filter(None, [warning]), *_summary(outcome, out)):
        screen.print(line)
    return outcome


class _Progress:
    """Shows each step on the screen and writes it to the run's folder."""

    def __init__(self, file: ProgressFile, bar: Progress, task: TaskID) -> None:
        self.file, self._bar, self._task = file, bar, task

    def report(self, step: str, done: float) -> None:
        """Reports a step that begins, and the share of all work that is done."""
        self._bar.update(self._task, completed=done, description=step)
        self.file.write(RunStatus.RUNNING, step, done)

    def track(self, pictures: Sequence[str]) -> Iterator[str]:
        """Iterates over the labelled pictures."""
        for k, picture in enumerate(pictures):
            done = _LABELS_WORK * k / len(pictures)
            self.report(f"Finding hairs in picture {k + 1} of {len(pictures)}", done)
            yield picture

    def report_fitting(self, step: str, done: float) -> None:
        """Reports a step after all pictures were read."""
        self.report(step, _LABELS_WORK + (1 - _LABELS_WORK) * done)


@contextmanager
def _progress(out: Path) -> Iterator[_Progress]:
    file = ProgressFile(out)
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("Reading labels", total=1.0)
        try:
            yield _Progress(file, bar, task)
        except KeyboardInterrupt:
            file.write(RunStatus.STOPPED, "Stopped", bar.tasks[task].completed, _STOPPED)
            bar.console.print(_STOPPED)
            raise
        except (ShedlightError, RegistryError) as error:
            file.write(RunStatus.FAILED, "Failed", 0.0, str(error))
            raise
        except Exception:
            message = ShedlightError(ErrorCode.INTERNAL).message
            file.write(RunStatus.FAILED, "Failed", 0.0, message)
            raise


def _summary(outcome: Outcome, out: Path) -> Iterator[str]:
    problems = outcome.labels.problems
    yield from map(str, problems[:_MAX_PROBLEMS])
    if len(problems) > _MAX_PROBLEMS:
        yield f"The report lists all {len(problems)} problems with the labels."
    yield outcome.decision.reason
    if outcome.promoted:
        yield f"Version {outcome.challenger} is active now; it replaces {outcome.champion}."
        yield "To undo: shedlight models rollback"
    else:
        yield f"Version {outcome.champion} stays active."
        if outcome.decision.promote:
            yield f"To activate the new one: shedlight models promote {outcome.challenger}"
    yield f"Report: {out / REPORT}"
