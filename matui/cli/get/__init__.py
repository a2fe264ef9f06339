"""``matui get``: lists, watches and prints resources."""
