"""A person who labels hairs, played by the truth."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.active_learning import candidate_of
from model.networks.root_net import EndNet
from model.to_label import PER_PHOTO, order_to_label
from training.calibration.calibrate import Calibration
from training.calibration.labelled_hairs import posteriors_of
from training.datasets.examples import CLUB, MISSHAPEN, Example
from training.datasets.split import by_photo
from training.fitting.readings import readings_of
from training.labels.issues import Where
from training.labels.labelled_strand import Extent, TaughtHair
from training.labels.said import Said

SAID = {
    "telogen": Said.TELOGEN,
    "misshapen": Said.MISSHAPEN,
    "bare": Said.NO_BULB,
    "not_hair": Said.NOT_HAIR,
}
"""What a person says of a strand by its truth; of a piece of a hair, or one without its root in the
photo, nobody can say anything."""
_KIND = {Said.TELOGEN: CLUB, Said.MISSHAPEN: MISSHAPEN}
_TAKEN_FOR = {
    Said.TELOGEN: Said.MISSHAPEN,
    Said.MISSHAPEN: Said.TELOGEN,
    Said.NO_BULB: Said.TELOGEN,
}


def labelled(example: Example) -> TaughtHair:
    """The example as a person labels it: pointing at its root, if it has one."""
    said, classes = SAID[example.labelled.truth], example.labelled.end_classes
    kind = _KIND.get(said)
    return TaughtHair(
        strand=example.strand,
        crops=example.crops,
        said=said,
        extent=Extent.HAIR,
        root_end=classes.index(kind) if kind in classes else None,
        photo=example.photo,
        file=example.photo,
        where=Where(example.photo),
    )


def mistaken(hairs: Sequence[TaughtHair], share: float, seed: int) -> list[TaughtHair]:
    """The same labels from somebody who takes such a share of the hairs for the other kind."""
    wrong = np.random.default_rng(seed).uniform(size=len(hairs)) < share
    return [
        replace(hair, said=_TAKEN_FOR[hair.said]) if slip and hair.said in _TAKEN_FOR else hair
        for hair, slip in zip(hairs, wrong, strict=True)
    ]


def in_random_order(examples: Sequence[Example], seed: int) -> list[int]:
    """Photo by photo at random, so many hairs of each at most before it comes again."""
    rng = np.random.default_rng(seed)
    photos = [rng.permutation(rows).tolist() for rows in by_photo(examples)]
    rounds = range(0, max(map(len, photos)), PER_PHOTO)
    shuffled = [photos[i] for i in rng.permutation(len(photos))]
    return [row for start in rounds for rows in shuffled for row in rows[start : start + PER_PHOTO]]


def scattered(examples: Sequence[Example], seed: int) -> list[int]:
    """Hair by hair at random, from all photos at once."""
    rows: list[int] = np.random.default_rng(seed).permutation(len(examples)).tolist()
    return rows


def in_active_order(
    examples: Sequence[Example], net: EndNet, calibration: Calibration, count: int
) -> list[int]:
    """The first ``count`` in the order in which the product asks for labels."""
    readings = readings_of(net, examples, calibration.temperature)
    posteriors = posteriors_of(examples, readings, calibration.rule)
    rows = zip(examples, readings, posteriors, strict=True)
    candidates = [candidate_of(e.photo, e.strand, read, p, e.crops) for e, read, p in rows]
    return order_to_label(candidates, count=count)
