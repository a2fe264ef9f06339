"""Opens the store on disk for the pages of a log that a command reads from its end."""

from __future__ import annotations

from matui.base.errors import MatuiError
from matui.live.logs.page_store import DiskSpill


def open_spill() -> DiskSpill | None:
    """Return a disk store for pages of logs read from the end; None where there is no cache folder."""
    from matui.config.paths import make_cache_dir

    try:
        return DiskSpill(make_cache_dir() / "logs")
    except MatuiError:
        return None
