"""The log that is read by line cursors: its order, its pages, their proofs and its end."""
