"""The clouds: the only package that speaks HTTP."""
