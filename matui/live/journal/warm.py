"""The rows of an earlier run that are shown until the cloud has answered, and what differs then. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from matui.base.text.sanitize import clean
from matui.live.journal.change import Change, StoredAcknowledgement, StoredEnd, StoredReason, build_run_id
from matui.live.poll.rows import Diff
from matui.resources.kinds.triage import is_in_trouble
from matui.resources.model import AS_OF, Fact, Resource, ResourceKey
from matui.resources.times import SEEN_SINCE, STATE_SINCE, get_state_since

_List = tuple[str, str]


class WarmRows:
    """Unconfirmed rows of the lists, each known by profile and kind, that have not been answered yet.

    With ``in_trouble`` they are the failed and degraded ones alone: any other of these is new to it, while
    what is listed for another reason, such as for its time, may have been so before.
    """

    def __init__(self, rows: Iterable[Resource] = (), *, in_trouble: bool = False) -> None:
        self._in_trouble = in_trouble
        self._rows: dict[ResourceKey, Resource] = {row.key: row for row in rows}
        self._lists = {(row.profile, row.kind) for row in self._rows.values()}

    def __bool__(self) -> bool:
        return bool(self._rows)

    @property
    def as_of(self) -> int | None:
        """When the oldest of the rows was read, in ms since the epoch, None without any."""
        return min((int(row.get_number(AS_OF) or 0) for row in self._rows.values()), default=None)

    def is_awaited(self, profile: str, kind: str) -> bool:
        """Return whether there are rows of a list that has not been answered."""
        return (profile, kind) in self._lists

    def take_answers(self, rows: Iterable[Resource]) -> tuple[list[Resource], frozenset[ResourceKey]]:
        """Return the rows to show for the first answers, those still unconfirmed included, and what differs.

        A row differs where its state does, or where it was created after the earlier run.
        """
        answered = list(rows)
        lists = {(row.profile, row.kind) for row in answered}
        differing = frozenset(row.key for row in answered if self._differs(row))
        self._drop(lists)
        return [*answered, *self._rows.values()], differing

    def settle(
        self, profile: str, kind: str, rows: Mapping[str, Resource], diff: Diff
    ) -> tuple[Diff, frozenset[ResourceKey]]:
        """Return what the first answer of a list changes in the rows shown, and what differs."""
        if not self.is_awaited(profile, kind):
            return diff, frozenset()
        mine = {key: row for key, row in self._rows.items() if key[:2] == (profile, kind)}
        gone = tuple(row for key, row in mine.items() if key[2] not in rows)
        known = tuple(row for row in diff.added if row.key in mine)
        added = tuple(row for row in diff.added if row.key not in mine)
        differing = frozenset(row.key for row in diff.added if self._differs(row))
        self._drop({(profile, kind)})
        return Diff(added, (*diff.removed, *gone), (*diff.changed, *known)), differing

    def drop_profile(self, profile: str) -> None:
        """Drop the rows of a profile."""
        self._drop({each for each in self._lists if each[0] == profile})

    def _differs(self, row: Resource) -> bool:
        if (row.profile, row.kind) not in self._lists:
            return False
        was = self._rows.get(row.key)
        if was is None:
            is_new = row.created_at is not None and row.created_at > (self.as_of or 0)
            return is_new or (self._in_trouble and is_in_trouble(row))
        return (was.status, was.phase) != (row.status, row.phase)

    def _drop(self, lists: Collection[_List]) -> None:
        self._lists.difference_update(lists)
        self._rows = {key: row for key, row in self._rows.items() if key[:2] not in lists}


def explain_earlier(
    row: Resource,
    last: Change | None,
    found: StoredReason | None = None,
    *,
    end: StoredEnd | None = None,
    made: StoredAcknowledgement | None = None,
) -> Resource:
    """Return a row of an earlier run with since when its state lasts, and why, as triage shows them.

    ``last`` is the newest change of the resource, ``found`` the reason last found of it, ``end`` when it
    ended by its details, ``made`` its newest acknowledgement; one of another status says nothing of this.
    """
    facts: dict[str, Fact] = {**row.facts, "what": row.phase.value}
    if made is not None and made.status == row.status and (last is None or last.seen_at <= made.at):
        facts |= {"ack_by": clean(made.by), "ack_at": made.at, "ack_note": clean(made.note)}
    if last is not None and last.after != row.status:
        last = None
    if get_state_since(row) is None:
        facts |= _find_since(row, last, end)
    if reason := row.get_text("failure") or (last.reason if last is not None else ""):
        facts |= {"why": clean(" ".join(reason.split())), "why_source": "cloud"}
    elif found is not None and found.status == row.status:
        facts |= {"why": clean(found.words), "why_source": found.source or "journal"}
    return replace(row, facts=facts)


def _find_since(row: Resource, last: Change | None, end: StoredEnd | None) -> dict[str, Fact]:
    """Return since when the state lasts that a run ended in, or that ``last`` led to, as a fact."""
    if end is not None and (end.status, end.run) == (row.status, build_run_id(row)):
        return {STATE_SINCE: end.ended_at}
    if last is None:
        return {}
    if last.before is not None or last.entered_at is not None:
        return {STATE_SINCE: last.shown_at}
    return {SEEN_SINCE: last.seen_at}
