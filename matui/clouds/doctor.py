"""The checks of ``matui doctor``: credentials, network, clock, project and the list of each kind."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from matui.base.clock import Clock
from matui.base.errors import AuthenticationError, MatuiError, PermissionDeniedError, UnreachableError
from matui.clouds.http.proxies import NetworkSettingError
from matui.clouds.modelarts.base_cloud import BaseModelArtsCloud
from matui.clouds.modelarts.endpoints import iam_endpoint, modelarts_endpoint
from matui.clouds.modelarts.factory import cloud_on, open_api_session
from matui.clouds.modelarts.session import ModelArtsSession
from matui.clouds.network_checks import Check, describe_credentials, failed, network_checks
from matui.clouds.peer_factory import PEERS, open_peer, peer_endpoint
from matui.clouds.protocols import Page, PageAsk
from matui.config.credentials import add_default_keys
from matui.config.regions import describe_unknown_region
from matui.config.settings import Profile

_LISTED = 50


async def examine_modelarts(
    profile: Profile, *, clock: Clock, cache_dir: Path | None, asgi_app: Any = None
) -> AsyncIterator[Check]:
    """Yield the checks of a ModelArts profile: credentials, network, clock, project, a list of every kind."""
    try:
        session = await open_api_session(profile, clock=clock, cache_dir=cache_dir, asgi_app=asgi_app)
    except MatuiError as error:
        yield failed(_failed_step(error), error)
        return
    try:
        yield Check("credentials", "ok", describe_credentials(profile))
        if warning := describe_unknown_region(profile):
            yield Check("region", "warn", warning)
        async for check in network_checks(_endpoints(profile), clock, asgi_app):
            yield check
        async for check in _signed_in(session, clock, cache_dir):
            yield check
    finally:
        await session.aclose()


def _failed_step(error: MatuiError) -> str:
    return "proxy and certificates" if isinstance(error, NetworkSettingError) else "credentials"


def _endpoints(profile: Profile) -> list[tuple[str, str]]:
    found = [("ModelArts", modelarts_endpoint(profile))]
    if profile.project_id is None or profile.auth == "password":
        found.append(("IAM", iam_endpoint(profile)))
    return found


async def _signed_in(session: ModelArtsSession, clock: Clock, cache_dir: Path | None) -> AsyncIterator[Check]:
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


def _find_short(page: Page) -> str:
    """Return how many rows came of those that the cloud counts, ``""`` where all due on the page did."""
    came, stated = len(page.resources), page.stated or 0
    return f"incomplete: {came} of {stated} came" if came < min(stated, _LISTED) else ""


async def _list(cloud: BaseModelArtsCloud, kind: str) -> tuple[Check, bool]:
    name = f"list {kind}"
    action = cloud.list_permission(kind)
    try:
        page = await cloud.list_page(PageAsk(kind, size=_LISTED))
        if _find_short(page):
            page = await cloud.list_page(PageAsk(kind, size=_LISTED))
    except PermissionDeniedError as error:
        named = action and action in error.sentence
        remedy = f"Have {action} granted in IAM." if named else error.remedy
        return Check(name, "fail", f"{error.sentence} ({error.reference})", remedy, error.exit_code), False
    except MatuiError as error:
        return failed(name, error), isinstance(error, (AuthenticationError, UnreachableError))
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
        yield failed(_failed_step(error), error)
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
        page = await opened.list_page(PageAsk("jobs"))
    except PermissionDeniedError as error:
        found = f"{error.sentence} ({error.reference})"
        remedy = f"Have {permission} granted." if error.remedy else ""
        return Check("list jobs", "fail", found, remedy, error.exit_code)
    except MatuiError as error:
        return failed("list jobs", error)
    came = len(page.resources)
    if page.stated is not None and came < page.stated:
        found = f"incomplete: {came} of at least {page.stated} came"
        return Check("list jobs", "warn", found, "matui get jobs lacks them too.", 6)
    more = "" if page.total is not None else " and more"
    return Check("list jobs", "ok", f"{came}{more} in the account ({permission})")
