"""The current API (v2) of ModelArts over the same world."""
