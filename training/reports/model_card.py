"""The model card that goes with a version: what it is for, what it was made from, where it fails.

After Mitchell et al. 2019, Model Cards for Model Reporting.
"""

from collections.abc import Iterator, Sequence

from data.io.markdown import markdown_table
from model.version import CLASSES, Manifest
from training.datasets.examples import NOT_HAIR
from training.evaluation.breakdown import (  # fmt: skip
    ALL,
    BACKGROUND,
    COVERAGE,
    MIN_GROUP_SIZE,
    RIGHT,
    ROOT,
    SHADE,
    WIDTH,
    Group,
    Share,
    worst,
)
from training.evaluation.resolution_sweep import CONFIDENT, TABLE_HEADER, ResolutionPoint, table_row
from training.reports.diagnostics import Diagnostics
from training.reports.provenance import MADE, TRAINED

_CARD = """# {name} {version}

**Trained on {trained_on}.** Every figure below is on rendered
hairs that it was not fitted to; on real hairs it may well do worse.

## What it does
It tells what the end of a hair in a photo is (club, misshapen, bare, or no hair) and, from both
ends together, whether a shed hair was telogen or anagen, or that this cannot be told.

## What it is for
Reading photos of shed hairs that a person lays out and looks at as well.

## What it is not for
- A diagnosis, or a reason not to see a doctor: a bulb rules out no disease of the scalp.
- Hairs still on the head, animals' hairs, forensic use.
- Deciding anything on its own about a single hair.
"""
_LIMITS = """What only real photos have, such as dried sheaths, sebum and the
processing of many cameras, is in no figure here."""
_END = """## Licence and data
Licence: {licence}. SHA-256 of the training data: {data}.
"""


def card_of(manifest: Manifest, study: Diagnostics | None = None) -> str:
    """The card in markdown; without a ``study`` it tells the manifest's figures alone."""
    name = manifest.name
    parts = [_CARD.format(name=name.name, version=name.version, trained_on=name.trained_on)]
    if study:
        parts += [f"## {TRAINED}\n{study.origin.trained_on}\n", f"## {MADE}\n{study.origin.made}\n"]
        parts += [_counted(study.groups), _failures(study.groups), *_ladder(study.rungs)]
    parts += [_figures(manifest)]
    parts += [_END.format(licence=manifest.licence, data=manifest.training_data_sha256)]
    return "\n".join(parts)


def _counted(groups: Sequence[Group]) -> str:
    """Figures with what they are out of, over all and by shaft width."""
    shown = [group for group in groups if group.by in (ALL, WIDTH)]
    figures = (*CLASSES, COVERAGE, *RIGHT.values())
    rows = ([_words(f), *(str(group.shares.get(f, "")) for group in shown)] for f in figures)
    heads = ("right, out of how many", *(group.name for group in shown))
    return f"## Figures on held-out renders\n{markdown_table(heads, rows)}"


def _failures(groups: Sequence[Group]) -> str:
    """The worst group of each kind by each sort of figure."""
    sorts = {
        "root or tip most often misread": CLASSES[:NOT_HAIR],
        "clutter most often taken for a hair's end": CLASSES[NOT_HAIR:],
        "fewest hairs given a label": (COVERAGE,),
        "labels most often wrong": tuple(RIGHT.values()),
    }
    rows = (
        [by, *(_named(worst(groups, by, figures)) for figures in sorts.values())]
        for by in (WIDTH, SHADE, BACKGROUND, ROOT)
    )
    note = f"The worst group of each kind, of those with {MIN_GROUP_SIZE} cases or more."
    return f"## Where it fails\n{note}\n\n{markdown_table(('by', *sorts), rows)}\n{_LIMITS}\n"


def _named(found: tuple[Group, str] | None) -> str:
    if found is None:
        return "-"
    group, figure = found
    share: Share = group.shares[figure]
    what = "" if figure == COVERAGE else f"{_words(figure)} "
    return f"{group.name}: {what}{share}"


def _ladder(rungs: Sequence[ResolutionPoint]) -> Iterator[str]:
    if not rungs:
        return
    yield (
        f"## The same hairs with fewer pixels\n{rungs[0].ends} ends, shown as if their shafts had "
        f"been thinner. Confidently wrong: a wrong class with {CONFIDENT:.0%} or more.\n\n"
        f"{markdown_table(TABLE_HEADER, map(table_row, rungs))}"
    )


def _figures(manifest: Manifest) -> str:
    rows = ([name, f"{value:g}"] for name, value in manifest.metrics.items())
    table = markdown_table(("figure on held-out renders", "value"), rows)
    return f"## All figures of the manifest\n{table}"


def _words(figure: str) -> str:
    """A figure's name; those of ends are named by their class."""
    if figure not in CLASSES:
        return figure
    return "ends that are no hair's" if figure == CLASSES[NOT_HAIR] else f"{figure} ends"
