"""Kept photos and what people said about their hairs; nothing of HTTP."""
