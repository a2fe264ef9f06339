"""Notebooks with leases."""
