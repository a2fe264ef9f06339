"""Training signals: numbers read out of log lines. Pure: no clouds, no screens."""
