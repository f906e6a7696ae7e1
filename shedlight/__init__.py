"""Labels the roots of shed hairs in a photo.

>>> from pathlib import Path
>>> from shedlight import Scorer, read_photo
>>> scorer = Scorer.shipped()
>>> report = scorer.score(read_photo(Path("examples/tray_900001_00053.jpg").read_bytes()))
>>> report.status.value
'scored'
>>> report.summary.hairs == len(report.hairs)
True

The model was trained on rendered hairs. How often it is right on real ones is unmeasured.
"""

from importlib.metadata import version

from data.errors import ShedlightError
from data.images.photo import Photo
from data.images.read import read_photo
from model.labelling.hair import Hair, Label
from model.report import PhotoReport
from model.scorer import Scorer
from model.share.summary import Summary

__version__ = version("shedlight")
__all__ = [
    "Hair",
    "Label",
    "Photo",
    "PhotoReport",
    "Scorer",
    "ShedlightError",
    "Summary",
    "__version__",
    "read_photo",
]
