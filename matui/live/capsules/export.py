"""Copies a capsule to a new file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from matui.base.errors import UsageError
from matui.live.capsules.archive import StoredCapsule


def export_capsule(capsule: StoredCapsule, target: Path) -> Path:
    """Copy a capsule to ``target``, mode 0600. Raises UsageError for a file that exists or cannot be made."""
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise UsageError(f"{target} exists already.", remedy="Name a file that does not.") from None
    except OSError as error:
        raise UsageError(f"{target} cannot be made: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "wb") as out, capsule.path.open("rb") as source:
            shutil.copyfileobj(source, out)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise UsageError(f"{target} could not be written: {error.strerror}.") from error
    return target
