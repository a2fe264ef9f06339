"""When garbage is collected: hardly while the process starts, as usual once it works, never at its end.

Imports make many objects and hardly any garbage, yet the usual thresholds look through them again and again:
a tenth of the start. What has been made by the end of the start stays, and need not be looked through later.
"""

from __future__ import annotations

import gc

_STARTING = 500_000
_WORKING = 50_000


def start() -> None:
    """Put collecting off, but for what would be a leak."""
    gc.set_threshold(_STARTING, 20, 50)


def work() -> None:
    """Collect from now on, of what is made from now on. Does nothing where collecting was not put off."""
    if gc.get_threshold()[0] == _STARTING:
        gc.freeze()
        gc.set_threshold(_WORKING, 20, 50)


def end() -> None:
    """Keep the interpreter's last look through everything from taking a tenth of a short command's time."""
    gc.freeze()
