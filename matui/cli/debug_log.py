"""What ``--debug`` leaves behind: a traceback in the state folder, with nothing in it that looks secret."""

from __future__ import annotations

import os
import re
import time
import traceback
from collections.abc import Mapping
from pathlib import Path

_SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSW|CREDENTIAL|_AK$|_SK$|API_?KEY", re.IGNORECASE)
_LABEL = (
    r"(?:authorization|x-auth-token|x-security-token|security[_-]?token|subject-token|password|passwd|secret"
    r"|signature|credential|access|\bak|\bsk|token)"
)
_LABELLED = re.compile(
    rf"({_LABEL}[\w-]*[\"']?\s*[:=]\s*[\"']?)[^\s\"',;}}]+(?:,? [^\s\"',;}}=]+=[^\s\"',;}}]+)*", re.IGNORECASE
)
_RANDOM_LOOKING = re.compile(r"(?<![\w/.+-])(?=[\w+-]*\d)(?=[\w+-]*[A-Za-z])[\w+-]{16,}={0,2}(?![\w/.])")
_HIDDEN = "<hidden>"


def write_traceback(error: BaseException) -> Path:
    """Write the traceback to a new file of mode 0600 in the state folder and return its path."""
    from matui.cli.redact_known import without_known
    from matui.config.paths import state_dir
    from matui.config.secret import known_secrets

    whole = "".join(traceback.format_exception(error))
    text = redact(without_known(whole, known_secrets()), os.environ)
    file = state_dir() / f"debug-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as opened:
        opened.write(text)
    return file


def redact(text: str, environ: Mapping[str, str]) -> str:
    """Return ``text`` without values that are named as secrets, look random, or stand in secret variables."""
    for name, value in environ.items():
        if len(value) > 3 and _SECRET_NAME.search(name):
            text = text.replace(value, _HIDDEN)
    return _RANDOM_LOOKING.sub(_HIDDEN, _LABELLED.sub(rf"\1{_HIDDEN}", text))
