"""Pieces of pages that stand alone: text, tables, small plots and crops of hairs."""
