"""The checks of ``matui doctor``: credentials, network, clock, project and the list of each kind."""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx

from matui.base.calls.gather import iterate_side_by_side
from matui.base.clock import Clock
from matui.base.errors import (
    AuthenticationError,
    CloudError,
    MatuiError,
    PermissionDeniedError,
    TimedOutError,
    UnreachableError,
)
from matui.base.text.formatting import format_duration
from matui.base.text.sanitize import clean
from matui.clouds.http.budget import Budget
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Call
from matui.clouds.http.proxies import NetworkSettingError, find_ignored_entries, find_proxy
from matui.clouds.http.transport import CONNECT_S, READ_S, open_client
from matui.clouds.modelarts.base_cloud import BaseModelArtsCloud
from matui.clouds.modelarts.endpoints import get_iam_endpoint, get_modelarts_endpoint
from matui.clouds.modelarts.factory import choose_cloud, open_api_session
from matui.clouds.modelarts.session import ModelArtsSession
from matui.clouds.peer_factory import PEERS, get_peer_endpoint, open_peer
from matui.clouds.protocols import BudgetState, ListRequest, Page, name_cloud
from matui.config.credentials import add_default_keys
from matui.config.regions import REGIONS, describe_unknown_region
from matui.config.settings import Profile

State: TypeAlias = Literal["ok", "warn", "fail"]
T = TypeVar("T")
_LISTED = 50
_AT_ONCE = 4
_READ_TIMEOUTS = 3
_REPORT_S = 1.0
_BUDGET_CHECK_S = 0.5
_WARN_SKEW_S, _FAIL_SKEW_S = 60.0, 840.0


class Check(NamedTuple):
    """The result of one check; ``exit_code`` is that of the whole command when it failed."""

    name: str
    state: State
    found: str
    remedy: str = ""
    exit_code: int = 0


class CheckLimit:
    """The time by which the checks of a profile end: a second after three read time-outs.

    Time in which the request budget holds requests back does not count.
    """

    def __init__(self, profile: Profile, budget: Callable[[], BudgetState]) -> None:
        self.read_s = profile.read_timeout
        self._seconds = _READ_TIMEOUTS * self.read_s + _REPORT_S
        self._budget = budget
        self._ends_at = asyncio.get_running_loop().time() + self._seconds

    async def apply(self, step: Coroutine[Any, Any, T]) -> T:
        """Return the result of a step. Raises TimedOutError, and ends the step, where it is late."""
        task = asyncio.ensure_future(step)
        try:
            while not task.done():
                await asyncio.wait((task,), timeout=max(self._compute_left_s(), _BUDGET_CHECK_S))
                if not task.done() and self._compute_left_s() <= 0:
                    raise TimedOutError(
                        f"There was no answer within {self._seconds:g} s, all checks included.",
                        remedy="To wait longer, raise read_timeout of the profile; the limit is 3 times it.",
                    )
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _compute_left_s(self) -> float:
        """Return the seconds left; the budget starts them anew."""
        now = asyncio.get_running_loop().time()
        if self._budget().holds_polls:
            self._ends_at = max(self._ends_at, now + self._seconds)
        return self._ends_at - now


def build_failed_check(name: str, error: MatuiError) -> Check:
    """Return the failed check for ``error``; file, line, key, code and request id are kept."""
    found = str(error).removesuffix(error.remedy).strip()
    return Check(name, "fail", found, error.remedy, error.exit_code)


def describe_credentials(profile: Profile) -> str:
    """Return where the profile's credentials come from, never their values; they are not tried here."""
    named = {"ak": profile.ak, "sk": profile.sk, "token": profile.token, "password": profile.password}
    sources = ", ".join(
        name if source.is_literal else f"{name} {source.describe()}"
        for name, source in named.items()
        if source is not None
    )
    return f"{profile.auth}: {sources or 'credentials'} set, not yet tried"


class _Reached(NamedTuple):
    """Whether an endpoint can be reached, and the clock of its answer minus this machine's in seconds."""

    checks: tuple[Check, ...]
    answered: bool = False
    offset_s: float | None = None


async def check_network(
    endpoints: Sequence[tuple[str, str]],
    clock: Clock,
    asgi_app: Any,
    *,
    connect_s: float = CONNECT_S,
    read_s: float = READ_S,
) -> AsyncIterator[Check]:
    """Yield whether each endpoint (title and URL) resolves and answers, then whether the clocks agree."""
    if asgi_app is None and (ignored := find_ignored_entries(getproxies().get("no", ""))):
        shown = ", ".join(clean(re.sub(r".*@", "***@", entry)) for entry in ignored)
        yield Check(
            "NO_PROXY",
            "warn",
            f"{shown} {'matches' if len(ignored) == 1 else 'match'} nothing.",
            "Write names, addresses or ranges, such as .example.com, 10.0.0.0/8 or 10.",
        )
    timeouts = httpx.Timeout(read_s, connect=connect_s)
    tasks = [
        asyncio.ensure_future(_reach_endpoint(title, url, timeouts, clock, asgi_app))
        for title, url in endpoints
    ]
    found: list[_Reached] = []
    try:
        for task in tasks:
            found.append(await task)
            for check in found[-1].checks:
                yield check
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if any(reached.answered for reached in found):
        offsets = [reached.offset_s for reached in found if reached.offset_s is not None]
        yield _check_clock(offsets[-1] if offsets else None)


