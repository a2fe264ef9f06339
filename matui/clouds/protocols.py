"""The protocols of a cloud: each cloud implements as many as its API allows.

Every method raises the errors of :mod:`matui.base.errors` and nothing else. No method retries an action.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeGuard, TypeVar, runtime_checkable

from matui.base.clock import Clock, CloudClock, compute_correction_s
from matui.base.errors import RefusedError
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.resources.detail import Detail, Event, Gauge, Metrics, PoolUsage, Section
    from matui.resources.forms.form import Form, FormMode, Problem, Values


class ListRequest(NamedTuple):
    """A page of a list: ``number`` counts from 0, ``size`` is in rows; newest first where possible.

    ``brief`` is set by pollers: where each row takes a request of its own, rows may come without details.
    """

    kind: str
    number: int = 0
    size: int = 1000
    workspace: str = ""
    brief: bool = False


class Page(NamedTuple):
    """One page. ``total`` is the number of rows in all that can be listed, None when the cloud did not say.

    ``newest_first`` is true when the rows are known to be sorted by creation, newest first. ``stated`` is the
    number in all as the cloud states it, at least, None where it may count rows that are not listed.
    ``has_more`` is set where the cloud leaves rows out of pages, so that neither a short page nor the total
    shows the end: whether rows may follow.
    """

    resources: tuple[Resource, ...]
    total: int | None
    newest_first: bool = False
    stated: int | None = None
    has_more: bool | None = None


class ActionResult(NamedTuple):
    """The result of an action on one resource: ``error`` is None when the cloud accepted it.

    ``status`` is the status in the answer, ``""`` for none. Where one action covers several resources,
    ``deleted`` are the ids that were accepted and ``kept`` those that were not, each with the reason.
    """

    resource: Resource
    request_id: str = ""
    status: str = ""
    error: Exception | None = None
    deleted: tuple[str, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of a log exactly as it came: nothing is split, joined or trusted yet.

    ``start`` and ``end`` are opaque cursors, ``""`` when absent or null; ``count`` is the number of lines the
    cloud says ``content`` holds, None when it did not say.
    """

    content: str
    start: str = ""
    end: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class LogBytes:
    """A window of a log by position: ``end`` is the position after it, ``count`` its bytes, None unsaid."""

    content: str
    end: int | None = None
    count: int | None = None


