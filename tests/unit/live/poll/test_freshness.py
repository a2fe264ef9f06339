"""The status line says how old the data is and why, and seldom changes."""

from __future__ import annotations

import itertools

import pytest

from matui.base.errors import (
    AuthenticationError,
    BadAnswerError,
    CloudError,
    MatuiError,
    NotRecordedError,
    PermissionDeniedError,
    RateLimitedError,
    ServerFaultError,
    TimedOutError,
    TlsError,
    UnreachableError,
)
from matui.live.poll.freshness import Freshness, format_freshness

NOW = 1000.0


@pytest.mark.parametrize(
    ("freshness", "text"),
    [
        (Freshness(), "loading"),
        (Freshness(NOW), "live"),
        (Freshness(NOW - 14), "live"),
        (Freshness(NOW - 29), "live"),
        (Freshness(NOW - 59), "live"),
        (Freshness(NOW - 150), "live"),
        (Freshness(NOW - 9000), "live"),
        (Freshness(NOW + 5), "live"),
        (Freshness(paused=True), "paused · not loaded"),
        (Freshness(NOW - 150, paused=True), "paused · 2 m old"),
        (Freshness(NOW - 150, UnreachableError("x"), None, True), "paused · 2 m old · offline"),
        (Freshness(NOW - 14, RateLimitedError("x"), NOW + 30), "10 s old · 429 · retry in 30 s"),
        (Freshness(None, UnreachableError("x"), NOW + 8), "offline · retry in 10 s"),
        (Freshness(None, UnreachableError("x"), NOW - 1), "offline · retrying"),
        (Freshness(None, ServerFaultError("x", status=503), NOW + 3), "503 · retry in 5 s"),
        (Freshness(None, ServerFaultError("x"), NOW + 3), "refused · retry in 5 s"),
        (Freshness(None, CloudError("x", code="ModelArts.0104"), NOW + 3), "ModelArts.0104 · retry in 5 s"),
        (Freshness(None, AuthenticationError("x"), NOW + 61), "not signed in · retry in 65 s"),
        (Freshness(None, PermissionDeniedError("x"), NOW + 3599), "no permission · retry in 60 m"),
        (Freshness(None, TimedOutError("x"), None), "timed out"),
        (Freshness(None, TlsError("x"), None), "TLS failed"),
        (Freshness(None, BadAnswerError("x"), None), "bad answer"),
        (Freshness(None, MatuiError("x"), None), "failed"),
    ],
)
def test_words(freshness: Freshness, text: str) -> None:
    assert format_freshness(freshness, NOW) == text


@pytest.mark.parametrize(
    ("age_s", "text"), [(14, "live"), (29, "oldest data 15 s"), (150, "oldest data 2 m")]
)
def test_the_oldest_of_several_kinds(age_s: float, text: str) -> None:
    assert format_freshness(Freshness(NOW - age_s), NOW, several=True) == text
    assert len(text) <= 60


def test_an_hour_of_ten_second_polls_never_changes_the_line() -> None:
    texts = {format_freshness(Freshness(at - at % 11), at) for at in range(3600)}
    assert texts == {"live"}


def test_an_outage_changes_the_line_less_than_once_in_two_seconds() -> None:
    error = UnreachableError("x")
    texts = [format_freshness(Freshness(0, error, 60 * (1 + at // 60)), at) for at in range(600)]
    changes = sum(one != other for one, other in itertools.pairwise(texts))
    assert changes < 300 / 2


@pytest.mark.parametrize(
    ("asked_s", "text"),
    [
        (14, "live"),
        (16, "15 s old · asking, no answer yet"),
        (70, "1 m old · asking, no answer yet"),
    ],
)
def test_data_is_not_live_while_its_refresh_waits(asked_s: float, text: str) -> None:
    """With the request budget used up, or a server that hangs, it was ``live`` for as long as that took."""
    assert format_freshness(Freshness(NOW - asked_s - 1, asked_at=NOW - asked_s), NOW) == text
    assert format_freshness(Freshness(NOW - 1, asked_at=NOW - asked_s), NOW) == "live"  # page after page


def test_a_first_answer_that_does_not_come_is_said() -> None:
    assert format_freshness(Freshness(asked_at=NOW - 14), NOW) == "loading"
    assert format_freshness(Freshness(asked_at=NOW - 16), NOW) == "loading · asking, no answer yet"


def test_the_request_budget_is_not_a_server_that_does_not_answer() -> None:
    late = Freshness(NOW - 17, asked_at=NOW - 16)
    assert format_freshness(late, NOW, held=True) == "15 s old · waiting for the request budget"
    again = Freshness(NOW - 17, UnreachableError("x"), NOW - 1)
    assert format_freshness(again, NOW, held=True) == "15 s old · offline · waiting for the request budget"
    first = Freshness(asked_at=NOW - 16)
    assert format_freshness(first, NOW, held=True) == "loading · waiting for the request budget"


def test_what_a_recording_lacks_has_not_failed() -> None:
    error = NotRecordedError("The recording holds no flavors up to this time.")
    assert format_freshness(Freshness(None, error, 400.0), 10.0) == "not in the recording"
    assert format_freshness(Freshness(5.0, error, 400.0), 30.0) == "15 s old · not in the recording"
