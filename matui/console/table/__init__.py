"""The resource table."""
