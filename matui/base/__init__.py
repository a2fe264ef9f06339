"""Leaves: modules that import nothing of ours but one another."""
