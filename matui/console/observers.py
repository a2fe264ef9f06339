"""Capsules and notifications of changes while the console runs. Started after the first rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from matui.console.notices import MORE_CAPSULES, GroupedNotices, TerminalAnnouncer

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from matui.base.clock import Clock
    from matui.base.log_lines.errors import ErrorRules
    from matui.clouds.protocols import Cloud
    from matui.config.section_settings import NotifyRule
    from matui.config.settings import Settings
    from matui.live.capsules.archive import StoredCapsule
    from matui.live.capsules.cloud import NewParser
    from matui.live.capsules.keeper import CapsuleKeeper
    from matui.live.capsules.manifest import Manifest
    from matui.live.journal.change import Account
    from matui.live.notify.notifier import Announcer, Notifier
    from matui.live.notify.rules import NotificationRule
    from matui.live.notify.watches import Watches
    from matui.live.poll.poller_set import PollerSet
    from matui.live.transitions_feed import TransitionFeed
    from matui.live.triage.item import Why
    from matui.resources.model import Resource


class ReasonDisplay(Protocol):
    """Shows why resources failed."""

    def explain(self, resource: Resource, why: Why) -> None:
        """Show in triage why a resource failed."""

    def awaits_reasons(self) -> bool:
        """Return whether reasons of failures on the screen are being fetched."""


@dataclass(slots=True)
class Observers:
    """The observers of the changes of one profile; ``folder`` is that of its capsules."""

    feed: TransitionFeed
    cloud: Cloud
    pollers: PollerSet
    settings: Settings
    clock: Clock
    rng: Random
    folder: Path
    account: Callable[[], Account]
    watches: Watches
    _keeper: CapsuleKeeper | None = None
    _notifier: Notifier | None = None

    def start(
        self, announcer: TerminalAnnouncer, reasons: ReasonDisplay, names_profile: Callable[[], bool]
    ) -> None:
        """Begin to act on changes; ``announcer`` is how the terminal announces them.

        ``reasons`` shows the reason that a capsule has of a failure; ``names_profile`` returns whether a
        notification has to name the profile.
        """
        self.feed.start()
        if self.settings.capsules.enabled:
            self._keeper = self._build_keeper(announcer, reasons, names_profile)
            self._keeper.start()
        self._notifier = self._build_notifier(announcer, names_profile)
        self._notifier.start()

    async def aclose(self) -> None:
        """Stop."""
        self.feed.stop()
        if self._keeper is not None:
            await self._keeper.aclose()
        if self._notifier is not None:
            await self._notifier.aclose()

    def is_watched(self, resource: Resource) -> bool:
        """Return whether the next end of a resource is announced."""
        return self.watches.has(self.account(), resource.kind, resource.id)

    def toggle_watch(self, resource: Resource) -> bool:
        """Announce the next end of a resource, or not any more; return whether. Raises OSError."""
        return self.watches.toggle(self.account(), resource.kind, resource.id, int(self.clock.now() * 1000))

    def _build_notifier(self, announcer: Announcer, names_profile: Callable[[], bool]) -> Notifier:
        from matui.live.notify.notifier import Notifier

        return Notifier(
            self.feed,
            [_build_rule(number, rule) for number, rule in enumerate(self.settings.notify)],
            self.watches,
            self.clock,
            announcer,
            account=self.account,
            find_row=self._find_row,
            names_profile=names_profile,
        )

    def _build_keeper(
        self, announcer: TerminalAnnouncer, reasons: ReasonDisplay, names_profile: Callable[[], bool]
    ) -> CapsuleKeeper:
        from matui.live.capsules.keeper import CapsuleKeeper

        notices = GroupedNotices(announcer.warn, announcer.end, MORE_CAPSULES)

        def report(words: str) -> None:
            whose = f"{self.cloud.profile}: " if names_profile() else ""
            notices.add(f"{whose}{words}", self.clock.monotonic())

        settings, logs = self.settings.capsules, self.settings.logs
        return CapsuleKeeper(
            self.cloud,
            self.feed,
            self._write_capsule,
            self.clock,
            self.rng,
            limit_bytes=int(settings.megabytes_each * 1_000_000),
            find_row=self._find_row,
            report=report,
            explain=reasons.explain,
            find_why=partial(
                _explain_capsule, rules=logs.compile_error_rules(), new_parser=logs.build_time_parser
            ),
            awaits_reasons=reasons.awaits_reasons,
        )

    def _write_capsule(self, manifest: Manifest, entries: Mapping[str, bytes]) -> StoredCapsule:
        from matui.live.capsules.archive import CapsuleStore

        limit = int(self.settings.capsules.megabytes * 1_000_000)
        return CapsuleStore(self.folder, limit_bytes=limit).write(manifest, entries)

    def _find_row(self, kind: str, ident: str) -> Resource | None:
        return self.pollers.get_rows(kind).get(ident)


def _explain_capsule(capsule: StoredCapsule, *, rules: ErrorRules, new_parser: NewParser) -> Why | None:
    from matui.live.capsules.cloud import explain_capsule

    return explain_capsule(capsule, rules, new_parser)


def _build_rule(number: int, settings: NotifyRule) -> NotificationRule:
    """Return a rule of the config file. Raises ConfigError for a word in it that does not exist."""
    from matui.base.errors import ConfigError
    from matui.live.notify.rules import QuietHours, RuleError, build_rule

    try:
        rule = build_rule(settings.kinds, settings.filter, settings.to, settings.before)
    except RuleError as error:
        key = f"notify.{number}.{error.field}"
        raise ConfigError(error.sentence, key=key, remedy=error.remedy) from None
    quiet = QuietHours.parse(settings.quiet) if settings.quiet else None
    return replace(rule, by=tuple(settings.by), command=tuple(settings.command), quiet=quiet)
