"""Editing and creating resources: draft, conflicts, sending, reconciliation."""
