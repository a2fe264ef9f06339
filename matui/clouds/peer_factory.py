"""Opens Qianfan or OpenSearch for a profile: endpoint, keys, one client with its budget."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import httpx

from matui.base.clock import Clock
from matui.clouds.http.api_errors import HttpResponse
from matui.clouds.http.budget import Budget
from matui.clouds.http.client import HttpClient
from matui.clouds.http.retry import MAX_RETRIES
from matui.clouds.http.transport import open_client
from matui.clouds.peer_cloud import AccessKey, resolve_access_key
from matui.config.credentials import add_default_keys
from matui.config.settings import Profile

if TYPE_CHECKING:
    from matui.clouds.opensearch.cloud import OpenSearchCloud
    from matui.clouds.qianfan.cloud import QianfanCloud

Peer: TypeAlias = "QianfanCloud | OpenSearchCloud"
_ANSWERS = 3.0  # a whole answer may take this many read time-outs, however slowly it comes


def get_peer_endpoint(profile: Profile) -> str:
    """Return the address of the profile's cloud: its own one, or that of the region."""
    return profile.endpoint or PEERS[profile.cloud].endpoint.format(region=profile.region)


async def open_peer(
    profile: Profile, *, clock: Clock, asgi_app: Any = None, retries: int = MAX_RETRIES
) -> Peer:
    """Return the cloud of a profile that is not of ModelArts. Raises ConfigError when keys cannot be had."""
    return await PEERS[profile.cloud].open(profile, clock=clock, asgi_app=asgi_app, retries=retries)


async def open_qianfan(
    profile: Profile, *, clock: Clock, asgi_app: Any = None, retries: int = MAX_RETRIES
) -> QianfanCloud:
    """Return the profile's Qianfan; nothing is sent yet. Raises ConfigError for keys that cannot be had."""
    from matui.clouds.qianfan.api import QianfanApi
    from matui.clouds.qianfan.auth import BceAuth
    from matui.clouds.qianfan.cloud import QianfanCloud
    from matui.clouds.qianfan.errors import raise_for_error

    http = await _build_http(profile, BceAuth, raise_for_error, clock, asgi_app, retries)
    return QianfanCloud(
        QianfanApi(http),
        profile=profile.name,
        clock=clock,
        v1_pairs=[(pair[0], pair[1]) for pair in profile.v1_jobs],
    )


async def open_opensearch(
    profile: Profile, *, clock: Clock, asgi_app: Any = None, retries: int = MAX_RETRIES
) -> OpenSearchCloud:
    """Return the profile's OpenSearch; nothing is sent yet. Raises ConfigError when keys cannot be had."""
    from matui.clouds.opensearch.api import OpenSearchApi
    from matui.clouds.opensearch.auth import AcsAuth
    from matui.clouds.opensearch.cloud import OpenSearchCloud
    from matui.clouds.opensearch.errors import raise_for_error

    http = await _build_http(profile, AcsAuth, raise_for_error, clock, asgi_app, retries)
    return OpenSearchCloud(
        OpenSearchApi(http, profile.app or ""),
        profile=profile.name,
        region=profile.region or "",
        functions=profile.functions,
        clock=clock,
    )


async def _build_http(
    profile: Profile,
    sign: Callable[[AccessKey, Clock], httpx.Auth],
    raise_for_error: Callable[[HttpResponse, str], None],
    clock: Clock,
    asgi_app: Any,
    retries: int,
) -> HttpClient:
    key = await resolve_access_key(add_default_keys(profile, os.environ))
    url = get_peer_endpoint(profile)
    client = open_client(
        url, asgi_app=asgi_app, connect_s=profile.connect_timeout, read_s=profile.read_timeout
    )
    return HttpClient(
        url,
        client,
        auth=sign(key, clock),
        clock=clock,
        budget=Budget(profile.requests_per_minute, clock),
        raise_for_error=raise_for_error,
        deadline_s=_ANSWERS * profile.read_timeout,
        retries=retries,
    )


class PeerEntry(NamedTuple):
    """How one cloud is opened: its function, its address by ``{region}``, the permission to list its jobs."""

    open: Callable[..., Awaitable[Peer]]
    endpoint: str
    permission: str


PEERS = {
    "qianfan": PeerEntry(open_qianfan, "https://qianfan.baidubce.com", "QianfanModelTuningReadAccessPolicy"),
    "opensearch": PeerEntry(
        open_opensearch, "https://opensearch.{region}.aliyuncs.com", "opensearch:DescribeFunction"
    ),
}
