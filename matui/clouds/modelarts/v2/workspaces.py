"""Workspaces: v2 has kept the operations of v1 (chapter 8), and so their client and forms."""

from matui.clouds.modelarts.v1.workspaces.client import Workspaces

__all__ = ["Workspaces"]
