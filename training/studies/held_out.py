"""Counts the labels that a version gives to hairs it was not fitted to, photo by photo."""

from pathlib import Path

from model.version import load_version
from training.datasets.collect import collect
from training.datasets.splits import evaluation_examples
from training.evaluation.held_out import FILE, counts_by_photo, write_counts
from training.evaluation.predictions import cross_fitted_labels
from training.export import ExportedNet
from training.fitting.apply import hair_logits


def write_held_out_counts(version: Path, rendered: Path, out: Path) -> Path:
    """Counts the labels of the hairs in ``rendered``, photo by photo; returns the file written.

    Raises ShedlightError (MODEL_REFUSED) and OSError.
    """
    net = ExportedNet(load_version(version))
    out.mkdir(parents=True, exist_ok=True)
    examples = evaluation_examples(collect(rendered, out))
    labels = cross_fitted_labels(examples, hair_logits(net, examples))
    write_counts(out / FILE, counts_by_photo(labels))
    return out / FILE
