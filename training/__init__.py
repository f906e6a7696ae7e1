"""Fitting, calibrating, evaluating and exporting the network."""
