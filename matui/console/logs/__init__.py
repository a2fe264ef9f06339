"""The log pane's parts."""
