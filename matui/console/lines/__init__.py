"""A pane of text lines: canvas, painting, search and selection."""
