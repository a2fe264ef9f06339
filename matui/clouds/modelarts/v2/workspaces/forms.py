"""The forms of workspaces of v2 are those of v1."""

from matui.clouds.modelarts.v1.workspaces.forms import WorkspaceForms

__all__ = ["WorkspaceForms"]
