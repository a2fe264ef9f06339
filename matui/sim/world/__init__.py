"""The simulated project: its resources and their states over time."""
