"""One table from HTTP statuses to errors, sentences and remedies, for every cloud."""

from __future__ import annotations

import pytest

from matui.base.errors import (
    AuthenticationError,
    BadAnswerError,
    CloudError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerFaultError,
    TokenRejectedError,
)
from matui.clouds.http.api_errors import error_class, meaning_of_class, meaning_of_status


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, CloudError),
        (401, AuthenticationError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (409, ConflictError),
        (418, CloudError),
        (429, RateLimitedError),
        (500, ServerFaultError),
        (503, ServerFaultError),
        (599, ServerFaultError),
    ],
)
def test_a_status_names_its_error(status: int, error: type[CloudError]) -> None:
    meaning = meaning_of_status(status)
    assert meaning.error is error
    assert meaning.sentence.endswith(".")
    assert error_class(status, "ModelArts.9999") is error


def test_a_subclass_has_the_words_of_its_parent() -> None:
    assert meaning_of_class(TokenRejectedError) == meaning_of_status(401)
    assert meaning_of_class(ServerFaultError) == meaning_of_status(500)
    assert meaning_of_class(BadAnswerError).sentence == "The cloud refused the request."


def test_a_code_decides_before_the_status_but_for_429() -> None:
    assert error_class(400, "ModelArts.6309") is NotFoundError
    assert error_class(404, "APIGW.0101") is CloudError
    assert error_class(429, "ModelArts.6309") is RateLimitedError
