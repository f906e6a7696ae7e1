"""A simulated person who labels hairs by the truth, and the errors that a model makes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.active_learning import MAX_PER_PHOTO, candidate_of, select_for_labelling
from model.labelling.hair import Label
from model.networks.root_net import EndNet
from training.calibration.calibrate import Calibration
from training.calibration.labelled_hairs import posteriors_of
from training.datasets.examples import CLUB, MISSHAPEN, Example
from training.datasets.splits import rows_by_photo
from training.evaluation.predictions import label_examples
from training.fitting.apply import hair_logits, hair_scores
from training.labels.issues import Location
from training.labels.label import HairLabel
from training.labels.labelled_strand import Extent, LabelledStrand

LABEL_OF = {
    "telogen": HairLabel.TELOGEN,
    "misshapen": HairLabel.MISSHAPEN,
    "bare": HairLabel.NO_BULB,
    "not_hair": HairLabel.NOT_HAIR,
}
"""A person's label of a strand by its truth. A piece of a hair, or a hair without its root in the
photo, cannot be labelled."""
_CLASS = {HairLabel.TELOGEN: CLUB, HairLabel.MISSHAPEN: MISSHAPEN}
_MISTAKEN_FOR = {
    HairLabel.TELOGEN: HairLabel.MISSHAPEN,
    HairLabel.MISSHAPEN: HairLabel.TELOGEN,
    HairLabel.NO_BULB: HairLabel.TELOGEN,
}


def label_example(example: Example) -> LabelledStrand:
    """The example as a person labels it, with its root end if it has a root."""
    label, classes = LABEL_OF[example.annotated.truth], example.annotated.end_classes
    root_class = _CLASS.get(label)
    return LabelledStrand(
        strand=example.strand,
        crops=example.crops,
        label=label,
        extent=Extent.HAIR,
        root_end=classes.index(root_class) if root_class in classes else None,
        photo=example.photo,
        file=example.photo,
        where=Location(example.photo),
    )


def label_wrongly(hairs: Sequence[LabelledStrand], share: float, seed: int) -> list[LabelledStrand]:
    """The same labels by a person who takes a share of the hairs for the other kind."""
    wrong = np.random.default_rng(seed).uniform(size=len(hairs)) < share
    return [
        replace(hair, label=_MISTAKEN_FOR.get(hair.label, hair.label)) if is_wrong else hair
        for hair, is_wrong in zip(hairs, wrong, strict=True)
    ]


def random_order(examples: Sequence[Example], seed: int) -> list[int]:
    """Photo by photo at random, at most ``MAX_PER_PHOTO`` hairs of each before it comes again."""
    rng = np.random.default_rng(seed)
    photos = [rng.permutation(rows).tolist() for rows in rows_by_photo(examples)]
    rounds = range(0, max(map(len, photos)), MAX_PER_PHOTO)
    shuffled = [photos[i] for i in rng.permutation(len(photos))]
    return [
        row for start in rounds for rows in shuffled for row in rows[start : start + MAX_PER_PHOTO]
    ]


def shuffled_order(examples: Sequence[Example], seed: int) -> list[int]:
    """Hair by hair at random, from all photos."""
    rows: list[int] = np.random.default_rng(seed).permutation(len(examples)).tolist()
    return rows


def active_order(
    examples: Sequence[Example], net: EndNet, calibration: Calibration, count: int
) -> list[int]:
    """The first ``count`` in the order in which the product suggests hairs to label."""
    readings = hair_scores(hair_logits(net, examples), calibration.temperature)
    posteriors = posteriors_of(examples, readings, calibration.rule)
    rows = zip(examples, readings, posteriors, strict=True)
    candidates = [candidate_of(e.photo, e.strand, read, p, e.crops) for e, read, p in rows]
    return select_for_labelling(candidates, count=count)


@dataclass(frozen=True)
class Errors:
    """``balanced``: the mean share of telogen and of anagen hairs that are right if every hair gets
    the more likely label; a hair that is not listed is wrong. ``noise`` is its standard error.
    ``covered``: the share that the product labels; ``right``: the mean of both labels' shares that
    are right, among these."""

    balanced: float
    noise: float
    covered: float
    right: float


def errors_of(net: EndNet, calibration: Calibration, examples: Sequence[Example]) -> Errors:
    """The errors on the hairs among ``examples`` whose ends show their kind."""
    readings = hair_scores(hair_logits(net, examples), calibration.temperature)
    hairs = label_examples(examples, readings, calibration.rule)
    known = [(e, h) for e, h in zip(examples, hairs, strict=True) if e.annotated.is_knowable]
    is_telogen = np.array([example.annotated.truth == "telogen" for example, _ in known])
    right = np.array(
        [
            hair is not None and (hair.p_telogen > hair.p_anagen) == telogen
            for (_, hair), telogen in zip(known, is_telogen, strict=True)
        ]
    )
    labels = np.array([hair.label.value if hair else Label.UNSURE.value for _, hair in known])
    truth = np.where(is_telogen, Label.TELOGEN.value, Label.ANAGEN.value)
    given = labels != Label.UNSURE.value
    shares = [right[is_telogen].mean(), right[~is_telogen].mean()]
    counts = [is_telogen.sum(), (~is_telogen).sum()]
    variance = sum(p * (1 - p) / n for p, n in zip(shares, counts, strict=True)) / 4
    labelled = [
        (labels == truth)[given & kind].mean()
        for kind in (is_telogen, ~is_telogen)
        if (given & kind).any()
    ]
    return Errors(
        float(np.mean(shares)),
        float(np.sqrt(variance)),
        float(given.mean()),
        float(np.mean(labelled)) if labelled else float("nan"),
    )
