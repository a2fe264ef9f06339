"""A rule that masks a secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from matui.base.redaction.patterns import MASK
from matui.base.text.regex import LazyPattern


class MaskRule(NamedTuple):
    """One of ``signs`` is in every text that ``pattern`` matches; ``mask`` makes what replaces a match.

    Without another mask the first group of the match stays, and ``***`` takes the place of the rest.
    """

    signs: str | tuple[str, ...]
    pattern: LazyPattern
    mask: str | Callable[[re.Match[str]], str] = rf"\1{MASK}"
