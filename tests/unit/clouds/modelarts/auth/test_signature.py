"""After a refusal of the access key by the gateway, one request a minute tries it again."""

from __future__ import annotations

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import AuthenticationError
from matui.clouds.modelarts.auth.signature import BACKOFF_S, CredentialBackoff

REFUSAL = AuthenticationError("no", code="APIGW.0301", status=401)


async def test_one_request_a_minute_passes_after_a_refusal() -> None:
    clock = ManualClock()
    backoff = CredentialBackoff(clock)
    backoff.check()
    backoff.note(REFUSAL)
    with pytest.raises(AuthenticationError):
        backoff.check()
    await clock.advance(BACKOFF_S)
    backoff.check()
    with pytest.raises(AuthenticationError):
        backoff.check()


def test_an_accepted_key_ends_the_pause() -> None:
    backoff = CredentialBackoff(ManualClock())
    backoff.note(REFUSAL)
    backoff.record_accepted()
    backoff.check()


def test_a_refusal_of_the_service_itself_does_not_count() -> None:
    backoff = CredentialBackoff(ManualClock())
    backoff.note(AuthenticationError("no", code="ModelArts.0202", status=401))
    backoff.check()
