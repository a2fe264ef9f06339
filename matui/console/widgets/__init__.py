"""Widgets on the line API, and bars."""
