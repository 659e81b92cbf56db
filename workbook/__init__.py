"""Worked examples of neural-network mathematics as spreadsheets: every number live, every cell proven."""

__version__ = "0.1.0"
