"""What several tables write alike."""

DASH = "—"
"""Stands in a cell of text that has nothing to say."""
