"""A page with the differences between two runs."""

import json
from collections.abc import Iterator
from pathlib import Path

from markupsafe import Markup

from data.io.html_page import gallery, heading, page, paragraph, table, tiles
from data.io.jsonl import Json
from data.texts.catalogue import texts_in
from model.labelling.hair import Hair, Label
from model.share.summary import Summary
from serve.batch.compare.comparison import MAX_NAMED, Comparison
from serve.batch.report import share_text
from serve.batch.run import SUMMARY
from serve.batch.run_folder import listed_photos
from serve.drawing.style import label_caption
from serve.reports.crops import cut_crops

_LABELS = (*Label, None)


def comparison_page(comparison: Comparison, before: Path, after: Path) -> str:
    """The page's HTML for two files of results.

    Finds photos and summaries in the run folders beside the files. Reads the photos again whose
    hairs it shows.
    """
    parts = [
        paragraph(f"A: {before}"),
        paragraph(f"B: {after}"),
        *_totals(comparison),
        *_shares(before, after),
        *_labels(comparison),
        *_status_changes(comparison),
        *_changed_hairs(comparison, before, after),
    ]
    return page("Two runs compared", parts)


def _totals(comparison: Comparison) -> Iterator[Markup]:
    figures = {
        "photos in both runs": comparison.both,
        "of them with the same hairs and labels": comparison.same,
        "photos only in A": comparison.only[0],
        "photos only in B": comparison.only[1],
        "photos whose file changed in between": comparison.changed_files,
    }
    yield tiles([(f"{number:,}", what) for what, number in figures.items()])


def _shares(before: Path, after: Path) -> Iterator[Markup]:
    """The shares from the summaries beside the results, if both are there."""
    files = [results.parent / SUMMARY for results in (before, after)]
    if all(file.is_file() for file in files):
        summaries = [json.loads(file.read_text("utf-8")) for file in files]
        yield heading("The share of telogen hairs")
        yield table(
            ["run", "model", "hairs", "unsure", "share of telogen", "verdict"],
            [_share_row(*each) for each in zip("AB", summaries, strict=True)],
        )


def _share_row(run: str, summary: Json) -> list[str]:
    pool, model = summary["pool"], summary["model"]
    return [
        run,
        f"{model['name']} {model['version']}",
        *(f"{pool[key]:,}" for key in ("hairs", "unsure")),
        share_text(Summary.of_json(pool), texts_in()),
        pool["verdict"].replace("_", " "),
    ]


def _labels(comparison: Comparison) -> Iterator[Markup]:
    names = ["not listed" if label is None else label.value for label in _LABELS]
    yield heading("Labels")
    yield paragraph("Hairs by the label in A (rows) and in B (columns).")
    rows = [
        [name, *(f"{comparison.labels[label, other]:,}" for other in _LABELS)]
        for name, label in zip(names, _LABELS, strict=True)
    ]
    yield table(["A \\ B", *names], rows)


def _status_changes(comparison: Comparison) -> Iterator[Markup]:
    if comparison.status_changes:
        yield heading("Photos with another status")
        rows = [[word.replace("_", " ") for word in row] for row in comparison.status_changes]
        yield table(["photo", "in A", "in B"], rows)
        if len(rows) == MAX_NAMED:
            yield paragraph("There may be more.")


def _changed_hairs(comparison: Comparison, before: Path, after: Path) -> Iterator[Markup]:
    changes = comparison.changes
    if not changes:
        return
    hairs = [change.shown for change in changes]
    crops = cut_crops(hairs, listed_photos(before.parent))
    missing = [index for index, crop in enumerate(crops) if crop is None]
    found = cut_crops([hairs[index] for index in missing], listed_photos(after.parent))
    for index, crop in zip(missing, found, strict=True):
        crops[index] = crop
    captions = (
        f"{change.shown.photo}: A {_caption(change.before)}, B {_caption(change.after)}"
        for change in changes
    )
    yield heading("The hairs that changed most")
    yield gallery(zip(crops, captions, strict=True))


def _caption(hair: Hair | None) -> str:
    if hair is None:
        return "does not list it"
    if hair.reason is not None:
        return f"unsure ({hair.reason.value.replace('_', ' ')})"
    return label_caption(hair)
