"""Settles actions with an unknown end: later reads and polls write the verdict into the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from matui.base.clock import Clock
from matui.base.errors import MatuiError, NotFoundError, RateLimitedError, ServerFaultError, UnreachableError
from matui.clouds.protocols import Cloud, Effect, Reads, VerifiesEffects
from matui.live.actions.bulk_delete import NO_BULK, BulkOutcome, read_bulk_outcome
from matui.live.audit.entry import AuditEntry
from matui.live.audit.trail import Audit, AuditError, read_audit
from matui.live.poll.poller import Update
from matui.resources.model import Phase, Resource
from matui.resources.registry import INNER_KINDS, KINDS

REREAD_DELAY_S = 1.0  # after an answer that was lost
DELAYS_S = (2.0, 4.0, 8.0)
UNCHANGED_S = 60.0
GIVEN_UP_S = 3600.0
GONE = "gone"
MAX_REREADS = 20
MAX_AUDIT_BYTES = 250_000
_ENDS = {"stop": Phase.STOPPED, "start": Phase.RUNNING}
_ENDS_AS_IT_BEGAN = frozenset({"restart", "drain", "reboot", "reset"})
_SHOWN_BY_STATUS = _ENDS_AS_IT_BEGAN | {"start", "stop", "delete", "delete-versions", "rollback", "accept"}


async def wait_for_effect(
    cloud: VerifiesEffects,
    clock: Clock,
    action_id: str,
    resource: Resource,
    options: Mapping[str, str],
    is_cancelled: Callable[[], bool],
) -> Effect | None:
    """Return the effect of an action, read again with growing delays while it is not there or unreadable.

    None for an action that the status shows. Raises the error of the last read where that one failed.
    """
    for delay_s in DELAYS_S:
        with suppress(UnreachableError, ServerFaultError, RateLimitedError):
            effect = await cloud.read_effect(action_id, resource, options)
            if effect != "not yet" or is_cancelled():
                return effect
        await clock.sleep(delay_s)
    return await cloud.read_effect(action_id, resource, options)


class PendingAction(NamedTuple):
    """An action not settled yet: its audit id and line, and when it began, in seconds since the epoch.

    ``versions`` are the ids that it deletes; where there are some, only a list of all of them settles it.
    """

    action_id: str
    about: Mapping[str, Any]
    since_s: float
    versions: tuple[str, ...] = ()


class Reconciler:
    """Settles pending actions by the states that polls and reads show."""

    def __init__(self, audit: Audit, *, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock
        self._open: dict[tuple[str, str], list[PendingAction]] = {}

    @property
    def pending(self) -> tuple[tuple[str, str], ...]:
        """Kind and id of the resources with pending actions."""
        return tuple(self._open)

    def track(
        self, action_id: str, cloud: Cloud, action: str, before: Resource, versions: tuple[str, ...] = ()
    ) -> None:
        """Track an action just sent, and the ``versions`` that it deletes."""
        about = self._audit.describe_action_target(cloud, action, before)
        self._add(PendingAction(action_id, about, self._clock.now(), versions))

    def load_unknown(self, cloud: Cloud) -> None:
        """Track the actions that earlier runs of this profile left unknown."""
        reading = read_audit(self._audit.lines, self._clock.now(), last_bytes=MAX_AUDIT_BYTES)
        for entry in reading.entries:
            if entry.outcome == "unknown" and _shows_in_status(entry) and is_of(entry, cloud):
                self._add(PendingAction(entry.id, entry.about, (entry.at_ms or 0) / 1000, entry.versions))

    def _add(self, action: PendingAction) -> None:
        if action.about.get("action") not in _SHOWN_BY_STATUS:
            return
        key = (str(action.about.get("kind")), str(action.about.get("resource_id")))
        known = self._open.setdefault(key, [])
        if all(other.action_id != action.action_id for other in known):
            known.append(action)

    def observe_update(self, update: Update) -> None:
        """Settle by the rows of a poll."""
        snapshot = update.snapshot
        for key in [key for key in self._open if key[0] == snapshot.kind]:
            row = snapshot.rows.get(key[1])
            if row is not None:
                self.observe(row)
        for row in update.diff.removed:
            self.observe_missing(row.kind, row.id)

    def observe(self, resource: Resource) -> None:
        """Settle by the state of a resource; an expected (not yet polled) state is ignored."""
        if resource.facts.get("expected"):
            return
        now = self._clock.now()
        for action in self._find_pending(resource.kind, resource.id):
            verdict = judge_state(action.about, resource, now - action.since_s)
            if verdict:
                self._settle(action, verdict, resource.status)
            elif now - action.since_s > GIVEN_UP_S:
                self._forget(action)

    def observe_missing(self, kind: str, resource_id: str) -> None:
        """Settle by the fact that a resource no longer exists."""
        for action in self._find_pending(kind, resource_id):
            deleted = str(action.about.get("action")).startswith("delete")
            self._settle(action, "done" if deleted else GONE, GONE)

    def observe_parts(self, kind: str, resource_id: str, parts: BulkOutcome) -> None:
        """Settle a bulk deletion by the versions that no longer exist."""
        for action in self._open.get((kind, resource_id), [])[:]:
            unmoved = not parts.deleted and self._clock.now() - action.since_s < UNCHANGED_S
            if action.versions and not unmoved:
                verdict = "unchanged" if not parts.deleted else "changed" if parts.kept else "done"
                self._settle(action, verdict, "" if parts.kept else GONE, parts)

    def _find_pending(self, kind: str, resource_id: str) -> list[PendingAction]:
        """Return the pending actions on one resource that are no bulk deletions."""
        return [action for action in self._open.get((kind, resource_id), ()) if not action.versions]

    async def reread(
        self, cloud: Cloud, on_read: Callable[[str, str, Resource | None, float], None] | None = None
    ) -> None:
        """Read each of the resources once; what cannot be read stays pending.

        ``on_read`` is called with kind, id, the resource or None where it is gone, and when it was requested.
        """
        if not isinstance(cloud, Reads):
            return
        for kind, resource_id in self.pending[:MAX_REREADS]:
            now: Resource | None = None
            asked_at = self._clock.now()
            try:
                now = await cloud.read(kind, resource_id)
            except NotFoundError:
                self.observe_missing(kind, resource_id)
            except MatuiError:
                continue
            if now is not None:
                self.observe(now)
            if on_read is not None:
                on_read(kind, resource_id, now, asked_at)
            await self._reread_parts(cloud, kind, resource_id)

    async def _reread_parts(self, cloud: Cloud, kind: str, resource_id: str) -> None:
        for action in self._open.get((kind, resource_id), [])[:]:
            if action.versions:
                with suppress(MatuiError):
                    self.observe_parts(
                        kind, resource_id, await read_bulk_outcome(cloud, action.about, action.versions)
                    )

    def _settle(self, action: PendingAction, verdict: str, found: str, parts: BulkOutcome = NO_BULK) -> None:
        with suppress(AuditError):  # the next run tries again: the action is still unknown in the file
            self._audit.record_verdict(
                action.action_id, action.about, verdict=verdict, found=found, parts=parts
            )
        self._forget(action)

    def _forget(self, action: PendingAction) -> None:
        key = (str(action.about.get("kind")), str(action.about.get("resource_id")))
        left = [other for other in self._open.get(key, []) if other is not action]
        if left:
            self._open[key] = left
        else:
            self._open.pop(key, None)


def judge_state(about: Mapping[str, Any], now: Resource, passed_s: float) -> str:
    """Return the verdict of a state on an action sent ``passed_s`` seconds ago, ``""`` for none yet.

    ``done``: the state that the action leads to; ``changed``: another one than before; ``unchanged``:
    the same, at least a minute later (never for a restart and its like, which end in the same state).
    """
    action = str(about.get("action"))
    kind = KINDS.get(now.kind) or INNER_KINDS.get(now.kind)
    known = kind.find_action(action) if kind is not None else None
    if now.status != about.get("status_before"):
        expected = known is not None and now.status == known.expect_status(now)
        leaving = action.startswith("delete") and "DELET" in now.status.upper()
        return "done" if expected or leaving or now.phase is _ENDS.get(action) else "changed"
    return "unchanged" if passed_s >= UNCHANGED_S and action not in _ENDS_AS_IT_BEGAN else ""


def _shows_in_status(entry: AuditEntry) -> bool:
    """Return whether a status can settle the action: it does not show what a form has changed."""
    return not entry.verdict and entry.get_text("action") not in ("edit", "create", "rerun")


def is_of(entry: AuditEntry, cloud: Cloud) -> bool:
    """Return whether the action concerned the account, region and project of this cloud."""
    same_project = entry.get_text("project") in ("", cloud.project_id) or not cloud.project_id
    same_place = (entry.get_text("profile"), entry.get_text("region")) == (cloud.profile, cloud.region)
    return same_place and same_project and entry.get_text("cloud") == cloud.name
