"""What the dry run says of labels, in plain words."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.table import Table

from training.labels.folds import Split
from training.labels.issues import Remark
from training.labels.label_set import LabelSet
from training.labels.labelled_strand import Extent
from training.labels.said import Said


def in_words(labels: LabelSet, parts: Split) -> Iterator[str | Table]:
    """Lines and a table, in order: what was understood, how it is split, notes, problems."""
    for form in labels.forms:
        yield f"{form.where}: {form.sentence}"
    if labels.given:
        yield table_of(labels)
        yield _sizes(labels)
        yield from _of_whole_photos(labels)
        yield _split(parts)
    yield from _listed("Notes", labels.notes)
    yield from _listed("Problems", labels.problems)
    if not labels.problems:
        yield "No problems."


def table_of(labels: LabelSet) -> Table:
    """For each label how often people gave it and how many hairs there are to train on."""
    trained = Counter(hair.said for hair in labels.hairs)
    total = labels.given.total()
    table = Table(show_footer=True)
    table.add_column("label", "all")
    table.add_column("given", str(total), justify="right")
    table.add_column("hairs to train on", str(trained.total()), justify="right")
    for said in Said:
        if labels.given[said] or trained[said]:
            table.add_row(said.in_words, str(labels.given[said]), str(trained[said]))
    return table


def _sizes(labels: LabelSet) -> str:
    photos = len(labels.pictures) - labels.crops
    groups = len(set(labels.groups.values()))
    sizes = f"{_count(photos, 'photo')} and {_count(labels.crops, 'crop')}"
    persons = f"of {_count(labels.persons, 'person')}" if labels.persons else "of nobody by name"
    kept = "which is never divided" if groups == 1 else "none of which is ever divided"
    return f"{sizes} {persons}, in {_count(groups, 'group')}, {kept}."


def _of_whole_photos(labels: LabelSet) -> Iterator[str]:
    if lines := sum(hair.extent is Extent.PHOTO for hair in labels.hairs):
        yield f"Found in photos of one class, so that some may be no hair: {lines}."


def _split(parts: Split) -> str:
    if len(parts.folds) < 2:
        return (
            "One group cannot be split: nothing could be judged on hairs that it was not fitted to."
        )
    held = f", {_count(len(parts.held_out), 'hair')} held out" if parts.held_out else ""
    sizes = ", ".join(str(len(fold)) for fold in parts.folds)
    return f"Cross-validation in {len(parts.folds)} folds of {sizes} hairs{held}."


def _listed(head: str, remarks: Sequence[Remark]) -> Iterator[str]:
    if remarks:
        yield f"{head} ({len(remarks)}):"
        yield from (f"  {remark}" for remark in remarks)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
