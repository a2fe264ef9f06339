"""Comparison of two resources: settings, stages, first errors and series."""
