"""What the reference leaves open about logs, as choices a test can set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class LogDialect:
    """How the two log operations behave where the documentation is silent.

    ``inclusive``: the line at ``base_line`` comes again. ``echo_base``: ``start_line`` repeats a given
    ``base_line`` on the way to newer lines. ``joiner``: what stands between lines (doubled when
    each line keeps its own line end). ``empty_cursor``: what ``end_line`` says on a page without lines.
    ``numbers``: the types of ``start_line``, ``end_line`` and ``lines``; ``sample`` mixes them as the sample
    does. ``refuse_aom``: 5.1.13 answers ModelArts.0804. ``cut``: a byte slice that ends within a character
    either shows U+FFFD (``replace``) or gives the broken ends back (``back_off``, with a lower ``end_byte``).
    ``count_key``: the name of the byte count. ``v2_order``: whether ``asc`` leads to newer lines, as v2 words
    it, or to older ones, as v1 does. ``v2_turned``: ``desc`` sends its newest line first, and
    ``v2_cursors_turned`` its cursors too. ``preview_context``: the preview's text has its former name.
    """

    inclusive: bool = False
    echo_base: bool = False
    joiner: Literal["\n", "\n\n"] = "\n"
    final_newline: bool = True
    empty_cursor: Literal["echo", "empty", "null"] = "echo"
    numbers: Literal["sample", "strings", "numbers"] = "strings"
    refuse_aom: bool = False
    cut: Literal["replace", "back_off"] = "replace"
    count_key: Literal["count", "log_byte_count"] = "count"
    byte_strings: bool = True
    v2_order: Literal["as_worded", "as_v1"] = "as_worded"
    v2_turned: bool = True
    v2_cursors_turned: bool = True
    preview_context: bool = False
