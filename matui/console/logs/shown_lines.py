"""Which lines of a log are shown: of the files that are on, that match the filters, not folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matui.base.log_lines.control import render_plain_text
from matui.console.lines.search import FindLines
from matui.console.logs.folding import Fold, Folding
from matui.console.logs.line_terms import LineTerms, parse_terms

if TYPE_CHECKING:
    from matui.base.log_lines.errors import ErrorRules
    from matui.console.logs.shown import ShownLog
    from matui.console.logs.view import LogView

CONTEXT = 2  # lines shown around one that stays


class ShownLines:
    """The filter and the folds of one log pane. ``text`` is the filter as it was typed.

    ``rules`` say which lines are errors; those of the platform are never folded.
    """

    def __init__(self, view: LogView, shown: ShownLog, rules: ErrorRules) -> None:
        self.text = ""
        self.folding = Folding(rules)
        self._view = view
        self._shown = shown

    @property
    def is_partial(self) -> bool:
        """Whether lines are left out."""
        merged = self._shown.merged
        return bool(self.text or self.folding.on or (merged is not None and merged.off))

    def forget(self) -> None:
        """Forget the filter: another log is shown. The folds stay."""
        self.text = ""

    def set_filter(self, text: str) -> str:
        """Show only lines that match, or all; return what is wrong with the filter, or ``""``."""
        terms = parse_terms(text)
        if isinstance(terms, str):
            return terms
        self.text = text
        self.show()
        return ""

    def toggle(self, fold: Fold) -> bool:
        """Turn a fold on or off; return whether it is on now."""
        self.folding.on ^= {fold}
        self.show()
        return fold in self.folding.on

    def show(self) -> None:
        """Show the lines anew."""
        view, merged = self._view, self._shown.merged
        files: FindLines | None = merged.find if merged is not None and merged.off else None
        terms = parse_terms(self.text) if self.text else None
        if view.base.first < view.base.end:
            view.placeholder = "No line matches."
        view.annotate = None
        if self.folding.on:
            self._show_folded(files, terms if isinstance(terms, LineTerms) else None)
        elif not isinstance(terms, LineTerms):
            view.show_only(files)
        else:
            view.show_only(self._narrow(files, terms), CONTEXT if terms.is_single and files is None else 0)

    def _show_folded(self, files: FindLines | None, terms: LineTerms | None) -> None:
        view, merged, folding, texts = self._view, self._shown.merged, self.folding, self._list_texts
        source, narrowed = view.base, self._narrow(files, terms)

        def name_file(number: int) -> str:
            return merged.files[merged.log.get_file(number)[0]] if merged else ""

        def find(low: int, high: int) -> list[int]:
            was_late = folding.is_late
            unfolded = folding.find_shown(low, high, texts, source.first, source.end)
            if folding.is_late and not was_late:
                view.call_later(show_again)
            return sorted({*unfolded} & {*narrowed(low, high)})

        def show() -> None:
            view.show_only(find, describe=folding.describe if files is None and terms is None else None)

        def show_again() -> None:
            if folding.is_late and folding.on and view.base is source:
                folding.look_again()
                show()

        folding.restart(name_file)
        view.annotate = folding.note
        show()

    def _narrow(self, files: FindLines | None, terms: LineTerms | None) -> FindLines:
        """Return what finds the lines of files that are on that meet the terms."""

        def find(low: int, high: int) -> list[int]:
            numbers = range(low, high) if files is None else files(low, high)
            if terms is None:
                return list(numbers)
            texts = self._list_texts(low, high)
            matches = terms.wanted[0] if terms.is_single else terms.match
            return [number for number in numbers if matches(texts[number - low])]

        return find

    def _list_texts(self, begin: int, end: int) -> list[str]:
        texts = self._view.base.list_texts(begin, end)
        return [text if text.isascii() and text.isprintable() else render_plain_text(text) for text in texts]
