"""The parts that the root network marks in a crop."""

PARTS = ("background", "shaft", "root", "sheath", "other")
"""What a cell of the map of parts may show."""
PARTS_CELL_PX = 4
"""Pixels of the crop along a cell of the map of parts."""
