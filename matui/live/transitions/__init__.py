"""Transitions: each change of state, once for all processes where there is a journal."""
