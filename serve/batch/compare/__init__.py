"""Compares two runs on the same photos."""

from serve.batch.compare.comparison import compare_files
from serve.batch.compare.page import comparison_page

__all__ = ["compare_files", "comparison_page"]