async def _reach_endpoint(
    title: str, url: str, timeouts: httpx.Timeout, clock: Clock, asgi_app: Any
) -> _Reached:
    """Return whether the name of an endpoint resolves, where it is looked up here, and whether it answers."""
    checks: list[Check] = []
    if asgi_app is None and find_proxy(httpx.URL(url)) is None and not _is_address(url):
        checks.append(await _resolve(f"{title} name", url))
        if checks[-1].state == "fail":
            return _Reached(tuple(checks))
    reached, offset_s = await _reach(f"{title} reachable", url, timeouts, clock, asgi_app)
    return _Reached((*checks, reached), reached.state == "ok", offset_s)


def _is_address(url: str) -> bool:
    """Whether the host is written as a number already."""
    host = urlsplit(url).hostname or ""
    return ":" in host or host.replace(".", "").isdigit()


async def _resolve(name: str, url: str) -> Check:
    host = urlsplit(url).hostname or ""
    try:
        async with asyncio.timeout(10):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        region = next((part for part in host.split(".")[1:2] if part not in REGIONS), "")
        hint = f" Is {region} a region?" if region and host.endswith("myhuaweicloud.com") else ""
        remedy = f"Check the region or endpoint of the profile, and this machine's DNS.{hint}"
        return Check(name, "fail", f"{host} cannot be resolved.", remedy, 4)
    addresses = sorted({str(address[4][0]) for address in found})
    return Check(name, "ok", f"{host} is {', '.join(addresses[:3])}")


async def _reach(
    name: str, url: str, timeouts: httpx.Timeout, clock: Clock, asgi_app: Any
) -> tuple[Check, float | None]:
    """Request the root without credentials: any answer proves the route and the certificate."""
    read_s, connect_s = timeouts.read or READ_S, timeouts.connect or CONNECT_S
    inner = open_client(url, asgi_app=asgi_app, connect_s=connect_s, read_s=read_s)
    client = HttpClient(
        url,
        inner,
        clock=clock,
        budget=Budget(10, clock),
        raise_for_error=lambda *_: None,
        deadline_s=_READ_TIMEOUTS * read_s,
    )
    through = f" through the proxy {inner.proxy.address}" if inner.proxy is not None else ""
    started = clock.monotonic()
    try:
        await client.send(Call("GET", "/", action=True))
    except CloudError as error:
        return Check(name, "warn", error.sentence, error.remedy), client.clock_offset_s
    except MatuiError as error:
        return build_failed_check(name, error), client.clock_offset_s
    finally:
        await client.aclose()
    took = f"answers in {(clock.monotonic() - started) * 1000:.0f} ms"
    return Check(name, "ok", f"{url} {took}{through}"), client.clock_offset_s


def _check_clock(offset: float | None) -> Check:
    if offset is None:
        return Check("clock", "warn", "The cloud sent no date, so the clocks were not compared.")
    size, side = abs(offset), "behind" if offset > 0 else "ahead"
    if size < _WARN_SKEW_S:
        return Check("clock", "ok", "within a minute of the cloud's")
    found = f"{format_duration(size)} {side}"
    remedy = "Set this machine's clock (NTP): signatures are refused from 15 minutes on."
    if size < _FAIL_SKEW_S:
        return Check("clock", "warn", found, remedy)
    return Check("clock", "fail", found, remedy, 3)


async def examine_modelarts(
    profile: Profile, *, clock: Clock, cache_dir: Path | None, asgi_app: Any = None
) -> AsyncIterator[Check]:
    """Yield the checks of a ModelArts profile: credentials, network, clock, project, a list of every kind."""
    try:
        session = await open_api_session(profile, clock=clock, cache_dir=cache_dir, asgi_app=asgi_app)
    except MatuiError as error:
        yield build_failed_check(_name_failed_step(error), error)
        return
    try:
        yield Check("credentials", "ok", describe_credentials(profile))
        if warning := describe_unknown_region(profile):
            yield Check("region", "warn", warning)
        network = check_network(
            _list_endpoints(profile),
            clock,
            asgi_app,
            connect_s=profile.connect_timeout,
            read_s=profile.read_timeout,
        )
        signed_in = _check_signed_in(session, clock, cache_dir)
        async for check in iterate_side_by_side((network, signed_in)):
            yield check
    finally:
        await session.aclose()


def _name_failed_step(error: MatuiError) -> str:
    return "proxy and certificates" if isinstance(error, NetworkSettingError) else "credentials"


def _list_endpoints(profile: Profile) -> list[tuple[str, str]]:
    found = [("ModelArts", get_modelarts_endpoint(profile))]
    if profile.project_id is None or profile.auth == "password":
        found.append(("IAM", get_iam_endpoint(profile)))
    return found


