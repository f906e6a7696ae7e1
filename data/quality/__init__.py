"""What is wrong with a photo, and how to take a better one."""

from data.quality.finding import Finding
from data.quality.judgement import judge

__all__ = ["Finding", "judge"]
