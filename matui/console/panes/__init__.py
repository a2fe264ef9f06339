"""Panes of the split view: detail, log, events, metrics, versions, raw."""
