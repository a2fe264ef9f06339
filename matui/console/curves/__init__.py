"""Curves of the metrics pane: numbers of a log and of the cloud over steps or time."""
