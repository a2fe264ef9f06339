"""Looks at a profile's way to its cloud step by step, for ``matui doctor``."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from matui.clock import Clock
from matui.clouds.budget import Budget
from matui.clouds.calls import Call
from matui.clouds.check import Check, failed
from matui.clouds.http import HttpClient
from matui.clouds.modelarts.endpoints import REGIONS, iam_endpoint, modelarts_endpoint
from matui.clouds.modelarts.opening import open_session
from matui.clouds.modelarts.session import ModelArtsSession
from matui.clouds.modelarts_v2.opening import cloud_on
from matui.clouds.port import Lists, PageAsk
from matui.clouds.transport import open_client, proxy_for
from matui.config.settings import Profile
from matui.errors import AuthenticationError, CloudError, MatuiError, PermissionDeniedError, UnreachableError
from matui.permissions import required_action
from matui.text import short_duration

_WARN_SKEW_S, _FAIL_SKEW_S = 60.0, 840.0
_LISTS = {
    "notebooks": "/v1/p/demanager/instances",
    "jobs": "/v1/p/training-jobs",
    "services": "/v1/p/services",
    "workspaces": "/v1/p/workspaces",
    "visualizations": "/v1/p/visualization-jobs",
    "models": "/v1/p/models",
    "pools": "/v1/p/clusters",
    "configs": "/v1/p/training-job-configs",
}


async def examine_modelarts(
    profile: Profile, *, clock: Clock, cache_dir: Path | None, asgi_app: Any = None
) -> AsyncIterator[Check]:
    """Yield one check after the other: credentials, network, clock, project, and a list of every kind."""
    try:
        session = await open_session(profile, clock=clock, cache_dir=cache_dir, asgi_app=asgi_app)
    except MatuiError as error:
        yield failed("credentials", error)
        return
    try:
        yield Check("credentials", "ok", _credentials(profile))
        async for check in _network(profile, clock, asgi_app):
            yield check
        async for check in _signed_in(session, clock, cache_dir):
            yield check
    finally:
        await session.aclose()


def _credentials(profile: Profile) -> str:
    named = {"ak": profile.ak, "sk": profile.sk, "token": profile.token, "password": profile.password}
    sources = ", ".join(f"{name} {source.describe()}" for name, source in named.items() if source is not None)
    return f"{profile.auth}: {sources}" if sources else profile.auth


async def _network(profile: Profile, clock: Clock, asgi_app: Any) -> AsyncIterator[Check]:
    offset: float | None = None
    answered = False
    for title, url in _endpoints(profile):
        if asgi_app is None and not proxy_for(url) and not _is_address(url):
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


def _endpoints(profile: Profile) -> list[tuple[str, str]]:
    found = [("ModelArts", modelarts_endpoint(profile))]
    if profile.project_id is None or profile.auth == "password":
        found.append(("IAM", iam_endpoint(profile)))
    return found


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
    """Ask for the root without credentials: any answer proves that the way and the certificate are good."""
    inner = open_client(url, asgi_app=asgi_app)
    client = HttpClient(url, inner, clock=clock, budget=Budget(10, clock), judge=lambda *_: None)
    through = f" through the proxy {proxy_for(url)}" if asgi_app is None and proxy_for(url) else ""
    started = clock.monotonic()
    try:
        await client.send(Call("GET", "/", action=True))
    except CloudError as error:
        return Check(name, "warn", error.sentence, error.remedy), client.clock_offset_s
    except MatuiError as error:
        return failed(name, error), client.clock_offset_s
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
    found = f"{short_duration(size)} {side}"
    remedy = "Set this machine's clock (NTP): signatures are refused from 15 minutes on."
    if size < _FAIL_SKEW_S:
        return Check("clock", "warn", found, remedy)
    return Check("clock", "fail", found, remedy, 3)


async def _signed_in(
    session: ModelArtsSession, clock: Clock, cache_dir: Path | None
) -> AsyncIterator[Check]:
    try:
        project = await session.known_project_id()
    except MatuiError as error:
        yield failed("project", error)
        return
    origin = "from the profile" if session.profile.project_id else "looked up by IAM"
    yield Check("project", "ok", f"{project} ({origin})")
    cloud = await cloud_on(session, clock=clock, cache_dir=cache_dir)
    for kind in cloud.kinds:
        check, hopeless = await _list(cloud, kind)
        yield check
        if hopeless:
            return


async def _list(cloud: Lists, kind: str) -> tuple[Check, bool]:
    name = f"list {kind}"
    action = required_action("GET", _LISTS.get(kind, "")) or ""
    try:
        page = await cloud.list_page(PageAsk(kind, size=1))
    except PermissionDeniedError as error:
        remedy = f"Have {action} granted in IAM." if action else error.remedy
        return Check(name, "fail", f"{error.sentence} ({error.reference})", remedy, error.exit_code), False
    except MatuiError as error:
        return failed(name, error), isinstance(error, (AuthenticationError, UnreachableError))
    total = len(page.resources) if page.total is None else page.total
    return Check(name, "ok", f"{total} in the project" + (f" ({action})" if action else "")), False
