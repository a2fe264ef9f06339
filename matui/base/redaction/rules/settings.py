"""Secrets in configuration files and environments behind short names: pass, pw, auth, psk. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.patterns import MIXED, OTHERS, PASSWORDS, SCHEMES, SECRET_NAME, SIGN, STRONG
from matui.base.redaction.rules.rule import MaskRule
from matui.base.text.regex import LazyPattern

_KAGGLE = LazyPattern(
    r"(kaggle[^\n:=]{0,40}[\s_\"'.]key[\"']?\s*[:=]\s*[\"']?)(?=\w*\d)\w{16,}", re.IGNORECASE
)
# Of YAML, with the type or an anchor before the value.
_TAGGED = LazyPattern(
    rf"((?:{PASSWORDS}|{OTHERS})[\w-]{{0,80}}[\"']?:\s*(?:!!?|&)\w+\s+[\"']?)[^\s\"']+", re.IGNORECASE
)
# A name that alone says little: what follows has no word in it, and figures in three places.
_RANDOM = r"(?!\w*[a-z]{7})(?=(?:[A-Za-z]*\d+[A-Za-z]+){2}\d)[A-Za-z0-9]{20,}={0,2}(?![\w/.:+-])"
_KEY_ALONE = LazyPattern(rf"((?<![\w.-])(?:key|Key)\s*[:=]\s*[\"']?)(?=\w*[A-Z])(?=\w*[a-z]){_RANDOM}")
_KEY_OF_ENVIRONMENT = LazyPattern(rf"((?<![\w.-])KEY\s*[:=]\s*[\"']?){_RANDOM}")
_CODE = LazyPattern(
    rf"((?<![A-Za-z_])(?:pin|[ht]?otp){SIGN}[\"']?)\d{{4,8}}(?![\w%]|[.,]\d| ?[kMGT]?i?B\b)", re.IGNORECASE
)
_IN_BRACKETS = (  # token (x)
    r"(?!(?:sha|rsa|hmac|aes|ed)[\d-])(?=(?:[\w+=-]*\d){3})(?=[\w+=-]*[A-Za-z])[\w+=-]{12,}(?=\))"
)
# Before _pass they make it one of a compiler, of a model, or a count.
_NO_STEP = r"(?!(?:\w{0,40}_)?(?:n|num|one|two|first|second|last|each|single|multi|forward|backward)_pass)"
_VERDICT = r"\d|(?:true|false|yes|no|ok|null|none)\b"  # after pass, which is a test's
# Of Terraform.
_VARIABLE = LazyPattern(
    rf"(\bvariable\s+\"{SECRET_NAME}\"\s*\{{[^{{}}]{{0,400}}?\bdefault\s*=\s*\")[^\"\n]+", re.IGNORECASE
)
_SEED_WORDS = LazyPattern(
    r"((?:mnemonic|(?:seed|recovery)[ _-]phrase)s?[\"']?\s*[:=]\s*[\"']?)[a-z]{3,8}(?:[ ,]+[a-z]{3,8}){6,}",
    re.IGNORECASE,
)
_PGPASS = LazyPattern(
    r"((?:^|[\s\"'])[\w.*-]{1,80}:(?:543\d|6432|\*):[\w.*-]{1,64}:[\w.*@-]{1,64}:)"
    r"(?![a-z]+-\d{1,4}(?:\s|$))[^\s:\"']{6,}(?=[\s\"']|$)",
    re.MULTILINE,
)

SETTINGS: tuple[MaskRule, ...] = (
    MaskRule("variable ", _VARIABLE),
    *(MaskRule(f"ey{sign}", _KEY_ALONE) for sign in ("=", " =", ":")),
    *(MaskRule(f"KEY{sign}", _KEY_OF_ENVIRONMENT) for sign in ("=", " =", ":")),
    MaskRule("base64:", LazyPattern(r"(KEY\s*[:=]\s*[\"']?base64:)[\w+/=]{16,}")),
    MaskRule(("nemonic", "NEMONIC", "eed", "EED"), _SEED_WORDS),
    MaskRule("psk", LazyPattern(rf"((?:(?<![A-Za-z])psk=|wpa-psk\s+)[\"']?){MIXED}")),
    MaskRule("pw ", LazyPattern(rf"((?<![A-Za-z])rootpw\s+){MIXED}")),
    *(MaskRule(f"{word}{sign}", _CODE) for word in ("pin", "PIN", "otp", "OTP") for sign in '=:"'),
    MaskRule(
        "PASS",
        LazyPattern(
            rf"(\b(?:\w{{1,40}}PASS{SIGN}|PASS(?:=|[\"']\s*:\s*))[\"']?)(?!\d{{1,4}}\b)[^\s\"',;&}}]{{4,}}"
        ),
    ),
    MaskRule("PASS", LazyPattern(rf"(\bPASS\s?:\s+[\"']?)(?![Tt]est|\w*_){MIXED}")),  # else a verdict
    MaskRule("REDISCLI_AUTH", LazyPattern(r"(\bREDISCLI_AUTH=[\"']?)[^\s\"']+")),
    MaskRule("sonar.login", LazyPattern(r"(sonar\.login=)\S{8,}")),
    *(
        MaskRule(
            word,
            LazyPattern(rf"(\b{_NO_STEP}\w{{1,40}}{word}{SIGN}[\"']?)(?!\d{{1,4}}\b)[^\s\"',;&}}]{{4,}}"),
        )
        for word in ("_pass", "_pw", "_PW")
    ),
    MaskRule("bindpw", LazyPattern(rf"(\bbindpw\s+){MIXED}")),  # LDAP
    *(  # Redis
        MaskRule(word, LazyPattern(rf"((?:^|\b[Ss][Ee][Tt]\s+|--){word}\s+)\S{{4,}}", re.MULTILINE))
        for word in ("requirepass", "masterauth")
    ),
    MaskRule(".pass", LazyPattern(rf"(\.pass=[\"']?)(?!{_VERDICT})[^\s\"',;&}}]{{4,}}")),
    MaskRule("pass: ", LazyPattern(rf"(^\s+pass:\s+[\"']?)(?!{_VERDICT})[^\s\"',;&}}]{{6,}}", re.MULTILINE)),
    MaskRule("login key ", LazyPattern(r"(\blogin key )[0-9a-f]{32,}")),
    MaskRule(
        ("auth=", "auth:", "auth :", 'auth"', "auth'", "Auth:", "redentials:", "redential:"),
        LazyPattern(
            r"((?:(?<![A-Za-z])(?:auth|credentials?)|basicAuth)(?:=|[\"']?\s?:\s+)[\"']?"
            rf"(?!{SCHEMES}:)[\w.@-]+:)(?!//|\d{{1,5}}(?:[\s\"',;]|$))[^\s\"',;]{{4,}}"
        ),
    ),
    MaskRule(
        ("auth", "redential", "login"),
        LazyPattern(
            rf"((?<![a-z])(?:auth|credentials?|login)\s*(?:=>?|:)\s*(?:[\"']?[\w.@-]+[:/]|\[\s*[\w.@-]+\s*,\s*)){STRONG}"
        ),
    ),
    MaskRule("PW=", LazyPattern(rf"((?<![A-Za-z_])PW=[\"']?){MIXED}")),
    MaskRule("redential", LazyPattern(r"([Cc]redentials? [\w.-]+:)[^\s@/]{4,}(?=@)")),
    MaskRule("assword ", LazyPattern(r"([Pp]assword (?:is generated )?for [^\s:]{1,80}: )[^\s\"',;]{4,}")),
    MaskRule("_AUTH=", LazyPattern(rf"(\b[A-Z]\w{{0,40}}_AUTH=[\"']?){MIXED}")),
    MaskRule("pw", LazyPattern(rf"((?<![A-Za-z_])pw{SIGN}[\"']?){MIXED}")),
    MaskRule((": !", ": &"), _TAGGED),
    MaskRule("aggle", _KAGGLE),
    MaskRule("AGGLE", _KAGGLE),
    MaskRule("password ", LazyPattern(r"(\blogin\s+\S+\s+password\s+)\S+")),  # of .netrc
    MaskRule("auth", LazyPattern(rf"((?<![A-Za-z])auth{SIGN}[\"']?){MIXED}")),
    MaskRule("pass", LazyPattern(rf"((?<![A-Za-z_])pass{SIGN}[\"']?){MIXED}")),
    *(
        MaskRule(f"{word} (", LazyPattern(rf"({word} \(){_IN_BRACKETS}"))
        for word in ("oken", "ecret", "ey", "redential")
    ),
    MaskRule((":5432:", ":6432:", ":*:"), _PGPASS),
    *(  # what a command line of a cloud asks for
        MaskRule(f"{word} [", LazyPattern(rf"({word} \[[^\]\n]{{0,40}}\]:\s*)[^\s\"']{{8,}}"))
        for word in ("Key ID", "Key Id", "Access Key", "Key Secret", "Token")
    ),
    MaskRule(("_SK", "_AK"), LazyPattern(r"([\"']\w{0,40}_[AS]K[\"']\]\s*=\s*[\"'])[^\s\"']{8,}")),
    *(
        MaskRule(f"-server {word} ", LazyPattern(rf"((?:radius|tacacs|snmp)-server {word} (?:\d )?)\S{{6,}}"))
        for word in ("key", "community")
    ),
)
