"""Records what the polls of a run saw in one file, and answers from such a file at any time of it."""
