"""The pollers of one cloud, one for each kind that is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from random import Random

from matui.base.clock import Clock
from matui.base.errors import UsageError
from matui.clouds.protocols import Cloud, Lists
from matui.live.poll.loop import Timing
from matui.live.poll.loop_controls import LoopControls
from matui.live.poll.poller import Poller, Recorder, Update
from matui.resources.model import Phase, Resource
from matui.resources.registry import KINDS, get_kind


class PollerSet:
    """Creates a poller for each kind on first use; ``cadence`` is in seconds by kind id.

    ``recorder_of`` returns what keeps the polls of a kind.
    """

    def __init__(
        self,
        cloud: Cloud,
        *,
        clock: Clock,
        rng: Random,
        cadence: Mapping[str, float],
        publish: Callable[[Update], None],
        workspace: str = "",
        parent: LoopControls | None = None,
        recorder_of: Callable[[str], Recorder] | None = None,
        enrich: Callable[[Resource], Resource] | None = None,
    ) -> None:
        if not isinstance(cloud, Lists):
            raise UsageError("This cloud has no lists to watch.")
        self._cloud: Lists = cloud
        self._kinds = tuple(kind_id for kind_id in cloud.kinds if kind_id in KINDS)
        self._profile = cloud.profile
        self._clock = clock
        self._rng = rng
        self._cadence = cadence
        self._publish = publish
        self._workspace = workspace
        self._recorder_of = recorder_of
        self._pollers: dict[str, Poller] = {}
        self._shown: str | None = None
        self._all_visible = True
        self._used: set[str] = set()
        self._enrich = enrich
        self.controls = LoopControls(parent)

    @property
    def workspace(self) -> str:
        """The workspace that the lists are limited to, ``""`` for all."""
        return self._workspace

    def get_poller(self, kind_id: str) -> Poller:
        """Return the poller of a kind, started on first use. Raises KeyError for an unknown kind."""
        poller = self._pollers.get(kind_id)
        if poller is None:
            poller = self._pollers[kind_id] = self._build(kind_id)
            poller.start()
        return poller

    def count_phases(self, kind_id: str) -> Mapping[Phase, int]:
        """Return the number of known rows of a kind by phase; empty before its first poll."""
        poller = self._pollers.get(kind_id)
        return poller.counts if poller is not None else {}

    def count_rows_in(self, phases: Iterable[Phase], kind_id: str) -> int:
        """Return the number of known rows of a kind in some phases."""
        poller = self._pollers.get(kind_id)
        return sum(poller.phases[phase] for phase in phases) if poller is not None else 0

    def show(self, kind_id: str | None) -> None:
        """Poll this kind at its cadence and the others at a quarter of theirs; None: no kind is shown.

        Kinds that have never been shown are polled at most once in ten minutes.
        """
        self._shown = kind_id
        self._all_visible = False
        for known, poller in self._pollers.items():
            poller.controls.hidden = known != kind_id
            poller.is_used = known in self._used or known == kind_id
        if kind_id is not None:
            self._use(kind_id)
            self.get_poller(kind_id)

    def show_all(self) -> None:
        """Poll every kind at a quarter of its cadence: a view of all kinds is shown."""
        self.show(None)
        for kind_id in self._kinds:
            self._use(kind_id)

    def _use(self, kind_id: str) -> None:
        self._used.add(kind_id)
        if kind_id in self._pollers:
            self._pollers[kind_id].is_used = True

    def trigger(self, kind_id: str) -> None:
        """Poll a kind as soon as possible, paused or not."""
        self.get_poller(kind_id).controls.trigger()

    def expect(self, resource: Resource, status: str, sent_at: float | None = None) -> None:
        """Show ``status`` until a poll reports it; does nothing for kinds without a poller."""
        poller = self._pollers.get(resource.kind)
        if poller is not None:
            poller.expect(resource, status, sent_at)

    def get_rows(self, kind_id: str) -> Mapping[str, Resource]:
        """Return the known rows of a kind by id; empty before its first poll."""
        poller = self._pollers.get(kind_id)
        return poller.rows if poller is not None else {}

    def get_fetch_time(self, kind_id: str) -> float | None:
        """Return when the rows of a kind were last fetched (seconds since the epoch), None before that."""
        poller = self._pollers.get(kind_id)
        return None if poller is None else poller.fetched_at

    def enrich_again(self, kind_id: str, resource_id: str) -> None:
        """Publish a row anew: more is known of it than the cloud says."""
        poller = self._pollers.get(kind_id)
        if poller is not None:
            poller.enrich_again(resource_id)

    def restart(self) -> None:
        """Discard every list, to be read anew: the time of a replay has jumped."""
        for poller in self._pollers.values():
            poller.restart()

    def set_workspace(self, workspace: str) -> None:
        """Limit every list to a workspace (``""``: all); the lists are loaded again."""
        self._workspace = workspace
        for kind_id, poller in self._pollers.items():
            if get_kind(kind_id).by_workspace:
                poller.set_workspace(workspace)

    async def aclose(self) -> None:
        """Stop every poller; nothing is published afterwards."""
        pollers, self._pollers = self._pollers, {}
        for poller in pollers.values():
            await poller.stop()

    def _build(self, kind_id: str) -> Poller:
        kind = get_kind(kind_id)
        poller = Poller(
            self._cloud,
            kind,
            timing=Timing(self._clock, self._rng, self._cadence.get(kind_id, kind.cadence_s), self.controls),
            publish=self._publish,
            workspace=self._workspace if kind.by_workspace else "",
            profile=self._profile,
            recorder=self._recorder_of(kind_id) if self._recorder_of is not None else None,
            enrich=self._enrich if kind_id == "jobs" else None,
        )
        poller.controls.hidden = not self._all_visible and kind_id != self._shown
        poller.is_used = self._all_visible or kind_id in self._used
        return poller
