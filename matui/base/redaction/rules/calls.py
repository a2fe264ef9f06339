"""Mask secrets in source: the calls that take them. Pure."""

from __future__ import annotations

import re
from functools import partial

from matui.base.redaction.patterns import MASK, NAME
from matui.base.redaction.rules.rule import MaskRule
from matui.base.text.regex import LazyPattern

_ARGUMENT = LazyPattern(
    r"(\s*[rbfuRBFU]{0,2})(\"[^\"\n]*\"|'[^'\n]*'|(?:[^,\"'\n]|=\s*[\"'][^\"'\n]*[\"'])*)(?:,|$)"
)
_ARGUMENTS = r"(\((?:\"[^\"\n]*\"|'[^'\n]*'|\(\)|[^()\"'\n]){1,400})"
_MIXED = r"(?=[^\s\"']*\d)(?=[^\s\"']*[A-Za-z])[^\s\"']{8,}(?=[\"'])"
_EXAMPLE = LazyPattern(r"[<${]|(?:my|your)[ _-]", re.IGNORECASE)
_SETTER = r"\b(?:[sS]et|[wW]ith|[sS]ave)_?[A-Za-z_]{0,40}?"
_FIRST = r"\(\s*(?:[\w.]{1,40}\s*,\s*)?[\"']"

_KEY = LazyPattern(r"(?=\S*\d)(?=\S*[A-Za-z])\S{8,}")  # an access key, a token
_RANDOM_KEY = LazyPattern(r"(?=(?:\S*\d){3})(?=\S*[A-Z])[A-Za-z0-9+/=]{16,}")
_PASSWORD = LazyPattern(r"\S.{2,}\S")
# What calls take: what is in the call, the name of the call, the form of the secrets, their places.
_TAKEN: tuple[tuple[str | tuple[str, ...], str, LazyPattern, tuple[int, ...]], ...] = (
    (("Credential", "Auth("), r"\b\w{0,40}(?:Credentials?(?:V\d)?(?:Provider)?|Auth)", _KEY, (0, 1, 2)),
    ("Auth", r"(?:HTTP(?:Basic|Digest|Proxy)Auth|BasicAuth|PlainTextAuthProvider)", _PASSWORD, (1,)),
    ("PlainCredentials(", "PlainCredentials", _PASSWORD, (1,)),
    (("AcsClient(", "ObsClient(", "NewQianfan("), r"(?:Acs|Obs)Client|NewQianfan", _KEY, (0, 1)),
    (("obs.New(", "bos.NewClient("), r"(?:obs\.New|bos\.NewClient)", _KEY, (0, 1)),
    ("Signer(", r"\b\w{0,40}Signer", _RANDOM_KEY, (0, 1)),
    ("Session(", r"\b\w{0,40}Session", _RANDOM_KEY, (0, 1)),
    (("getProfile(", "get_profile("), r"get_?[pP]rofile", _KEY, (1, 2)),
    (
        ("NewClientWithAccessKey(", "Minio(", "OSSClient(", "oss.New("),
        r"(?:NewClientWithAccessKey|Minio|OSSClient|oss\.New)",
        _KEY,
        (1, 2),
    ),
    (".build(", r"OSSClientBuilder\(\)\.build", _KEY, (1, 2)),
    ((".with_", ".With"), r"\.(?:with_(?:ak|sk|security_token)|With(?:Ak|Sk))", _KEY, (0,)),
    ((".AK(", ".SK("), r"\.[AS]K", _KEY, (0,)),
    (
        ".connect(",
        r"(?:(?:py|aio)?mysql(?:\.connector)?|MySQLdb|psycopg2?|asyncmy)\.connect",
        _PASSWORD,
        (2,),
    ),
    (".connect(", r"(?:cx_Oracle|oracledb|hdbcli|dbapi)\.connect", _PASSWORD, (1,)),
    (".connect(", r"[tT]ransport(?:\([^()\n]*\))?\.connect", _PASSWORD, (2,)),
    (".connect(", r"(?:ssh\w*|SSHClient\(\))\.connect", _PASSWORD, (3,)),
    (("FTP(", "FTP_TLS("), r"\bFTP(?:_TLS)?", _PASSWORD, (2,)),
    ("Redis(", r"\b(?:Strict)?Redis", _PASSWORD, (3,)),
    (("Gitlab(", "hvac.Client("), r"(?:Gitlab|hvac\.Client)", _KEY, (1,)),
    (("Github(", "Fernet(", "hmac.new("), r"\b(?:Github|Fernet|hmac\.new)", _KEY, (0,)),
    (("Bot(", "AES.new("), r"\b(?:Bot|AES\.new)", _KEY, (0,)),
    ("jwt.encode(", r"\bjwt\.encode", _KEY, (1,)),
    ("login(", r"\blogin", _KEY, (0,)),
    ((".auth(", "login("), r"(?:\.auth|\blogin)", _PASSWORD, (1,)),
)


def _mask_arguments(form: LazyPattern, places: tuple[int, ...], call: re.Match[str]) -> str:
    """Return a call with ``***`` for the strings at ``places`` of its arguments that have the form."""
    arguments = call[2][1:]
    given = list(_ARGUMENT.compiled.finditer(arguments))
    texts = [argument[2].strip("\"'") for argument in given]
    if all(_EXAMPLE.compiled.match(texts[place]) for place in places if place < len(given)):
        return call[0]
    for place in reversed(places):
        if place >= len(given) or given[place][2][:1] not in ("'", '"'):
            continue
        if form.compiled.fullmatch(texts[place]) and not _EXAMPLE.compiled.match(texts[place]):
            start, end = given[place].span(2)
            arguments = f"{arguments[: start + 1]}{MASK}{arguments[end - 1 :]}"
    return f"{call[1]}({arguments}"


CALLS: tuple[MaskRule, ...] = (
    *(
        MaskRule(signs, LazyPattern(rf"({callee}){_ARGUMENTS}"), partial(_mask_arguments, form, places))
        for signs, callee, form, places in _TAKEN
    ),
    MaskRule(
        ("assword(", "asswd(", "assphrase("),
        LazyPattern(rf"((?:\.|{_SETTER})[pP]ass(?:word|wd|phrase){_FIRST})[^\"'\n]{{4,}}(?=[\"']\s*\))"),
    ),
    MaskRule(
        ("oken(", "ecret(", "ey(", "Id(", "_id("),
        LazyPattern(rf"({_SETTER}(?:[tT]oken|[sS]ecret|[kK]ey(?:_?[iI]d)?){_FIRST}){_MIXED}(?=[\"']\s*\))"),
    ),
    MaskRule("login(", LazyPattern(r"(\blogin\([^()\n]{0,80}?\bkey\s*=\s*[\"'])(?=\w*\d)\w{16,}")),
    MaskRule("=>", LazyPattern(rf"([\"']{NAME}[\"']\s*=>\s*[\"'])[^\"'\n]{{4,}}", re.IGNORECASE)),
    MaskRule("onnect(", LazyPattern(r"(\bconnect\([\"'][\w.-]+/)[^\s/@\"']+(?=@)")),  # of Oracle
)
"""What is passed to a call that takes a secret."""
