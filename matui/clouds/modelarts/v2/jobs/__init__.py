"""Training jobs, their tasks and logs."""
