"""Snapshots are taken on the same stage as the pilots, in a zone and folders of their own."""

from __future__ import annotations

from tests.pilot.conftest import own_folders

__all__ = ["own_folders"]
