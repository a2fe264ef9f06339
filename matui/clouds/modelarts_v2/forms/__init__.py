"""What can be edited and created over v2."""
