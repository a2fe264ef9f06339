"""Looks at the way to Qianfan or OpenSearch step by step, for ``matui doctor``."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

from matui.clock import Clock
from matui.clouds.check import Check, failed
from matui.clouds.network_checks import credentials_told, network_checks
from matui.clouds.peer_opening import open_peer, peer_endpoint
from matui.clouds.port import PageAsk
from matui.config.cloud_keys import with_default_keys
from matui.config.settings import Profile
from matui.errors import MatuiError, PermissionDeniedError

_NEEDED = {
    "qianfan": "QianfanModelTuningReadAccessPolicy",
    "opensearch": "opensearch:DescribeFunction",
}


async def examine_peer(profile: Profile, *, clock: Clock, asgi_app: Any = None) -> AsyncIterator[Check]:
    """Yield one check after the other: credentials, network, clock, and the list of jobs."""
    try:
        profile = with_default_keys(profile, os.environ)
        opened = await open_peer(profile, clock=clock, asgi_app=asgi_app)
    except MatuiError as error:
        yield failed("credentials", error)
        return
    try:
        yield Check("credentials", "ok", credentials_told(profile))
        endpoints = [(opened.title, peer_endpoint(profile))]
        async for check in network_checks(endpoints, clock, asgi_app):
            yield check
        yield await _list(opened, profile.cloud)
    finally:
        await opened.aclose()


async def _list(opened: Any, cloud: str) -> Check:
    try:
        page = await opened.list_page(PageAsk("jobs"))
    except PermissionDeniedError as error:
        found = f"{error.sentence} ({error.reference})"
        return Check("list jobs", "fail", found, f"Have {_NEEDED[cloud]} granted.", error.exit_code)
    except MatuiError as error:
        return failed("list jobs", error)
    more = "" if page.total is not None else " and more"
    return Check("list jobs", "ok", f"{len(page.resources)}{more} in the account ({_NEEDED[cloud]})")
