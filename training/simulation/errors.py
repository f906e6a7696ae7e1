"""How many hairs a model gets wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.labelling.hair import Label
from model.networks.root_net import EndNet
from training.calibration.calibrate import Calibration
from training.datasets.examples import Example
from training.evaluation.predictions import label_examples
from training.fitting.readings import readings_of


@dataclass(frozen=True)
class Errors:
    """``balanced``: the mean share of telogen and of anagen hairs that are taken for what they are
    when every hair gets the likelier label; a hair that is not listed is wrong. ``noise`` is its
    standard error. ``covered``: the share that gets a label in the product; ``right``: the mean of
    both labels' shares that are right, among these."""

    balanced: float
    noise: float
    covered: float
    right: float


def errors_of(net: EndNet, calibration: Calibration, examples: Sequence[Example]) -> Errors:
    """The errors on the hairs among ``examples`` whose ends tell what they are."""
    readings = readings_of(net, examples, calibration.temperature)
    hairs = label_examples(examples, readings, calibration.rule)
    known = [(e, h) for e, h in zip(examples, hairs, strict=True) if e.labelled.is_knowable]
    is_telogen = np.array([example.labelled.truth == "telogen" for example, _ in known])
    right = np.array(
        [
            hair is not None and (hair.p_telogen > hair.p_anagen) == telogen
            for (_, hair), telogen in zip(known, is_telogen, strict=True)
        ]
    )
    said = np.array([hair.label.value if hair else Label.UNSURE.value for _, hair in known])
    truth = np.where(is_telogen, Label.TELOGEN.value, Label.ANAGEN.value)
    given = said != Label.UNSURE.value
    shares = [right[is_telogen].mean(), right[~is_telogen].mean()]
    counts = [is_telogen.sum(), (~is_telogen).sum()]
    variance = sum(p * (1 - p) / n for p, n in zip(shares, counts, strict=True)) / 4
    labelled = [
        (said == truth)[given & kind].mean()
        for kind in (is_telogen, ~is_telogen)
        if (given & kind).any()
    ]
    return Errors(
        float(np.mean(shares)),
        float(np.sqrt(variance)),
        float(given.mean()),
        float(np.mean(labelled)) if labelled else float("nan"),
    )
