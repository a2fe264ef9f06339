"""The capsules in the console."""
