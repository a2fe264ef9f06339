"""Errors: exit statuses, and the sentence that a user reads."""

from __future__ import annotations

import pytest

from matui.base.errors import (
    AuthenticationError,
    CloudError,
    ConfigError,
    MatuiError,
    RateLimitedError,
    TlsError,
    UsageError,
    drop_frames,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [(CloudError, 1), (UsageError, 2), (ConfigError, 2), (AuthenticationError, 3), (TlsError, 4)],
)
def test_each_kind_of_failure_has_its_exit_status(error: type[MatuiError], status: int) -> None:
    assert error.exit_code == status


def test_a_cloud_error_quotes_code_status_and_request() -> None:
    error = RateLimitedError("Too many.", code="X.1", status=429, request_id="r", remedy="Wait.")
    assert str(error) == "Too many. (X.1, HTTP 429, request r) Wait."
    assert str(CloudError("No.")) == "No."


def test_a_config_error_begins_with_its_place() -> None:
    assert str(ConfigError("Wrong.", file="c.toml", line=3, key="theme")) == "c.toml:3: theme: Wrong."


def test_an_error_that_is_kept_holds_no_frames() -> None:
    try:
        raise MatuiError("x") from ValueError("y")
    except MatuiError as error:
        kept = drop_frames(error)
    assert kept.__traceback__ is kept.__cause__ is kept.__context__ is None
