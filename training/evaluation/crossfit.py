"""What a network is worth on photos that its calibration never saw."""

from collections.abc import Sequence
from itertools import chain

from model.networks.root_net import RootNet
from training.calibration.calibrate import calibrate
from training.datasets.ends import trained_ends
from training.datasets.examples import Example
from training.datasets.split import halves
from training.evaluation.predictions import Judged, judge


def judge_across(net: RootNet, examples: Sequence[Example]) -> Judged:
    """All of the held-out ``examples``, each half of the photos judged under what was calibrated
    on the other half (two-fold cross-fitting).

    What is shipped is calibrated on all of them, so it is not quite what is measured here, but
    measured on those same photos it would look better than it is.
    """
    one, other = halves(examples)
    parts = [_judged(net, one, other), _judged(net, other, one)]
    return Judged(
        ends=tuple(chain.from_iterable(part.ends for part in parts)),
        hairs=tuple(chain.from_iterable(part.hairs for part in parts)),
        nothings=tuple(chain.from_iterable(part.nothings for part in parts)),
    )


def _judged(net: RootNet, examples: Sequence[Example], others: Sequence[Example]) -> Judged:
    return judge(net, examples, calibrate(net, trained_ends(others), others))
