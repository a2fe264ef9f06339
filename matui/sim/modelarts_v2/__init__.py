"""The current API of ModelArts over the same world."""
