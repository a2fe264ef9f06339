"""Polling: the loop, pollers, list synchronization and freshness."""
