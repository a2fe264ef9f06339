"""Resource pools, nodes and their load."""
