"""Writing to a stdout whose encoding, width and reader are not ours to choose."""

from __future__ import annotations

import codecs
import sys


def tolerate_narrow_encodings() -> None:
    """Make stdout and stderr replace what they cannot encode instead of raising."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def takes_unicode() -> bool:
    """Whether stdout can carry any character."""
    try:
        return codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8"
    except LookupError:
        return False
