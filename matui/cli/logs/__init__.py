"""``matui logs``: prints and follows the log of a job."""
