"""Training job configurations (5.2)."""
