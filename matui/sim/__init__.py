"""The simulator: a small ModelArts of its own, written from the reference, sharing nothing with the client."""
