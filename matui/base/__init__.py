"""Leaves that import nothing of ours but one another."""
