"""``matui signals``: the numbers of a training job, read out of its log, and findings."""
