"""The model card of a version: its purpose, its training data and where it fails.

After Mitchell et al. 2019, Model Cards for Model Reporting.
"""

from collections.abc import Iterator, Mapping, Sequence

from data.io.text import markdown_table
from model.version import CLASSES, Manifest
from training.calibration.thresholds import RISK
from training.datasets.examples import NOT_HAIR
from training.evaluation.breakdown import (  # fmt: skip
    ALL,
    BACKGROUND,
    COVERAGE,
    MAKER,
    MIN_GROUP_SIZE,
    RIGHT,
    ROOT,
    SHADE,
    WIDTH,
    Group,
    Share,
    worst,
)
from training.evaluation.resolution_sweep import CONFIDENT, TABLE_HEADER, ResolutionPoint, point_row
from training.reports.diagnostics import MADE, TRAINED, Diagnostics

_CARD = """# {name} {version}

**Trained on {trained_on}.** Every figure below is on rendered
hairs that it was not fitted to; on real hairs it may do worse.

## What it does
It classifies the end of a hair in a photo (club, misshapen, bare, or not a hair) and, from both
ends together, labels a shed hair telogen, anagen, or unsure.

## What it is for
Photos of shed hairs that a person lays out and also examines.

## What it is not for
- A diagnosis, or a reason not to see a doctor: a bulb does not rule out a disease of the scalp.
- Hairs still on the head, animals' hairs, forensic use.
- Decisions about a single hair.
"""
_LIMITS = """No figure here covers what only real photos have, such as dried sheaths, sebum and
the processing of many cameras."""
_END = """## Licence and data
Licence: {licence}. SHA-256 of the training data: {data}.
"""


def card_of(manifest: Manifest, diagnostics: Diagnostics | None = None) -> str:
    """The card in Markdown; without ``diagnostics`` it has the manifest's figures alone."""
    name = manifest.name
    parts = [_CARD.format(name=name.name, version=name.version, trained_on=name.trained_on)]
    if diagnostics:
        provenance, groups = diagnostics.provenance, diagnostics.groups
        parts += [f"## {TRAINED}\n{provenance.trained_on}\n", f"## {MADE}\n{provenance.made}\n"]
        parts += [_counts(groups), *_left_out(diagnostics, manifest.metrics)]
        parts += [_failures(groups), *_sweep(diagnostics.sweep)]
    rows = ([metric, f"{value:g}"] for metric, value in manifest.metrics.items())
    table = markdown_table(("figure on held-out renders", "value"), rows)
    parts += [f"## All figures of the manifest\n{table}"]
    parts += [_END.format(licence=manifest.licence, data=manifest.training_data_sha256)]
    return "\n".join(parts)


def _counts(groups: Sequence[Group]) -> str:
    """Shares with their sample sizes, overall and by shaft width."""
    shown = [group for group in groups if group.by in (ALL, WIDTH)]
    figures = (*CLASSES, COVERAGE, *RIGHT.values())
    rows = ([_name(f), *(str(group.shares.get(f, "")) for group in shown)] for f in figures)
    heads = ("right, of how many", *(group.name for group in shown))
    return f"## Figures on held-out renders\n{markdown_table(heads, rows)}"


def _left_out(diagnostics: Diagnostics, metrics: Mapping[str, float]) -> Iterator[str]:
    """The hairs of each maker that was left out, read by a network that had not seen it."""
    left_out = diagnostics.provenance.left_out
    makers = [
        group
        for group in diagnostics.groups
        if group.by == MAKER and group.name in left_out and COVERAGE in group.shares
    ]
    if not makers:
        return
    measured = ("hair_risk_telogen", "hair_risk_anagen", "hair_calibration_error")
    rows = (
        [
            group.name,
            *(str(group.shares.get(figure, "")) for figure in (COVERAGE, *RIGHT.values())),
            *(f"{metrics.get(f'{name}_on_{group.name}', float('nan')):.3f}" for name in measured),
        ]
        for group in makers
    )
    heads = ("maker left out", COVERAGE, *RIGHT.values(), *(_name(each) for each in measured))
    note = (
        "Each row is of a network that was fitted to the photos of the other makers only. Stated "
        f"risk of a label: {RISK:g}, telogen and anagen weighing the same."
    )
    yield f"## On photos of a maker it never saw\n{note}\n\n{markdown_table(heads, rows)}"


def _failures(groups: Sequence[Group]) -> str:
    """The worst group of each kind by each kind of error."""
    errors = {
        "root or tip most often misread": CLASSES[:NOT_HAIR],
        "clutter most often taken for a hair's end": CLASSES[NOT_HAIR:],
        "fewest hairs given a label": (COVERAGE,),
        "labels most often wrong": tuple(RIGHT.values()),
    }
    rows = (
        [by, *(_named(worst(groups, by, figures)) for figures in errors.values())]
        for by in (MAKER, WIDTH, SHADE, BACKGROUND, ROOT)
    )
    note = f"The worst group of each kind, of those with {MIN_GROUP_SIZE} cases or more."
    return f"## Where it fails\n{note}\n\n{markdown_table(('by', *errors), rows)}\n{_LIMITS}\n"


def _named(found: tuple[Group, str] | None) -> str:
    if found is None:
        return "-"
    group, figure = found
    share: Share = group.shares[figure]
    what = "" if figure == COVERAGE else f"{_name(figure)} "
    return f"{group.name}: {what}{share}"


def _sweep(points: Sequence[ResolutionPoint]) -> Iterator[str]:
    if not points:
        return
    yield (
        f"## The same hairs with fewer pixels\n{points[0].ends} ends, scaled as if their shafts "
        f"were thinner. Confidently wrong: a wrong class with {CONFIDENT:.0%} or more.\n\n"
        f"{markdown_table(TABLE_HEADER, map(point_row, points))}"
    )


def _name(figure: str) -> str:
    """The name of a share; those of ends have the name of a class."""
    if figure not in CLASSES:
        return figure
    return "ends that are not of a hair" if figure == CLASSES[NOT_HAIR] else f"{figure} ends"
