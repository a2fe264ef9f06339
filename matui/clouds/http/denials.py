"""Classifies a 403 by its words: credentials, the account, a permission, or none; names the IAM action."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from matui.base.codes.permissions import find_required_action
from matui.base.errors import PermissionDeniedError
from matui.base.text.regex import LazyPattern

if TYPE_CHECKING:
    import httpx

_CREDENTIAL = LazyPattern(
    r"(?:app|access|api|secret)[ -]?key|app ?secret|(?<![a-z])(?:ak|sk)(?![a-z])|signature|credential|token"
    r"|password|authenticat|auth ?fail|auth(?:ori[sz]ation)? ?header"
    r"|(?:time ?stamp|clock|time|date)\b.{0,20}(?:skew|expired|too large|out of)|密钥|签名|认证|令牌|密码"
)
_CLOCK = LazyPattern(
    r"(?:time ?stamp|clock|request time|(?:sdk|acs|bce|signature|signing) (?:date|time))\b"
    r".{0,30}(?:skew|expired|too large|out of|too far|illegal|invalid|earlier|later)"
    r"|(?:invalid|illegal) time ?stamp|(?:request|signature) (?:has |is |was )?expired"
    r"|(?:时间戳|请求时间|签名时间).{0,12}(?:过期|失效|超时|无效|偏差)|(?:签名|请求)(?:已|已经)?过期"
)
_IS_WRONG = LazyPattern(
    r"invalid|incorrect|wrong|expired|exist|match|fail|disabled|illegal|revoked|skew|too large|out of"
    r"|missing|unknown|malformed|unrecogni[sz]ed|not (?:valid|found|conform|recogni[sz]ed)|no valid"
    r"|does ?n[o']t conform|(?:must|has to|needs to) be (?:updated|renewed|refreshed)"
    r"|无效|错误|过期|失败|失效|有误|缺少|为空|不(?:存在|匹配|正确|合法)"
)
_ACCOUNT = LazyPattern(
    r"arrear|overdue|unpaid|insufficient (?:fund|balance)|balance|suspend|frozen|freez|real[- ]?name"
    r"|account[\w ]{0,20}(?:restrict|disabled|closed|locked)|past due|payment required"
    r"|(?:账户|账号|帐户|帐号)[^，。]{0,4}(?:禁用|锁定|注销)|欠费|冻结|余额|停用|实名"
)
_PERMISSION = LazyPattern(
    r"permission|privilege|not (?:been )?(?:authori[sz]ed|granted)"
    r"|polic(?:y|ies)|(?<![a-z])iam:|(?:no|without|lacks?|not have) (?:the )?(?:right|authority|access|role)"
    r"|requires? (?:the )?(?:iam )?(?:action|role) \w[\w-]*[:.]\w"
    r"|(?:action|role) \w[\w-]*[:.][\w:.-]+ is (?:required|missing)"
    r"|权限|授权|无权"
)
_ADDRESS = LazyPattern(
    r"(?<![a-z])(?:ip|acl|waf)(?![a-z])|white ?list|black ?list|allow ?list|deny ?list|firewall|白名单|黑名单"
)
_DENIED = LazyPattern(r"denied|forbid|forbidden|unauthori[sz]ed|not allowed|not permitted|拒绝|禁止|不允许")
_SAYS_NOTHING = LazyPattern(r"(?:forbidden|403|\W)*")
_CAMEL = LazyPattern(r"(?<=[a-z0-9])(?=[A-Z])|[._-]+")
# Of the permission errors: those that IAM raises; those about the account, an app, an address or a region.
_IAM_CODES = ("0108", "0112", "6653", "7003", "0302")
_OTHER_CODES = ("0109", "0111", "0304", "0306", "0401", "0402", "0405", "0801", "0802", "0310")


class Denial(Enum):
    """The subject of a refusal with status 403."""

    CREDENTIALS = "credentials"
    ACCOUNT = "account"
    PERMISSION = "permission"
    UNSTATED = "unstated"
    OTHER = "other"


def classify_denial(code: str, message: str) -> Denial:
    """Return the subject of a 403 by the words of its code and message."""
    text = f"{_CAMEL.compiled.sub(' ', code)} {message}".lower()
    if _SAYS_NOTHING.compiled.fullmatch(text):
        return Denial.UNSTATED
    if _ACCOUNT.compiled.search(text):
        return Denial.ACCOUNT
    if _ADDRESS.compiled.search(text):
        return Denial.OTHER
    if _CLOCK.compiled.search(text.replace("-", " ")):
        return Denial.CREDENTIALS
    if _PERMISSION.compiled.search(text):
        return Denial.PERMISSION
    if _CREDENTIAL.compiled.search(text) and _IS_WRONG.compiled.search(text):
        return Denial.CREDENTIALS
    if not _DENIED.compiled.search(text):
        return Denial.OTHER
    names_nothing = _SAYS_NOTHING.compiled.fullmatch(message.lower())
    return (
        Denial.UNSTATED if names_nothing and not _DENIED.compiled.search(code.lower()) else Denial.PERMISSION
    )


def blames_clock(code: str, message: str) -> bool:
    """Return whether an error is about the time of the request: its signature is too old or too new."""
    text = f"{_CAMEL.compiled.sub(' ', code)} {message}".lower().replace("-", " ")
    return _CLOCK.compiled.search(text) is not None


def name_action(error: PermissionDeniedError, request: httpx.Request) -> None:
    """Name the IAM action that ``request`` needs, where the reference has one.

    The sentence names it where the refusal is about a permission, the remedy where it gives no reason.
    """
    sets_status = b'"status"' in request.content
    action = find_required_action(request.method, request.url.path, sets_status=sets_status)
    if action is None:
        return
    match _classify_error(error):
        case Denial.PERMISSION:
            error.sentence = f"This needs the permission {action}. {error.sentence}"
            error.remedy = "Ask an administrator for it, or use another profile."
        case Denial.UNSTATED:
            error.remedy = f"If a permission is missing, it is {action}."
        case _:
            return


def _classify_error(error: PermissionDeniedError) -> Denial:
    number = error.code.rpartition(".")[2]
    if number in _IAM_CODES:
        return Denial.PERMISSION
    return Denial.OTHER if number in _OTHER_CODES else classify_denial(error.code, error.message)
