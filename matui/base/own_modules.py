"""Recognizes imports that fail because matui was changed on disk while it runs."""

from __future__ import annotations

CHANGED_ON_DISK = "matui was changed on disk while it runs; restart it."


def is_own_import_error(error: BaseException) -> bool:
    """Whether a module of matui could not be imported, or lacks a name that another one imports from it."""
    return isinstance(error, ImportError) and (error.name or "").partition(".")[0] == "matui"
