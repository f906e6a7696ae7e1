"""What two runs over the same photos say differently."""

from serve.compare.comparison import Comparison, compare_files
from serve.compare.comparison_page import comparison_page

__all__ = ["Comparison", "compare_files", "comparison_page"]
