"""The subject of a 403 by its words."""

from __future__ import annotations

import httpx
import pytest

from matui.base.errors import PermissionDeniedError
from matui.clouds.http.denials import Denial, blames_clock, classify_denial, name_action


@pytest.mark.parametrize(
    ("code", "message", "denial"),
    [
        ("InvalidAccessKeyId", "", Denial.CREDENTIALS),
        ("", "the signature does not match", Denial.CREDENTIALS),
        ("", "The token must be updated", Denial.CREDENTIALS),
        ("AuthFailure", "no", Denial.CREDENTIALS),
        ("", "Request timestamp expired", Denial.CREDENTIALS),
        ("", "The request time skew is too large", Denial.CREDENTIALS),
        ("AccessDenied", "Request has expired", Denial.CREDENTIALS),
        ("IncompleteSignature", "The signature does not conform to the standards", Denial.CREDENTIALS),
        ("InvalidHTTPAuthHeader", "The HTTP authorization header is invalid", Denial.CREDENTIALS),
        ("Unauthorized", "invalid api key provided", Denial.CREDENTIALS),
        ("", "missing access key", Denial.CREDENTIALS),
        ("", "签名不匹配", Denial.CREDENTIALS),
        ("", "密钥有误", Denial.CREDENTIALS),
        ("", "账号已被禁用", Denial.ACCOUNT),
        ("", "your account is past due", Denial.ACCOUNT),
        ("", "The role does not have the right to list jobs", Denial.PERMISSION),
        ("", "Unauthorized", Denial.PERMISSION),
        ("", "用户无权操作", Denial.PERMISSION),
        ("", "account locked", Denial.ACCOUNT),
        ("AccountOverdue", "", Denial.ACCOUNT),
        ("", "账户已冻结", Denial.ACCOUNT),
        ("Forbidden.RAM", "The user is not authorized to do this", Denial.PERMISSION),
        ("", "没有权限", Denial.PERMISSION),
        ("", "Forbidden", Denial.UNSTATED),
        ("", "", Denial.UNSTATED),
        ("X.1", "Forbidden", Denial.UNSTATED),
        ("X.1", "", Denial.OTHER),
        ("Forbidden.RAM", "Forbidden", Denial.PERMISSION),
        ("AccessDenied", "Forbidden", Denial.PERMISSION),
        ("X.1", "Role modelarts.admin is required", Denial.PERMISSION),
        ("X.1", "requires action modelarts:pool:get", Denial.PERMISSION),
        ("X.1", "MFA authentication is required", Denial.OTHER),
        ("X.1", "This requires action by the owner", Denial.OTHER),
        ("", "the quota is used up", Denial.OTHER),
        ("APIGW.0302", "This request is not allowed by IP ACL", Denial.OTHER),
        ("", "Access denied: your address is not on the whitelist", Denial.OTHER),
    ],
)
def test_the_words_decide(code: str, message: str, denial: Denial) -> None:
    assert classify_denial(code, message) is denial


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "RequestTimeTooSkewed",
            "The difference is too large.",
        ),
        ("RequestExpired", "Request has expired. Timestamp date is 2026-11-29T01:00:00Z"),
        ("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
        ("IllegalTimestamp", "The input parameter Timestamp is not supplied"),
        (
            "APIG.0301",
            "Incorrect IAM authentication: x-sdk-date is too far from now: out of 15 minutes",
        ),
        ("SignatureDoesNotMatch", "Signature expired: 20261129T010000Z is now earlier than 20261129T020000Z"),
        ("", "签名已过期"),
        ("", "请求时间戳已失效"),
    ],
)
def test_a_refusal_for_its_time_is_distinguished_from_one_for_its_key(code: str, message: str) -> None:
    assert blames_clock(code, message)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("SignatureDoesNotMatch", "The request signature we calculated does not match."),
        ("InvalidAccessKeyId", "The access key does not exist"),
        ("InvalidSecurityToken.Expired", "The token has expired"),
        ("ModelArts.0203", "The token expired; its expiry date is 2026-11-29"),
        ("", "Request entity too large"),
        ("", "令牌已过期"),
    ],
)
def test_a_refusal_for_the_key_or_token_does_not_blame_the_clock(code: str, message: str) -> None:
    assert not blames_clock(code, message)


@pytest.mark.parametrize(
    ("code", "is_named"), [("0108", True), ("0112", True), ("0109", False), ("0111", False)]
)
def test_no_permission_is_named_where_the_account_is_refused(code: str, is_named: bool) -> None:
    error = PermissionDeniedError("Refused.", code=f"ModelArts.{code}", status=403)
    name_action(error, httpx.Request("POST", "https://h/v1/p/training-jobs/1/versions/2/stop"))
    assert ("modelarts:trainJobVersion:stop" in error.sentence) is is_named
