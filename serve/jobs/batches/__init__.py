"""Batches that are sent over HTTP: taken in, scored beside other requests, kept for a short while.

All that is known of a batch lies in its folder, so that any server on the same disk can answer.
"""
