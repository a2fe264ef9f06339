"""The simulator: a small ModelArts written from the reference, sharing nothing with the client."""
