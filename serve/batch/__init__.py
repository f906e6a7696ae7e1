"""Scoring files and folders of any size into one folder of results."""

from serve.batch.local_engine import Engine
from serve.batch.overlays import Overlays
from serve.batch.request import BatchRequest, BatchResult
from serve.batch.run import score_batch
from serve.batch.run_folder import RESULTS

__all__ = ["RESULTS", "BatchRequest", "BatchResult", "Engine", "Overlays", "score_batch"]
