"""The checks of ``matui doctor``: credentials, network, clock, project and the list of each kind."""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx

from matui.base.clock import Clock
from matui.base.errors import (
    AuthenticationError,
    CloudError,
    MatuiError,
    PermissionDeniedError,
    UnreachableError,
)
from matui.base.formatting import format_duration
from matui.base.sanitize import clean
from matui.clouds.http.budget import Budget
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Call
from matui.clouds.http.proxies import NetworkSettingError, find_ignored_entries, find_proxy
from matui.clouds.http.transport import open_client
from matui.clouds.modelarts.base_cloud import BaseModelArtsCloud
from matui.clouds.modelarts.endpoints import iam_endpoint, modelarts_endpoint
from matui.clouds.modelarts.factory import cloud_on, open_api_session
from matui.clouds.modelarts.session import ModelArtsSession
from matui.clouds.peer_factory import PEERS, open_peer, peer_endpoint
from matui.clouds.protocols import ListRequest, Page
from matui.config.credentials import add_default_keys
from matui.config.regions import REGIONS, describe_unknown_region
from matui.config.settings import Profile

State: TypeAlias = Literal["ok", "warn", "fail"]
_LISTED = 50
_WARN_SKEW_S, _FAIL_SKEW_S = 60.0, 840.0


class Check(NamedTuple):
    """The result of one check; ``exit_code`` is that of the whole command when it failed."""

    name: str
    state: State
    found: str
    remedy: str = ""
    exit_code: int = 0


def build_failed_check(name: str, error: MatuiError) -> Check:
    """Return the failed check for ``error``; file, line, key, code and request id are kept."""
    if isinstance(error, CloudError):
        found = f"{error.sentence} ({error.reference})" if error.reference else error.sentence
    else:
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


async def network_checks(
    endpoints: Sequence[tuple[str, str]], clock: Clock, asgi_app: Any
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
    offset: float | None = None
    answered = False
    for title, url in endpoints:
        if asgi_app is None and find_proxy(httpx.URL(url)) is None and not _is_address(url):
            resolved = await _resolve(f"{title} name", url)
            yield resolved
            if resolved.state == "fail":
                continue
        reached, measured = await _reach(f"{title} reachable", url, clock, asgi_app)
        offset = measured if measured is not None else offset
        answered = answered or reached.state == "ok"
        yield reached
    if answered:
        yield _clock(offset)


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


async def _reach(name: str, url: str, clock: Clock, asgi_app: Any) -> tuple[Check, float | None]:
    """Request the root without credentials: any answer proves the route and the certificate."""
    inner = open_client(url, asgi_app=asgi_app)
    client = HttpClient(url, inner, clock=clock, budget=Budget(10, clock), raise_for_error=lambda *_: None)
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


def _clock(offset: float | None) -> Check:
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
        async for check in network_checks(_endpoints(profile), clock, asgi_app):
            yield check
        async for check in _check_signed_in(session, clock, cache_dir):
            yield check
    finally:
        await session.aclose()


def _name_failed_step(error: MatuiError) -> str:
    return "proxy and certificates" if isinstance(error, NetworkSettingError) else "credentials"


def _endpoints(profile: Profile) -> list[tuple[str, str]]:
    found = [("ModelArts", modelarts_endpoint(profile))]
    if profile.project_id is None or profile.auth == "password":
        found.append(("IAM", iam_endpoint(profile)))
    return found


async def _check_signed_in(
    session: ModelArtsSession, clock: Clock, cache_dir: Path | None
) -> AsyncIterator[Check]:
    try:
        project = await session.resolve_project_id()
    except MatuiError as error:
        yield build_failed_check("project", error)
        return
    origin = "from the profile" if session.profile.project_id else "looked up by IAM"
    yield Check("project", "ok", f"{project} ({origin})")
    cloud = await cloud_on(session, clock=clock, cache_dir=cache_dir)
    for kind in cloud.kinds:
        check, hopeless = await _list(cloud, kind)
        yield check
        if hopeless:
            return


def _find_short(page: Page) -> str:
    """Return how many rows came of those that the cloud counts, ``""`` where all due on the page did."""
    came, stated = len(page.resources), page.stated or 0
    return f"incomplete: {came} of {stated} came" if came < min(stated, _LISTED) else ""


async def _list(cloud: BaseModelArtsCloud, kind: str) -> tuple[Check, bool]:
    name = f"list {kind}"
    action = cloud.list_permission(kind)
    try:
        page = await cloud.list_page(ListRequest(kind, size=_LISTED))
        if _find_short(page):
            page = await cloud.list_page(ListRequest(kind, size=_LISTED))
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
        endpoints = [(opened.title, peer_endpoint(profile))]
        async for check in network_checks(endpoints, clock, asgi_app):
            yield check
        yield await _list_peer(opened, PEERS[profile.cloud].permission)
    finally:
        await opened.aclose()


async def _list_peer(opened: Any, permission: str) -> Check:
    try:
        page = await opened.list_page(ListRequest("jobs"))
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
