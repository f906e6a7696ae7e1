"""What two runs over the same photos say differently."""

from serve.batch.compare.comparison import Comparison, compare_files
from serve.batch.compare.page import comparison_page

__all__ = ["Comparison", "compare_files", "comparison_page"]
