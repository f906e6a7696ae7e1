"""The report of a run: figures, loss curve, and which ends are taken for which."""

import csv
import html
import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from model.version import CLASSES
from training.checkpoint import CURVE
from training.evaluate import Evaluation

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Training run</title>
<style>body {{ font: 16px sans-serif; margin: 2rem auto; max-width: 60rem }}
td {{ padding: 0 1rem 0 0 }} img {{ max-width: 100% }}</style>
<h1>Training run</h1>
<p>All figures are on rendered hairs that were held out. On real roots: unmeasured.</p>
<h2>Loss</h2><img src="loss.png" alt="Loss by epoch">
<h2>Ends: truth by row, reading by column</h2><img src="ends.png" alt="Table of ends">
<h2>Figures</h2><table>{rows}</table></html>
"""


def write_report(run: Path, evaluation: Evaluation) -> None:
    """Writes metrics.json, two pictures and report.html into ``run``."""
    (run / "metrics.json").write_text(json.dumps(evaluation.metrics, indent=2) + "\n", "utf-8")
    _save(_loss_curve(run / CURVE), run / "loss.png")
    _save(_table_of_ends(evaluation.ends), run / "ends.png")
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{value:.3f}</td></tr>"
        for name, value in evaluation.metrics.items()
    )
    (run / "report.html").write_text(_PAGE.format(rows=rows), "utf-8")


def _loss_curve(file: Path) -> Figure:
    with file.open(newline="", encoding="utf-8") as lines:
        rows = [(int(epoch), float(loss)) for epoch, loss in csv.reader(lines)]
    figure, axes = plt.subplots(figsize=(6, 3))
    axes.plot(*zip(*rows, strict=True))
    axes.set(xlabel="epoch", ylabel="loss", ylim=(0, None))
    return figure


def _table_of_ends(counts: NDArray[np.int64]) -> Figure:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(5, 4))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    places = range(len(CLASSES))
    axes.set(xticks=places, yticks=places, xticklabels=CLASSES, yticklabels=CLASSES)
    for row in places:
        for column in places:
            shade = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=shade)
    return figure


def _save(figure: Figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)
