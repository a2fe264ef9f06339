"""After a refusal of the access key by the gateway, one request a minute tries it again."""

from __future__ import annotations

import asyncio

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import AuthenticationError
from matui.clouds.modelarts.auth.signature import BACKOFF_S, CredentialBackoff

REFUSAL = AuthenticationError("no", code="APIGW.0301", status=401)


async def test_one_request_a_minute_passes_after_a_refusal() -> None:
    clock = ManualClock()
    backoff = CredentialBackoff(clock)
    assert not await backoff.begin()
    backoff.note(REFUSAL)
    with pytest.raises(AuthenticationError) as first:
        await backoff.begin()
    assert first.value.retry_after_s == BACKOFF_S
    await clock.advance(BACKOFF_S - 15)
    with pytest.raises(AuthenticationError) as later:
        await backoff.begin()
    assert later.value.retry_after_s == 15
    await clock.advance(15)
    assert await backoff.begin()


@pytest.mark.parametrize("accepted", [True, False])
async def test_what_comes_while_the_key_is_tried_waits_for_the_answer(accepted: bool) -> None:
    clock = ManualClock()
    backoff = CredentialBackoff(clock)
    backoff.note(REFUSAL)
    await clock.advance(BACKOFF_S)
    assert await backoff.begin()
    other = asyncio.create_task(backoff.begin())
    await clock.advance(3)
    assert not other.done()
    if accepted:
        backoff.record_accepted()
    backoff.end_trial(refused=not accepted)
    if accepted:
        assert not await other
    else:
        with pytest.raises(AuthenticationError):
            await other


async def test_a_trial_without_an_answer_leaves_the_next_to_another() -> None:
    clock = ManualClock()
    backoff = CredentialBackoff(clock)
    backoff.note(REFUSAL)
    await clock.advance(BACKOFF_S)
    assert await backoff.begin()
    other = asyncio.create_task(backoff.begin())
    await asyncio.sleep(0)
    backoff.end_trial(refused=False)
    assert await other


async def test_an_accepted_key_ends_the_pause() -> None:
    backoff = CredentialBackoff(ManualClock())
    backoff.note(REFUSAL)
    backoff.record_accepted()
    assert not await backoff.begin()


async def test_a_refusal_of_the_service_itself_does_not_count() -> None:
    backoff = CredentialBackoff(ManualClock())
    backoff.note(AuthenticationError("no", code="ModelArts.0202", status=401))
    assert not await backoff.begin()
