"""The clouds; the only package that sends HTTP requests."""