async def _check_signed_in(
    session: ModelArtsSession, clock: Clock, cache_dir: Path | None
) -> AsyncIterator[Check]:
    limit = CheckLimit(session.profile, session.get_budget)
    try:
        project = await limit.apply(session.resolve_project_id())
    except MatuiError as error:
        yield build_failed_check("project", error)
        return
    origin = "from the profile" if session.profile.project_id else "looked up by IAM"
    yield Check("project", "ok", f"{project} ({origin})")
    try:
        cloud = await limit.apply(choose_cloud(session, clock=clock, cache_dir=cache_dir))
    except MatuiError as error:
        yield build_failed_check("API", error)
        return
    async for check in _list_all(cloud, limit):
        yield check


async def _list_all(cloud: BaseModelArtsCloud, limit: CheckLimit) -> AsyncIterator[Check]:
    """Yield the check of each kind's list, some of them at a time; none begins after a hopeless one.

    The others wait one read time-out for the first: a key that is refused is tried once, as five refusals
    lock it.
    """
    gate, is_hopeless = asyncio.Semaphore(_AT_ONCE), False

    async def check_kind(kind: str) -> Check | None:
        nonlocal is_hopeless
        async with gate:
            if is_hopeless:
                return None
            check, hopeless = await _list(cloud, kind, limit)
            is_hopeless = is_hopeless or hopeless
            return check

    first, *others = cloud.kinds
    tasks = [asyncio.ensure_future(check_kind(first))]
    try:
        await asyncio.wait(tasks, timeout=limit.read_s)
        tasks += [asyncio.ensure_future(check_kind(kind)) for kind in others]
        for task in tasks:
            if (check := await task) is not None:
                yield check
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _find_short(page: Page) -> str:
    """Return how many rows came of those that the cloud counts, ``""`` where all due on the page did."""
    came, stated = len(page.resources), page.stated or 0
    return f"incomplete: {came} of {stated} came" if came < min(stated, _LISTED) else ""


async def _list(cloud: BaseModelArtsCloud, kind: str, limit: CheckLimit) -> tuple[Check, bool]:
    """Return the check of the list of a kind, and whether the other lists are bound to fail as well."""
    name = f"list {kind}"
    action = cloud.find_list_permission(kind)
    try:
        page = await limit.apply(cloud.list_page(ListRequest(kind, size=_LISTED)))
        if _find_short(page):
            page = await limit.apply(cloud.list_page(ListRequest(kind, size=_LISTED)))
    except PermissionDeniedError as error:
        named = action and action in error.sentence
        remedy = f"Have {action} granted in IAM." if named else error.remedy
        return Check(name, "fail", f"{error.sentence} ({error.reference})", remedy, error.exit_code), False
    except MatuiError as error:
        return build_failed_check(name, error), isinstance(error, (AuthenticationError, UnreachableError))
    if short := _find_short(page):
        return Check(name, "warn", short, f"matui get {kind} lacks them too.", 6), False
    total = len(page.resources) if page.total is None else page.total
    return Check(name, "ok", f"{total} in the project" + (f" ({action})" if action else "")), False


async def examine_peer(profile: Profile, *, clock: Clock, asgi_app: Any = None) -> AsyncIterator[Check]:
    """Yield the checks of a Qianfan or OpenSearch profile: credentials, network, clock, the list of jobs."""
    try:
        profile = add_default_keys(profile, os.environ)
        opened = await open_peer(profile, clock=clock, asgi_app=asgi_app)
    except MatuiError as error:
        yield build_failed_check(_name_failed_step(error), error)
        return
    try:
        yield Check("credentials", "ok", describe_credentials(profile))
        endpoints = [(name_cloud(opened), get_peer_endpoint(profile))]
        network = check_network(
            endpoints, clock, asgi_app, connect_s=profile.connect_timeout, read_s=profile.read_timeout
        )
        listed = _check_peer_list(
            opened, PEERS[profile.cloud].permission, CheckLimit(profile, opened.get_budget)
        )
        async for check in iterate_side_by_side((network, listed)):
            yield check
    finally:
        await opened.aclose()


async def _check_peer_list(opened: Any, permission: str, limit: CheckLimit) -> AsyncIterator[Check]:
    yield await _list_peer(opened, permission, limit)


async def _list_peer(opened: Any, permission: str, limit: CheckLimit) -> Check:
    try:
        page: Page = await limit.apply(opened.list_page(ListRequest("jobs")))
    except PermissionDeniedError as error:
        found = f"{error.sentence} ({error.reference})"
        remedy = f"Have {permission} granted." if error.remedy else ""
        return Check("list jobs", "fail", found, remedy, error.exit_code)
    except MatuiError as error:
        return build_failed_check("list jobs", error)
    came = len(page.resources)
    if page.stated is not None and came < page.stated:
        found = f"incomplete: {came} of at least {page.stated} came"
        return Check("list jobs", "warn", found, "matui get jobs lacks them too.", 6)
    more = "" if page.total is not None else " and more"
    return Check("list jobs", "ok", f"{came}{more} in the account ({permission})")
