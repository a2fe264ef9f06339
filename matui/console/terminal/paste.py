"""Removes control sequences from bracketed pastes, which Textual's parser reads as keys."""

from __future__ import annotations

import re

_START, _END = "\x1b[200~", "\x1b[201~"
_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC and other strings
    r"|\x1b[ -/]*[0-Z\\-~]?"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)


class PasteFilter:
    """Filters what the terminal sends: a paste keeps its text, tabs and ends of lines only.

    A paste that holds the sequence that ends a paste goes to the last one that was read with it.
    """

    def __init__(self) -> None:
        self._is_paste = False
        self._held = ""  # within a paste: what may be the beginning of its end
        self._before = ""  # outside: the last characters, which may be the beginning of a start

    def feed(self, text: str) -> str:
        """Return what the parser may read of the characters that were read."""
        passed: list[str] = []
        while text:
            text = self._paste(text, passed) if self._is_paste else self._typed(text, passed)
        return "".join(passed)

    def _typed(self, text: str, passed: list[str]) -> str:
        """Pass what was typed, up to the start of a paste; return the rest."""
        seen = self._before + text
        at = seen.find(_START)
        if at < 0:
            self._before = seen[1 - len(_START) :]
            passed.append(text)
            return ""
        end = at + len(_START) - len(self._before)
        self._before, self._is_paste = "", True
        passed.append(text[:end])
        return text[end:]

    def _paste(self, text: str, passed: list[str]) -> str:
        """Pass the text of a paste, up to its end; return the rest."""
        text, self._held = self._held + text, ""
        following = text.find(_START)
        end = text.rfind(_END, 0, following if following >= 0 else None)
        if end < 0:
            sizes = range(len(_END) - 1, 0, -1)
            held = next((size for size in sizes if text.endswith(_END[:size])), 0)
            self._held = text[len(text) - held :]
            passed.append(_SEQUENCE.sub("", text[: len(text) - held]))
            return ""
        self._is_paste = False
        passed.append(_SEQUENCE.sub("", text[:end]) + _END)
        return text[end + len(_END) :]
