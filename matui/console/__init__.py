"""The full-screen console: the only package that imports Textual."""
