"""Training jobs, their versions and logs (5.1)."""
