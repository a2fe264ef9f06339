"""The workspaces of v2 are those of v1."""

from matui.clouds.modelarts.v1.workspaces.client import Workspaces

__all__ = ["Workspaces"]
