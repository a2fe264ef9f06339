"""Explain the error codes of Baidu Qianfan and Alibaba OpenSearch that matui acts on, with remedies."""

from __future__ import annotations

from matui.base.error_codes import Explanation

_QIANFAN, _OPENSEARCH = "Qianfan", "OpenSearch"
_KEYS = "Check the access key of the profile; `matui doctor` tests it."
_PERMISSION = "Ask an administrator of the account for the permission, or use another profile."
_WAIT = "Wait a moment, or raise `refresh`: other tools of the account count too."
_LATER = "Try again in a moment, and report the request id to the cloud's support if it goes on."

# The cloud, its codes, the meaning and the remedy.
_ENTRIES: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    (_QIANFAN, ("14", "15"), "The signature or the key of the request was not accepted.", _KEYS),
    (_QIANFAN, ("110",), "The access token is invalid or no longer valid.", _KEYS),
    (_QIANFAN, ("111",), "The access token has expired.", _KEYS),
    (_QIANFAN, ("6",), "The key has no permission for this data.", _PERMISSION),
    (_QIANFAN, ("4", "17", "19"), "The number of requests that the account may send is used up.", _WAIT),
    (_QIANFAN, ("18", "336501", "336502", "336503"), "Too many requests were sent in a short time.", _WAIT),
    (_QIANFAN, ("336100",), "The service is overloaded.", _LATER),
    (_QIANFAN, ("1", "2", "336000", "500000"), "The service failed.", _LATER),
    (
        _QIANFAN,
        ("500001",),
        "A parameter of the request is wrong.",
        "Compare the ids in the request with the list.",
    ),
    (_QIANFAN, ("AccessDenied",), "The key has no permission for this call.", _PERMISSION),
    (_QIANFAN, ("InvalidAccessKeyId",), "The access key does not exist.", _KEYS),
    (_QIANFAN, ("SignatureDoesNotMatch",), "The secret key does not belong to the access key.", _KEYS),
    (_OPENSEARCH, ("Throttling", "Throttling.User"), "Too many requests were sent in a short time.", _WAIT),
    (
        _OPENSEARCH,
        ("Forbidden.RAM", "Forbidden"),
        "The RAM user may not make this call.",
        _PERMISSION,
    ),
    (_OPENSEARCH, ("InvalidAccessKeyId.NotFound",), "The access key does not exist.", _KEYS),
    (_OPENSEARCH, ("SignatureDoesNotMatch",), "The secret does not belong to the access key.", _KEYS),
    (
        _OPENSEARCH,
        ("InvalidSecurityToken.Expired",),
        "The temporary key has expired.",
        "Get a new one.",
    ),
    (
        _OPENSEARCH,
        ("App.NotFound",),
        "The app group does not exist.",
        "Compare `app` in the profile.",
    ),
    (
        _OPENSEARCH,
        ("Function.NotFound",),
        "The function does not exist.",
        "Compare `functions` in the profile.",
    ),
    (
        _OPENSEARCH,
        ("Instance.NotFound",),
        "The instance does not exist.",
        "List the jobs again.",
    ),
    (
        _OPENSEARCH,
        ("Task.IsRunning",),
        "The instance is training already.",
        "Wait until it has ended.",
    ),
    (_OPENSEARCH, ("ServiceUnavailable", "InternalError"), "The service failed.", _LATER),
)


def explain_peer_code(code: str) -> tuple[Explanation, ...]:
    """Return every meaning of ``code`` at Qianfan and OpenSearch; empty for an unknown one.

    Accepts the code as it is sent, in any case, or after the cloud: ``Qianfan.111``, ``qianfan 111``.
    """
    typed = code.strip().casefold()
    return tuple(entry for entry in all_peer_codes() if typed in _spellings(entry))


def all_peer_codes() -> tuple[Explanation, ...]:
    """Return every code that is known: Qianfan's, then OpenSearch's."""
    return tuple(
        Explanation(f"{cloud}.{code}", f"Error of {cloud}", meaning, remedy)
        for cloud, codes, meaning, remedy in _ENTRIES
        for code in codes
    )


def _spellings(entry: Explanation) -> tuple[str, str, str]:
    cloud, _, code = entry.code.casefold().partition(".")
    return code, f"{cloud}.{code}", f"{cloud} {code}"
