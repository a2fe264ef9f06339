"""Capsules: the log, events, detail and metrics of a resource that failed, kept in one file."""
