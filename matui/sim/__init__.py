"""The simulator: a small ModelArts after the API reference, independent of the client's code."""
