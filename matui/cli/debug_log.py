"""Write the traceback of ``--debug`` to the state folder, with secrets removed."""

from __future__ import annotations

import os
import time
import traceback
from pathlib import Path


def write_traceback(error: BaseException) -> Path:
    """Write the traceback to a new file of mode 0600 in the state folder and return its path."""
    from matui.base.redaction import hide_known_secrets, known_secrets, redact
    from matui.config.paths import state_dir

    whole = "".join(traceback.format_exception(error))
    text = redact(hide_known_secrets(whole, known_secrets()), os.environ)
    file = state_dir() / f"debug-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as opened:
        opened.write(text)
    return file
