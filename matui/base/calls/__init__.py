"""Calls in flight: several at once, within a limit, shared, held back, reported when they take long."""
