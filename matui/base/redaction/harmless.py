"""Recognise what has the name of a secret and is none: a variable, a placeholder, a path, a count. Pure."""

from __future__ import annotations

import re

from matui.base.text.regex import LazyPattern

_CAMEL = LazyPattern(r"(?<=[a-z0-9])(?=[A-Z])")
_SIGNS_AFTER = " \t\"'\\:=?>"
# Of something about a secret: token_file, secretName, password-length, tokenExpiresAt.
_ABOUT_SECRETS = LazyPattern(
    r"(?:[_.-]|secret|token|passw(?:or)?d|credentials?|key)"
    r"(?:files?|file_?path|path|dir|folder|names?|ur[il]|endpoint|types?|ref|arn|env|source|provider|mode|version"
    r"|length|limit|count|size|dim|algo(?:rithm)?|policy|ttl|lifetime|expir(?:y|ation)"
    r"|stdin|expires(?:[_-]?(?:at|in|on))?|(?:last[_-])?(?:changed|updated|rotated)(?:[_-]at)?)$"
    r"|token-[b-df-hj-np-tv-xz2-9]{5}$",  # a Secret of a service account
    re.IGNORECASE,
)
_PLACEHOLDER = LazyPattern(
    r"\$\{\w+\}?|\$[A-Z_][A-Z0-9_]*|\$(?:[a-z]+_)*(?:pass|pwd|pw|token|secret|key|cred|ak|sk)[a-z]*(?:_[a-z]+)*"
    r"|\$\((?:cat|pass|curl|kubectl|vault|aws|gcloud|hcloud|<).*|`(?:cat|pass)"
    r"|%[A-Z_]+%|%s|%\(\w+\)?s?|\{+[a-z_.]*\}*|<[A-Za-z_ -]*>?"
    r"|[\[(<](?i:hidden|redacted|masked|removed|omitted|none|null|not)[\])>]?|REDACTED|x{3,}|X{3,}|\.{3,}|\*+"
    r"|(?i:none|null|nil|true|false|undefined)|(?:str|bytes|string|String)\)?"
    r"|os\.(?:environ|getenv).*|process\.env\.\w+"
    r"|[a-z_][\w.]*(?:\(\)|\[)"  # a call, an item
    r"|(?:Optional|Union|Annotated|list|dict|tuple)\[\w*"  # a type
    r"|via|or|and|is|in|on|as|for|from|with|to|must|should|cannot|not|option|flag|argument"  # of a sentence
    r"|(?:args|self|cfg|config|conf|settings|opts|options|FLAGS)(?:\.[a-z_]+)+",
    re.DOTALL,
)
_COUNT = LazyPattern(r"\d{1,3}|\d+/\d+")
_OF_HOW_MANY = LazyPattern(r"\s+of\s+\d")
# What a cluster says of an object whose kind is Secret.
_OBJECT = LazyPattern(r"(?:[a-z][a-z\d-]*/)?[a-z]+(?:-(?:[a-z]*\d{0,4}|[b-df-hj-np-tv-xz2-9]{5}))+")
_OF_OBJECTS = LazyPattern(
    r"[\"']?\s+(?:not found|already exists|in namespace|(?:creat|delet|configur|patch)ed\b|unchanged\b)"
)


def split_camel_case(name: str) -> str:
    """Return a name with ``_`` between its words: ``userToken`` becomes ``user_Token``."""
    return _CAMEL.compiled.sub("_", name)


def is_about_secret(name: str) -> bool:
    """Return whether what a name denotes is about a secret, and is none: ``token_file``, ``secretName``.

    The signs between the name and its value may stand at its end.
    """
    return _ABOUT_SECRETS.compiled.search(split_camel_case(name.rstrip(_SIGNS_AFTER))) is not None


def is_placeholder(value: str) -> bool:
    """Return whether a value stands for a secret that is elsewhere, or says that there is none."""
    return _PLACEHOLDER.compiled.fullmatch(value.strip("\"'")) is not None


def is_count(match: re.Match[str]) -> bool:
    """Return whether the value of a match, its second group, is a number of some, ``12 of 100``."""
    value = match[2].strip("\"'")
    if _COUNT.compiled.fullmatch(value):
        return True
    return value.isdigit() and _OF_HOW_MANY.compiled.match(match.string, match.end()) is not None


def is_object_name(match: re.Match[str]) -> bool:
    """Return whether a match is of an object of a cluster: ``secret "db-pull-01" not found``."""
    name = match[1].rstrip(" \"'").lower()
    return (
        name.endswith(("secret", "secrets"))
        and _OBJECT.compiled.fullmatch(match[2]) is not None
        and _OF_OBJECTS.compiled.match(match.string, match.end()) is not None
    )
