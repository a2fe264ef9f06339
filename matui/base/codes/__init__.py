"""The meaning of codes: errors of the clouds, statuses and exit codes of runs, IAM actions of requests."""
