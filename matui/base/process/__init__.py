"""The process itself: when it started, what it imports late, how it keeps memory."""
