"""Workspaces: v2 has kept the operations of v1 (chapter 8)."""
