"""The table of one kind on the browse screen: its filter, why it is empty, and the rows of an earlier run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.console.bars.overview import Overview
    from matui.console.table.widget import ResourceTable
    from matui.live.journal.warm import WarmRows
    from matui.live.poll.poller import Update
    from matui.live.poll.rows import Diff
    from matui.resources.filters import Filter
    from matui.resources.kind import Kind
    from matui.resources.model import Resource, ResourceKey

TRIAGE_ID = "triage"


@dataclass(slots=True)
class FilteredTable:
    """A table with its kind and filter; ``warm`` holds its rows of an earlier run until they are confirmed.

    ``loaded`` once it has had rows of this run. ``missing`` has the kinds that the filter leaves out, each
    with the reason, ``unknown`` counts the rows whose time, log or reason is not known, ``unlikely`` names
    words that no status has.
    """

    table: ResourceTable
    kind: Kind
    now_ms: Callable[[], float]
    filter_text: str = ""
    loaded: bool = False
    filter: Filter | None = None
    missing: dict[str, str] = field(default_factory=dict)
    unknown: int = 0
    unlikely: tuple[str, ...] = ()
    warm: WarmRows | None = None

    @property
    def wrong_terms(self) -> tuple[str, ...]:
        """The terms of the filter that match nothing, each with the reason."""
        if self.filter is None:
            return ()
        if self.kind.id == TRIAGE_ID:
            return self.filter.errors
        errors = self.filter.list_errors(self.kind.id, self.table.rows.resources)
        return (*errors, *self.missing.values())

    @property
    def left_out(self) -> str:
        """What the filter leaves out, with the reason: rows, and kinds that lack a field; ``""`` for none."""
        parts = [*self.unlikely]
        if self.unknown and self.filter is not None:
            parts.append(f"{self.unknown:,} left out: {self.filter.describe_unknown()}")
        if self.missing and self.kind.id == TRIAGE_ID:
            parts.append(self._describe_missing())
        return " · ".join(parts)

    @property
    def is_settled(self) -> bool:
        """Whether a poll without news changes nothing."""
        return self.loaded and not self.warm and self.table.row_count > 0

    def find_without_time(self) -> list[Resource]:
        """Return the rows that the filter leaves out as their time is not known."""
        from matui.resources.filter_fields import JOURNAL_FIELDS

        if not self.unknown or self.filter is None or not self.filter.names_any(JOURNAL_FIELDS):
            return []
        return self.filter.find_unknown(self.table.rows.resources, self.now_ms())

    def set_filter(self, text: str) -> None:
        """Filter the rows, and say why none is left."""
        self.take_filter(text)
        if self.loaded:
            self.check_fields()
            self.say_why_empty(None)

    def take_filter(self, text: str) -> None:
        """Set the filter of a table that may have no rows yet."""
        from matui.resources.filters import parse_filter

        self.filter_text = text.strip()
        self.filter = parse_filter(text) if self.filter_text else None
        self.table.set_filter(self.filter)
        self.table.settle_columns()

    def check_fields(self) -> None:
        """Leave out the kinds that lack a field of the filter, and keep the reasons."""
        if self.filter is None:
            self.missing, self.unknown, self.unlikely = {}, 0, ()
            return
        from matui.resources.kinds.triage import SEVERAL_KINDS

        rows, now_ms = self.table.rows.resources, self.now_ms()
        self.missing = self.filter.explain_missing_fields(rows, now_ms)
        checked = self.filter.exclude_kinds(self.missing)
        self.unknown = len(checked.find_unknown(rows, now_ms))
        is_one = self.kind.id not in SEVERAL_KINDS
        kind_ids = {self.kind.id: None} if is_one else {row.kind: None for row in rows}
        self.unlikely = self.filter.explain_unlikely_statuses(kind_ids, rows)
        if checked is not self.filter:
            self.filter = checked
            self.table.set_filter(checked)

    def apply(self, diff: Diff) -> None:
        """Change rows of a table that is loaded."""
        self.table.apply(diff)
        self.check_fields()

    def settle(self, update: Update) -> Diff:
        """Return what an update changes where rows of an earlier run are shown."""
        snapshot = update.snapshot
        if not self.warm or snapshot.freshness.fetched_at is None:
            return update.diff
        diff, differing = self.warm.settle(snapshot.profile, snapshot.kind, snapshot.rows, update.diff)
        self.table.highlight(differing)
        return diff

    def confirm(self, update: Update) -> None:
        """Take out unconfirmed rows of the list that has been answered, where no poller feeds the table."""
        from matui.live.poll.rows import Diff
        from matui.resources.model import is_unconfirmed

        snapshot = update.snapshot
        if self.loaded and self.warm and snapshot.freshness.fetched_at is not None:
            answered = (snapshot.profile, snapshot.kind)
            known = self.table.rows.resources
            came = [row for row in known if row.key[:2] == answered and not is_unconfirmed(row)]
            diff, differing = self.warm.settle(*answered, {row.id: row for row in came}, Diff(tuple(came)))
            self.table.apply(Diff(removed=diff.removed))
            self.table.highlight(differing)

    def fill(self, rows: Iterable[Resource], now: Overview) -> None:
        """Load the rows, unless they are loaded or there is nothing to load yet."""
        if not self.loaded and now.has_rows:
            differing: frozenset[ResourceKey] = frozenset()
            if self.warm is not None:
                rows, differing = self.warm.take_answers(rows)
            self.table.load(rows)
            self.table.highlight(differing)
            self.loaded = True
            self.check_fields()
        self.say_why_empty(now)

    def drop(self, profile: str) -> None:
        """Take out the rows of a profile."""
        from matui.live.poll.rows import Diff

        if self.warm is not None:
            self.warm.drop_profile(profile)
        gone = tuple(row for row in self.table.rows.resources if row.profile == profile)
        self.table.apply(Diff(removed=gone))

    def say_why_empty(self, now: Overview | None) -> None:
        """Set the text that stands in place of rows."""
        if now is not None and now.freshness.fetched_at is None and not (now.quiet and now.has_rows):
            whose = f"{now.whose}: " if now.whose else ""
            self.table.placeholder = f"{whose}{now.freshness.error}" if now.freshness.error else "loading …"
        elif self.filter_text:
            wrong = self.wrong_terms
            reason = "\n".join(wrong) if wrong else f"Nothing matches {self.filter_text}"
            if self.left_out and not wrong:
                reason = f"{reason}\n{self.left_out}"
            self.table.placeholder = f"{reason} – esc clears the filter."
        elif self.kind.id == TRIAGE_ID:
            self.table.placeholder = now.quiet if now is not None else ""
        else:
            self.table.placeholder = f"There are no {self.kind.title.lower()} here."

    def _describe_missing(self) -> str:
        terms = {reason.partition(": ")[0] for reason in self.missing.values()}
        return f"left out, without {' '.join(sorted(terms))}: {', '.join(self.missing)}"
