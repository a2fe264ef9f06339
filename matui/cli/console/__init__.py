"""Opens the full-screen console, also on a recording."""
