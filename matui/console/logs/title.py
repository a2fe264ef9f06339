"""The title of a log pane: the files, the tail, the reader, and what is being searched for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from matui.base.text.formatting import pluralize
from matui.base.text.sanitize import clean
from matui.console.lines.view import describe_matches

if TYPE_CHECKING:
    from matui.console.logs.commands import LogParts
    from matui.console.logs.shown import LogHost
    from matui.console.logs.shown_lines import Fold

WIDEST = 24
_LEAST_FILE = 4
_FOLDED: dict[Fold, str] = {"platform": "platform folded", "repeats": "tracebacks once"}
TitleMarks: TypeAlias = list[tuple[str, str]]


class LogTitle:
    """Describes the state of a log pane in words and their styles, the most important first."""

    def __init__(self, host: LogHost, parts: LogParts) -> None:
        self._host = host
        self._parts = parts
        self._view = parts.view
        self._shown = parts.shown
        self.widest_file = WIDEST
        self.is_narrow = False  # then what is being read is described in one word

    def shorten_file(self, by: int) -> None:
        """Show a number of characters less of the name of the file, but some of them."""
        self.widest_file = max(_LEAST_FILE, min(self.widest_file, len(self._shown.file)) - by)

    def build_marks(self) -> TitleMarks:
        """Return words and their styles."""
        if self._parts.alerts.flashing:
            return [
                (f"⚑ {self._parts.alerts.flashing}", "bold reverse $text-warning"),
                *self._build_file_marks(),
            ]
        return [
            *self._build_work_marks(),
            *self._build_file_marks(),
            *self._build_finding_marks(),
            *self._build_tail_marks(),
        ]

    def _build_file_marks(self) -> TitleMarks:
        shown = self._shown
        if shown.merged is not None:
            count = len(shown.merged.files)
            return [(f"{count - len(shown.merged.off)} of {count} files merged", "$text-muted")]
        if not shown.file:
            return []
        several = len(shown.files) > 1
        place = f" ({shown.files.index(shown.file) + 1}/{len(shown.files)})" if several else ""
        return [(f"{_shorten(shown.file, self.widest_file)}{place}", "$text-muted")]

    def _build_tail_marks(self) -> TitleMarks:
        state = self._shown.state
        if state is None:
            return []
        found: TitleMarks = [("bytes", "$text-warning")] if state.fallback else []
        if state.capped:
            found.append(("disk cap: old lines are fetched again", "$text-warning"))
        states = self._shown.followed.states.values()
        held = self._shown.describe_pending() if self._shown.merged else ""
        if held:
            found.append((held, "$text-warning"))
        elif self._host.resource.phase.ended:
            found.append(self._describe_end())
        elif self._view.follow:
            behind = any(each.behind for each in states)
            found.append(("catching up" if behind else "following", "$text-success"))
        if self._view.new_below:
            found.append((f"↓ {self._view.new_below:,} new", "bold $accent"))
        return found

    def _describe_end(self) -> tuple[str, str]:
        """Return that the job has ended, and whether its log is here as a whole or what is missing."""
        gaps = self._shown.count_gaps()
        if not self._shown.has_end:
            return ("ended, reading the end", "$text-warning")
        if gaps:
            return (f"ended, {pluralize(gaps, 'gap')}", "$text-warning")
        if self.is_narrow:
            return ("ended", "$text-muted")
        return (f"ended, {'complete' if self._shown.at_top else 'older lines above'}", "$text-muted")

    def _build_finding_marks(self) -> TitleMarks:
        view, found = self._view, TitleMarks()
        lines = self._parts.lines
        if lines.text:
            count = view.filter.found if view.filter else 0
            found.append((f"&{_shorten(lines.text)} {count:,}", "bold $accent"))
        found += [
            (f"{_FOLDED[fold]} ({lines.folding.count(fold):,})", "$accent")
            for fold in sorted(lines.folding.on)
        ]
        if self._host.search_text:
            counted = describe_matches(view, all_read=self._shown.at_top)
            found.append((f"/{_shorten(self._host.search_text)} {counted}", "bold $accent"))
        place, count = view.errors.position
        if place:
            found.append((f"error {place:,}/{count:,}", "$text-error"))
        return found

    def _build_work_marks(self) -> TitleMarks:
        saved, backfill = self._parts.export.saved, self._parts.backfill
        found: TitleMarks = [(f"saving {saved:,} · esc stops", "$accent")] if saved else []
        if backfill.active:
            held = self._view.end - self._view.first
            words = backfill.words.split()[0] if self.is_narrow else backfill.words
            lines = f"{held:,}" if self.is_narrow else pluralize(held, "line")
            found.append((f"{words} · {lines} · esc stops", "bold $accent"))
        elif any(state.loading_older for state in self._shown.followed.states.values()):
            found.append(("older …", "$text-muted"))
        return found


def _shorten(text: str, widest: int = WIDEST) -> str:
    """Return what fits beside everything else; a title never wraps within a word."""
    shown = clean(text)
    return shown if len(shown) <= widest else f"{shown[: widest - 1]}…"
