"""Visualization jobs (5.3)."""
