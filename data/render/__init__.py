"""Physically based rendering of training hairs."""

from data.render.bare_ground import photograph_bare_grounds
from data.render.dataset import render_dataset
from data.render.photographed import is_held_out

__all__ = ["is_held_out", "photograph_bare_grounds", "render_dataset"]
