"""The subject of a 403 by its words."""

from __future__ import annotations

import pytest

from matui.clouds.http.denials import Denial, classify_denial


@pytest.mark.parametrize(
    ("code", "message", "denial"),
    [
        ("InvalidAccessKeyId", "", Denial.CREDENTIALS),
        ("", "the signature does not match", Denial.CREDENTIALS),
        ("", "The token must be updated", Denial.CREDENTIALS),
        ("AuthFailure", "no", Denial.CREDENTIALS),
        ("", "Request timestamp expired", Denial.CREDENTIALS),
        ("", "The request time skew is too large", Denial.CREDENTIALS),
        ("", "account locked", Denial.ACCOUNT),
        ("AccountOverdue", "", Denial.ACCOUNT),
        ("", "账户已冻结", Denial.ACCOUNT),
        ("Forbidden.RAM", "The user is not authorized to do this", Denial.PERMISSION),
        ("", "没有权限", Denial.PERMISSION),
        ("", "Forbidden", Denial.UNSTATED),
        ("", "", Denial.UNSTATED),
        ("", "the quota is used up", Denial.OTHER),
        ("APIGW.0302", "This request is not allowed by IP ACL", Denial.OTHER),
        ("", "Access denied: your address is not on the whitelist", Denial.OTHER),
    ],
)
def test_the_words_decide(code: str, message: str, denial: Denial) -> None:
    assert classify_denial(code, message) is denial
