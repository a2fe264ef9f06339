"""Services and their edge nodes."""
