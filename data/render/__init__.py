"""Physically based rendering of training hairs."""

from data.render.backgrounds.photographs import is_held_out
from data.render.bare_photos import photograph_bare_grounds
from data.render.dataset import render_dataset

__all__ = ["is_held_out", "photograph_bare_grounds", "render_dataset"]
