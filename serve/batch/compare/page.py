"""One page on what two runs say differently, with pictures."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markupsafe import Markup

from data.io.html_page import gallery, heading, page, paragraph, table, tiles
from model.labelling.hair import Hair, Label
from serve.batch.compare.comparison import NAMED, Change, Comparison
from serve.batch.run import SUMMARY
from serve.batch.run_folder import listed_photos
from serve.drawing.style import label_caption
from serve.reports.crops import cut_crops

_TITLE = "Two runs compared"
_LABELS = (*Label, None)


def comparison_page(comparison: Comparison, before: Path, after: Path) -> str:
    """The page's HTML for two files of results; their photos are looked for where the runs beside
    them say. Reads the photos again whose hairs it shows."""
    parts = [
        paragraph(f"A: {before}"),
        paragraph(f"B: {after}"),
        *_totals(comparison),
        *_shares(before, after),
        *_labels(comparison),
        *_otherwise(comparison),
        *_pictures(comparison, before, after),
    ]
    return page(_TITLE, parts)


def _totals(comparison: Comparison) -> Iterator[Markup]:
    figures = {
        "photos in both runs": comparison.both,
        "of them with the same hairs and labels": comparison.same,
        "photos only in A": comparison.only[0],
        "photos only in B": comparison.only[1],
        "photos whose file changed in between": comparison.other_bytes,
    }
    yield tiles([(f"{number:,}", what) for what, number in figures.items()])


def _shares(before: Path, after: Path) -> Iterator[Markup]:
    """What the summaries beside the results say, where both are."""
    files = [results.parent / SUMMARY for results in (before, after)]
    if all(file.is_file() for file in files):
        read = [json.loads(file.read_text("utf-8")) for file in files]
        yield heading("The share of telogen hairs")
        yield table(
            ["run", "model", "hairs", "unsure", "share of telogen", "verdict"],
            [_share_row(*each) for each in zip("AB", read, strict=True)],
        )


def _share_row(name: str, summary: dict[str, Any]) -> list[str]:
    pool, model = summary["pool"], summary["model"]
    share = pool["telogen_share"]
    told = "no readable root"
    if share is not None:
        estimate, low, high = (round(100 * share[key]) for key in ("estimate", "low", "high"))
        told = f"{estimate} % ({low} to {high} %)"
    verdict = pool["verdict"].replace("_", " ")
    numbers = (f"{pool[key]:,}" for key in ("hairs", "unsure"))
    return [name, f"{model['name']} {model['version']}", *numbers, told, verdict]


def _labels(comparison: Comparison) -> Iterator[Markup]:
    yield heading("Labels")
    yield paragraph("Hairs by the label in A (rows) and in B (columns).")
    rows = [
        [_name(one), *(f"{comparison.labels[one, other]:,}" for other in _LABELS)]
        for one in _LABELS
    ]
    yield table(["A \\ B", *map(_name, _LABELS)], rows)


def _name(label: Label | None) -> str:
    return "not listed" if label is None else label.value


def _otherwise(comparison: Comparison) -> Iterator[Markup]:
    if comparison.otherwise:
        yield heading("Photos that came out otherwise")
        rows = [[word.replace("_", " ") for word in row] for row in comparison.otherwise]
        yield table(["photo", "in A", "in B"], rows)
        if len(rows) == NAMED:
            yield paragraph("There may be more.")


def _pictures(comparison: Comparison, before: Path, after: Path) -> Iterator[Markup]:
    changes = comparison.changes
    if not changes:
        return
    crops = dict(cut_crops((change.place for change in changes), listed_photos(before.parent)))
    missing = (change.place for change in changes if id(change.place) not in crops)
    crops |= cut_crops(missing, listed_photos(after.parent))
    yield heading("The hairs that changed most")
    yield gallery((crops.get(id(change.place)), _caption(change)) for change in changes)


def _caption(change: Change) -> str:
    return f"{change.place.photo}: A {_said(change.before)}, B {_said(change.after)}"


def _said(hair: Hair | None) -> str:
    if hair is None:
        return "does not list it"
    if hair.reason is not None:
        return f"unsure ({hair.reason.value.replace('_', ' ')})"
    return label_caption(hair)
