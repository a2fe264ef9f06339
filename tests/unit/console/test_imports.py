"""What the first paint need not wait for is not imported before it."""

from __future__ import annotations

import subprocess
import sys

_LATER = (
    "matui.resources.registry",
    "matui.live.journal.journal",
    "matui.live.poll.poller",
    "sqlite3",
    "httpx",
    "pydantic",
    "matui.config.settings",
)


def test_the_application_is_imported_without_kinds_clouds_and_journal() -> None:
    code = f"import sys, matui.console.app; print([m for m in {_LATER!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
