"""Hashes of passwords, as in shadow files, directories and databases. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.rules.rule import MaskRule
from matui.base.text.regex import LazyPattern

_HASHED = LazyPattern(r"(\b(?:secret|password) [0-9] )(?=\S*\d)(?=\S*[A-Za-z])\S{8,}")  # of network devices

HASHES: tuple[MaskRule, ...] = (
    MaskRule(("secret ", "password "), _HASHED),
    *(  # of crypt(3)
        MaskRule(sign, LazyPattern(rf"({re.escape(sign)}\w{{0,2}}\$)[\w./+=,$-]{{20,}}"))
        for sign in ("$1", "$2", "$5", "$6", "$7", "$8", "$9", "$y", "$gy", "$s")
    ),
    *(
        MaskRule(name, LazyPattern(rf"({name}[\w:,=-]{{0,40}}\$)[\w./+=,:$-]{{20,}}"))
        for name in ("pbkdf2", "scrypt")
    ),
    *(  # of LDAP
        MaskRule(
            f"{{{scheme}",
            LazyPattern(rf"(\{{{scheme}(?:-?[\dsh][\da-z]{{0,5}})?\}})[\w./+=,$-]{{16,}}", re.IGNORECASE),
        )
        for scheme in ("SSHA", "SHA", "SMD5", "MD5", "PBKDF2", "CRYPT", "ssha", "crypt")
    ),
    MaskRule("$argon2", LazyPattern(r"(\$argon2\w{1,2}\$)[\w./=,+$-]{20,}")),
    MaskRule("$apr1$", LazyPattern(r"(\$apr1\$)[\w./$]{20,}")),  # of htpasswd
)
