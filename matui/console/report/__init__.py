"""The hand-over in the console."""
