"""The terminal: what is written to it, and everything that depends on private parts of Textual and rich."""
