"""``matui get``: list, watch and print resources."""