class BudgetState(NamedTuple):
    """Requests sent in the last minute and how many may be."""

    used: int
    limit: int

    @property
    def reserve(self) -> int:
        """The requests that are kept back for actions."""
        return min(10, self.limit // 10)

    @property
    def holds_polls(self) -> bool:
        """Whether a request that is no action has to wait."""
        return self.used >= self.limit - self.reserve


NO_REQUESTS = BudgetState(0, 1_000_000)
"""The budget of a cloud that answers from a file and sends nothing."""


Capability = TypeVar("Capability")
_LACKING = {
    "ListsCatalog": "has no catalogs",
    "ListsVersions": "has no versions",
    "ListsNodes": "has no nodes",
    "ReportsEvents": "has no events",
    "ReportsMetrics": "has no metrics",
    "ReportsUpdates": "has no history of updates",
    "TailsLogs": "has no logs",
    "Forms": "has no forms",
}


def require(cloud: object, capability: type[Capability]) -> Capability:
    """Return ``cloud`` as something that offers ``capability``. Raises RefusedError where it does not."""
    if not isinstance(cloud, capability):
        lacking = _LACKING.get(capability.__name__, "does not offer this")
        raise RefusedError(f"{name_cloud(cloud)} {lacking}.")
    return cloud


@cache
def _has_methods(cloud_type: type, capability: type) -> bool:
    return issubclass(cloud_type, capability)


def has_capability(cloud: object, capability: type[Capability]) -> TypeGuard[Capability]:
    """Return whether the class of ``cloud`` has the methods of ``capability``.

    Python looks at each method anew for each isinstance, and the bars ask at each key and each second.
    """
    types: tuple[type, type] = (type(cloud), capability)
    return _has_methods(*types)


def name_cloud(cloud: object) -> str:
    """Return the name of the cloud as text shows it: with the version of its API where it has several."""
    return getattr(cloud, "title", None) or getattr(cloud, "name", None) or "This cloud"


def get_clock_offset_s(cloud: object) -> float | None:
    """Return the cloud's clock minus this machine's in seconds: its ``clock_offset_s``, None when unknown."""
    offset_s: float | None = getattr(cloud, "clock_offset_s", None)
    return offset_s


def compute_clock_correction_ms(cloud: object) -> float:
    """Return what to add to this machine's time to compare it with the cloud's times, in ms."""
    return compute_correction_s(get_clock_offset_s(cloud)) * 1000


def build_cloud_clock(cloud: object, clock: Clock) -> Clock:
    """Return the clock of the cloud: ``clock``, moved by the offset that answers have shown."""
    return CloudClock(clock, lambda: get_clock_offset_s(cloud))


class Cloud(Protocol):
    """One profile's connection to one cloud."""

    @property
    def name(self) -> str:
        """``modelarts``, ``qianfan`` or ``opensearch``."""

    @property
    def profile(self) -> str:
        """The profile's name."""

    @property
    def region(self) -> str:
        """The region, ``""`` when it has none."""

    @property
    def project_id(self) -> str:
        """The project's id, ``""`` until it is known."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The ids of the kinds this cloud has."""

    def get_budget(self) -> BudgetState:
        """Return the request budget as it stands."""

    async def aclose(self) -> None:
        """Close every connection."""


@runtime_checkable
class Lists(Protocol):
    """Lists resources a page at a time."""

    async def list_page(self, request: ListRequest) -> Page:
        """Return one page; a page past the end is empty."""


@runtime_checkable
class LimitsPages(Protocol):
    """Knows how many rows one request of a list can hold."""

    def get_page_limit(self, kind: str, workspace: str = "") -> int:
        """Return the most rows in a page that takes one request, as observed so far."""


@runtime_checkable
class Reads(Protocol):
    """Reads one resource anew."""

    async def read(self, kind: str, resource_id: str) -> Resource:
        """Return the resource as it is now. Raises NotFoundError. A job's version is ``JOB/VERSION``."""


@runtime_checkable
class Describes(Protocol):
    """Reads one resource with all its details."""

    async def describe(self, resource: Resource) -> Detail:
        """Return the resource as it is now with every section known."""


@runtime_checkable
class Acts(Protocol):
    """Acts on resources."""

    def offers(self, kind: str, action: str) -> bool:
        """Whether this cloud has the action for the kind."""

    def batches(self, kind: str, action: str) -> bool:
        """Whether one request can carry several resources."""

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
        """Send the action for resources of one kind; the answer holds one entry a resource, in order.

        A failure is in the entry's ``error``, never raised.
        """


@dataclass(frozen=True, slots=True)
class Briefing:
    """The effects of an action, a line each, and its ``options`` as the cloud completes them.

    ``touched`` names what is changed or interrupted: one that is added later needs another confirmation.
    ``work`` holds the names and ids of the work that is interrupted, by the id of the resource it runs on.
    """

    notes: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    touched: tuple[str, ...] = ()
    work: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@runtime_checkable
class ActsWithOptions(Protocol):
    """Acts on resources by actions that need more than their target."""

    async def brief(self, action: str, resources: Sequence[Resource], options: Mapping[str, str]) -> Briefing:
        """Return what the action will touch. Raises UsageError for options that do not fit."""

    async def act_with(
        self, action: str, resources: Sequence[Resource], options: Mapping[str, str]
    ) -> tuple[ActionResult, ...]:
        """Send the action with its options, as :meth:`Acts.act` does."""

    def get_batch_limit(self, kind: str, action: str) -> int | None:
        """Return how many resources one request can carry, None where the cloud states no limit."""


Effect = Literal["done", "not yet", "not stated"]


@runtime_checkable
class VerifiesEffects(Protocol):
    """Verifies by a read whether an action that no status shows has been done."""

    async def read_effect(self, action: str, resource: Resource, options: Mapping[str, str]) -> Effect | None:
        """Return the effect: ``not stated`` if the API has none to read, None if the status shows it."""


@runtime_checkable
class ExplainsUnsupported(Protocol):
    """Gives reasons why it lacks a kind, an action, a form (``edit``) or a pane (``events``)."""

    def explain_unsupported(self, kind: str, action: str) -> str | None:
        """Return the reason, None where there is none but that the cloud does not implement the protocol."""


def explain_unsupported(cloud: object, kind: str, what: str) -> str | None:
    """Return the reason that a cloud gives why it lacks an action, a form or a pane of a kind, or None."""
    if has_capability(cloud, ExplainsUnsupported):
        return cloud.explain_unsupported(kind, what)
    return None


@runtime_checkable
class ListsVersions(Protocol):
    """Lists a job's versions."""

    async def fetch_versions(self, job: Resource) -> tuple[Resource, ...]:
        """Return the versions, newest first, as resources of kind ``versions``."""


@runtime_checkable
class ListsReruns(Protocol):
    """Lists the runs of a job where each run is a job of its own."""

    async def fetch_reruns(self, job: Resource) -> tuple[Resource, ...]:
        """Return the jobs of the same lineage, this one among them, newest first."""


@runtime_checkable
class ListsNodes(Protocol):
    """Lists the edge nodes a service runs on."""

    async def fetch_nodes(self, service: Resource) -> tuple[Resource, ...]:
        """Return the nodes as resources of kind ``nodes``; none for a service that runs on no edge."""


@runtime_checkable
class ReportsUpdates(Protocol):
    """Reports how a service was changed."""

    async def fetch_updates(self, service: Resource) -> tuple[Section, ...]:
        """Return the updates, latest first, a section each."""


@runtime_checkable
class ListsCatalog(Protocol):
    """Lists the values to choose from in a form."""

    async def fetch_choices(self, catalog: str) -> tuple[Resource, ...]:
        """Return a catalog as resources of that kind; ``catalog`` is an id of ``resources.catalogs``."""


@runtime_checkable
class ReportsEvents(Protocol):
    """Reports the events of a resource."""

    async def fetch_events(self, resource: Resource) -> tuple[Event, ...]:
        """Return the latest events, oldest first."""


@runtime_checkable
class ReportsMetrics(Protocol):
    """Reports the resource usage and scores of a resource."""

    async def fetch_metrics(self, resource: Resource) -> Metrics:
        """Return series and gauges; both empty when the cloud has none yet."""


@runtime_checkable
class ReportsPoolUsage(Protocol):
    """Reports the cards and workloads of a resource pool."""

    async def fetch_pool_usage(self, pool: Resource) -> PoolUsage | None:
        """Return nodes and workloads of a pool, None where the API does not list them."""


@runtime_checkable
class ReportsSoldOut(Protocol):
    """Reports the flavors without resources."""

    async def list_sold_out_flavors(self, kind: str) -> frozenset[str]:
        """Return the ids and names of the flavors of a kind that are stated to be sold out."""


@runtime_checkable
class ReportsQuotas(Protocol):
    """Reports the quotas of the account that belong to no workspace."""

    async def fetch_quotas(self) -> tuple[Gauge, ...]:
        """Return the quotas; none where the API has none."""


@runtime_checkable
class TailsLogs(Protocol):
    """Reads logs, by line cursor or by byte position. ``job`` may be a job or a version."""

    async def list_log_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of the log files; empty while there are none yet."""

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return at most ``limit`` (≤ 500) lines after ``base``, or before it when ``older``.

        An empty ``base`` asks for the newest lines (with ``older``: for the oldest, where the cloud can).
        """

    async def read_log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return at most ``length`` (≤ 2048) bytes from ``start``; -1 asks for the newest bytes."""


class FormResult(NamedTuple):
    """The result of a form: ``resource_id`` of the resource made or changed, ``status`` as answered."""

    resource_id: str = ""
    request_id: str = ""
    status: str = ""


@runtime_checkable
class Forms(Protocol):
    """Offers forms to edit, create and rerun, and sends them."""

    def has_form(self, kind: str, mode: FormMode) -> bool:
        """Whether the kind has such a form in this cloud."""

    async def edit_form(self, resource: Resource) -> Form:
        """Return the form to edit the resource as it is now. Raises RefusedError where it has none."""

    async def create_form(self, kind: str, workspace: str) -> Form:
        """Return the form of a new resource of the kind."""

    async def rerun_form(self, job: Resource) -> Form:
        """Return the configuration of a version, or of the version a job shows, for a new version."""

    def find_problems(self, form: Form, values: Values) -> tuple[Problem, ...]:
        """Return the problems in ``values`` by the known limits of the cloud; no I/O."""

    async def send_form(self, form: Form, values: Values) -> FormResult:
        """Send the changes of ``values`` against the form, one request after another until one fails."""
