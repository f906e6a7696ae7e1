"""Teaching from the command line: progress on the screen and in the run's folder."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from data.errors import ErrorCode, ShedlightError
from model.inference.line_finder import shipped_finder
from model.registry.registry import Registry, RegistryError
from training.labels.label_set import load_labels
from training.retrain.report import REPORT, write_report
from training.retrain.retrain import RetrainConfig, retrain
from training.retrain.run_state import DONE, FAILED, RUNNING, STOPPED, Outcome, ProgressFile, finish

_LOOKING = 0.2
"""The share of the work that goes into finding the hairs of the labels; our guess."""
_MOST_TOLD = 5
"""More problems than this are counted on the screen, and listed in the report."""
_STOPPED = "Stopped; the same command goes on."


def retrain_and_report(
    labels: Sequence[Path], out: Path, models: Path, order: RetrainConfig
) -> Outcome:
    """Teaches, writes the report, and says what came of it.

    Raises ShedlightError, RegistryError and OSError; ``progress.json`` in ``out`` tells of them,
    too.
    """
    out.mkdir(parents=True, exist_ok=True)
    screen = Console(highlight=False, markup=False, soft_wrap=True)
    with _telling(out) as told:
        registry = Registry(models)
        trouble = registry.champion().trouble
        outcome = _taught(labels, out, registry, order, told)
        write_report(out, outcome)
        finish(out)
        told.file.tell(DONE, "Done", 1.0, outcome.decision.reason)
    for line in (*filter(None, [trouble]), *_in_words(outcome, out)):
        screen.print(line)
    return outcome


class _Told:
    """Shows each step on the screen, and notes it in the run's folder."""

    def __init__(self, file: ProgressFile, bar: Progress, task: TaskID) -> None:
        self.file, self._bar, self._task = file, bar, task

    def say(self, step: str, done: float) -> None:
        """A step begins; such a share of all is done."""
        self._bar.update(self._task, completed=done, description=step)
        self.file.tell(RUNNING, step, done)

    def looking(self, files: Sequence[str]) -> Iterator[str]:
        """Goes through the labelled pictures."""
        for k, file in enumerate(files):
            self.say(f"Looking at picture {k + 1} of {len(files)}", _LOOKING * k / len(files))
            yield file

    def fitting(self, step: str, done: float) -> None:
        """A step of the fitting, which begins when all pictures were looked at."""
        self.say(step, _LOOKING + (1 - _LOOKING) * done)


@contextmanager
def _telling(out: Path) -> Iterator[_Told]:
    file = ProgressFile(out)
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("Reading labels", total=1.0)
        try:
            yield _Told(file, bar, task)
        except KeyboardInterrupt:
            done = bar.tasks[task].completed
            file.tell(STOPPED, "Stopped", done, _STOPPED)
            bar.console.print(_STOPPED)
            raise
        except (ShedlightError, RegistryError) as error:
            file.tell(FAILED, "Failed", 0.0, str(error))
            raise
        except Exception:
            message = ShedlightError(ErrorCode.INTERNAL).message
            file.tell(FAILED, "Failed", 0.0, message)
            raise


def _taught(
    paths: Sequence[Path], out: Path, registry: Registry, order: RetrainConfig, told: _Told
) -> Outcome:
    told.say("Reading labels", 0.0)
    understood = load_labels(paths, shipped_finder(), told.looking)
    return retrain(understood, registry, out, order, told.fitting)


def _in_words(outcome: Outcome, out: Path) -> Iterator[str]:
    """What came of it."""
    problems = outcome.labels.problems
    yield from map(str, problems[:_MOST_TOLD])
    if len(problems) > _MOST_TOLD:
        yield f"The report lists all {len(problems)} problems with the labels."
    yield outcome.decision.reason
    if outcome.promoted:
        yield f"Version {outcome.challenger} is in force now, in place of {outcome.champion}."
        yield "To go back: shedlight models rollback"
    else:
        yield f"Version {outcome.champion} stays in force."
        if outcome.decision.promote:
            yield f"To put the new one in force: shedlight models promote {outcome.challenger}"
    yield f"See {out / REPORT}"
