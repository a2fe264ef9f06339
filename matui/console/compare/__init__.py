"""Two resources side by side."""
