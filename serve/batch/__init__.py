"""Batch scoring: files and folders of any size into one folder of results."""

from serve.batch.overlays import Overlays
from serve.batch.request import BatchRequest, BatchResult
from serve.batch.results import RESULTS
from serve.batch.run import score_batch

__all__ = ["RESULTS", "BatchRequest", "BatchResult", "Overlays", "score_batch"]
