"""What is wrong with a photo, and how to take a better one."""

from data.quality.assess import assess
from data.quality.finding import Finding

__all__ = ["Finding", "assess"]
