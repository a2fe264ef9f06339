"""Opens the cloud of a profile; the only entry point to the clouds for the rest of matui."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matui.base.clock import Clock
from matui.clouds.protocols import Cloud

if TYPE_CHECKING:
    from matui.clouds.doctor import Check
    from matui.config.settings import Profile

__all__ = ["examine", "find_endpoint", "get_journal_endpoint", "load_modules", "open_cloud"]
_NEW_KIND = "devservers"  # of the current API of ModelArts alone


async def open_cloud(
    profile: Profile, *, clock: Clock, cache_dir: Path | None, asgi_app: Any = None, retries: int = 2
) -> Cloud:
    """Return the profile's cloud; only ``api = "auto"`` may send a request already.

    ``asgi_app`` answers in-process (the demo). A read that fails in a transient way is sent again, at most
    ``retries`` times. Raises ConfigError for credentials that cannot be had.
    """
    if profile.cloud != "modelarts":
        from matui.clouds.peer_factory import open_peer

        return await open_peer(profile, clock=clock, asgi_app=asgi_app, retries=retries)
    from matui.clouds.modelarts.factory import choose_cloud, open_api_session

    session = await open_api_session(
        profile, clock=clock, cache_dir=cache_dir, asgi_app=asgi_app, retries=retries
    )
    return await choose_cloud(session, clock=clock, cache_dir=cache_dir)


def find_endpoint(profile: Profile) -> str:
    """Return the address of the profile's API. Raises ConfigError without a region and an endpoint."""
    if profile.cloud != "modelarts":
        from matui.clouds.peer_factory import get_peer_endpoint

        return get_peer_endpoint(profile)
    from matui.clouds.modelarts.endpoints import get_modelarts_endpoint

    return get_modelarts_endpoint(profile)


def get_journal_endpoint(profile: Profile, cloud: Cloud) -> str:
    """Return the address by which the journal distinguishes accounts.

    The two APIs of ModelArts name the jobs and states of one project differently: each has a history of its
    own. Raises ConfigError as ``find_endpoint``.
    """
    endpoint = find_endpoint(profile)
    return f"{endpoint}/v2" if profile.cloud == "modelarts" and _NEW_KIND in cloud.kinds else endpoint


def load_modules(kind: str) -> None:
    """Import in a thread what opening a cloud and listing a kind need, models included."""
    from importlib import import_module

    from matui.clouds.modelarts.client_registry import find_client
    from matui.clouds.modelarts.v1.cloud import PACKAGE

    import_module("matui.clouds.modelarts.factory")
    client = find_client(PACKAGE, kind)
    if client is not None and client.list_operation is not None:
        client.list_operation.load_reply()


async def examine(
    profile: Profile, *, clock: Clock, cache_dir: Path | None, asgi_app: Any = None
) -> AsyncIterator[Check]:
    """Yield the checks of ``matui doctor`` for the profile, in order."""
    if profile.cloud != "modelarts":
        from matui.clouds.doctor import examine_peer

        async for check in examine_peer(profile, clock=clock, asgi_app=asgi_app):
            yield check
        return
    from matui.clouds.doctor import examine_modelarts

    async for check in examine_modelarts(profile, clock=clock, cache_dir=cache_dir, asgi_app=asgi_app):
        yield check
