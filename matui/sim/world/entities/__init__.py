"""The resources of the simulated project."""
