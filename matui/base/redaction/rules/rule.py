"""A rule that masks a secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from matui.base.redaction.patterns import MASK
from matui.base.text.regex import LazyPattern


class MaskRule(NamedTuple):
    """``sign`` is in every text that ``pattern`` matches; ``mask`` is, or makes, what replaces a match."""

    sign: str
    pattern: LazyPattern
    mask: str | Callable[[re.Match[str]], str] = rf"\1{MASK}"
