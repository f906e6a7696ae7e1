import numpy as np

from data.strands.curves import resample


def test_resample_keeps_both_ends() -> None:
    path = np.array([(0.0, 0.0), (3.0, 4.0), (3.0, 14.0)])
    even = resample(path, 5.0)
    assert even.tolist() == [[0, 0], [3, 4], [3, 9], [3, 14]]
