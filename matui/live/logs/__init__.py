"""Reading a log: cursors, pages, the tail, storage, merging and search."""
