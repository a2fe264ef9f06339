"""Keys of an agency come from the metadata service."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from matui.base.clock import ManualClock
from matui.base.errors import ConfigError
from matui.clouds.http.budget import Budget
from matui.clouds.http.client import HttpClient
from matui.clouds.modelarts.auth.agency import AgencyKeys
from matui.clouds.modelarts.auth.renewal import RefreshingCache
from tests.unit.clouds.http_clients import BASE, build_client
from tests.unit.clouds.modelarts.auth.iam import format_time


def _make_metadata_client(*, old: bool, clock: ManualClock, serial: list[int]) -> HttpClient:
    from matui.clouds.modelarts.auth.agency import _refuse_status

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return httpx.Response(404) if old else httpx.Response(200, text="m-token")
        if not old and request.headers.get("X-Metadata-Token") != "m-token":
            return httpx.Response(401)
        serial.append(1)
        credential = {
            "access": f"AK{len(serial)}",
            "secret": "sk",
            "securitytoken": f"st{len(serial)}",
            "expires_at": format_time(clock.now() + 3600),
        }
        return httpx.Response(200, json={"credential": credential})

    inner = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    return HttpClient(BASE, inner, clock=clock, budget=Budget(60, clock), raise_for_error=_refuse_status)


@pytest.mark.parametrize("old", [True, False])
async def test_an_agencys_keys_are_fetched_with_and_without_the_metadata_token(old: bool) -> None:
    clock, serial = ManualClock(), list[int]()
    keys = RefreshingCache(
        AgencyKeys(_make_metadata_client(old=old, clock=clock, serial=serial), clock).fetch, clock
    )
    assert (await keys.get()).security_token == "st1"
    clock.jump(3299)
    assert (await keys.get()).security_token == "st1"
    clock.jump(2)
    assert (await keys.get()).security_token == "st2"


async def test_a_machine_without_an_agency_is_reported_so() -> None:
    clock = ManualClock()

    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("x", request=request)

    task = asyncio.create_task(AgencyKeys(build_client(handler, clock=clock), clock).fetch())
    await clock.advance(30.0)
    with pytest.raises(ConfigError, match="metadata service"):
        await task
