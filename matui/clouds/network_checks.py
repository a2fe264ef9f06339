"""The network checks of ``matui doctor``: names, connections, certificates and clocks."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias
from urllib.parse import urlsplit

import httpx

from matui.base.clock import Clock
from matui.base.errors import CloudError, MatuiError
from matui.base.formatting import format_duration
from matui.clouds.http.budget import Budget
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Call
from matui.clouds.http.proxies import find_proxy
from matui.clouds.http.transport import open_client
from matui.config.regions import REGIONS
from matui.config.settings import Profile

State: TypeAlias = Literal["ok", "warn", "fail"]


class Check(NamedTuple):
    """The result of one check; ``exit_code`` is that of the whole command when it failed."""

    name: str
    state: State
    found: str
    remedy: str = ""
    exit_code: int = 0


def failed(name: str, error: MatuiError) -> Check:
    """Return the failed check for ``error``; file, line, key, code and request id are kept."""
    if isinstance(error, CloudError):
        found = f"{error.sentence} ({error.reference})" if error.reference else error.sentence
    else:
        found = str(error).removesuffix(error.remedy).strip()
    return Check(name, "fail", found, error.remedy, error.exit_code)


_WARN_SKEW_S, _FAIL_SKEW_S = 60.0, 840.0


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
    found = f"{format_duration(size)} {side}"
    remedy = "Set this machine's clock (NTP): signatures are refused from 15 minutes on."
    if size < _FAIL_SKEW_S:
        return Check("clock", "warn", found, remedy)
    return Check("clock", "fail", found, remedy, 3)
