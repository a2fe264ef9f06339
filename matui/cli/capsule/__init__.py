"""``matui capsule``: what was saved when something failed."""
