"""The journal in the console: what has changed, and what of it has not been seen yet."""
