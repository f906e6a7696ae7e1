"""Labels that the shipped model gave to hairs of rendered photos it was not fitted to.

``held_out_photos.csv`` has a row for each photo, tier and truth: hairs called telogen, anagen and
unsure, and those not read (not listed, or root not in view). ``other`` are strands of which
they could not be matched: pieces of hairs, hairs whose root is outside the photo, and lines
that are no hair. Judged across the two halves of the photos, as the manifest's error matrix is.
``shedlight study held-out`` makes the file for a version.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from model.labelling.hair import WIDTH_BINS
from model.share.confusion import Confusion, confusion_of

FILE = Path(__file__).with_suffix(".csv")
LABELS = ("telogen", "anagen", "unsure", "not_read")
ENOUGH, LEAST = 10, 3
"""Photos with fewer readable hairs, and thinned ones with fewer labels, are left out."""


@dataclass(frozen=True)
class Row:
    """Hairs of one photo, tier and truth by label: telogen, anagen, unsure, not read."""

    photo: str
    tier: str
    truth: str
    labels: tuple[int, ...]


@dataclass(frozen=True)
class Thinned:
    """Labels of a photo from which hairs were taken, and the error matrix of their widths."""

    photo: str
    telogen: int
    anagen: int
    unsure: int
    confusion: Confusion


def read_rows() -> list[Row]:
    """All of them, photo by photo."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                line["photo"], line["width_bin"], line["truth"], tuple(int(line[x]) for x in LABELS)
            )
            for line in csv.DictReader(file)
        ]


def thinned_to(
    share: float, by_bin: Mapping[str, Confusion], rounds: int, seed: int = 0
) -> Iterator[Thinned]:
    """Each photo, ``rounds`` times over, after taking away hairs of one kind at random, as many
    as make the telogen share of such photos ``share`` on average; and of the others in proportion.
    """
    rows, dice = read_rows(), np.random.default_rng(seed)
    fractions = _fractions(rows, share)
    for _ in range(rounds):
        for _, photo in groupby(rows, key=lambda row: row.photo):
            thinned = _thinned(list(photo), fractions, by_bin, dice)
            if thinned is not None:
                yield thinned


def _fractions(rows: Sequence[Row], share: float) -> dict[str, float]:
    """The probability that a strand stays, by its true kind."""
    telogen, anagen = (
        sum(sum(row.labels) for row in rows if row.truth == truth)
        for truth in ("telogen", "anagen")
    )
    odds = {"telogen": share / telogen, "anagen": (1 - share) / anagen}
    fractions = {truth: part / max(odds.values()) for truth, part in odds.items()}
    stay = fractions["telogen"] * telogen + fractions["anagen"] * anagen
    return fractions | {"other": stay / (telogen + anagen)}


def _thinned(
    photo: Sequence[Row],
    fractions: Mapping[str, float],
    by_bin: Mapping[str, Confusion],
    dice: np.random.Generator,
) -> Thinned | None:
    if sum(sum(row.labels) for row in photo if row.truth != "other") < ENOUGH:
        return None
    labels = np.array([dice.binomial(row.labels, fractions[row.truth]) for row in photo])
    telogen, anagen, unsure, _ = labels.sum(axis=0).tolist()
    if telogen + anagen < LEAST:
        return None
    widths = [min(WIDTH_BINS[row.tier][0] + 1, 9) for row in photo]
    shafts_px = np.repeat(widths, labels[:, :3].sum(axis=1)).tolist()
    return Thinned(photo[0].photo, telogen, anagen, unsure, confusion_of(shafts_px, by_bin))
