"""Masks secrets in text that are known by their shape, or by the word before them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from matui.base.redaction.calls import CALLS, mask_literals
from matui.base.redaction.commands import ARGUMENTS, mask_options
from matui.base.redaction.disguises import decode_layers
from matui.base.redaction.documents import INSERT, SECRET_OBJECT, mask_data, mask_inserted, mask_manifests
from matui.base.redaction.harmless import is_about_secret, is_object_name, is_placeholder
from matui.base.redaction.statements import (
    KEY_PAIR,
    MASK,
    PASSWORD_SIGNS,
    PASSWORDS,
    SECRET_SIGNS,
    SECRETS,
    MaskRule,
    contains_any,
    mask_statements,
)
from matui.base.redaction.tokens import TOKENS
from matui.base.text.regex import LazyPattern

_NAME = rf"[\w.-]{{0,80}}?(?:{PASSWORDS}|{SECRETS})[\w.-]{{0,80}}"
_STRING = r"(?P<quote>[\"'])(?:(?!(?P=quote))[^\\\n]|\\.){4,}(?P=quote)"

# os.environ["API_KEY"] = "x", "token": ["x"], "token": b"x"; a value in quotes alone is found as of JSON
_ASSIGNED = LazyPattern(rf"([\"']{_NAME}[\"'](?:\]\s*=\s*b?|\s*:\s*(?:\[\s*b?|b)))({_STRING})", re.IGNORECASE)
# "api_keys": ["x", "y"], "credentials": {"a": "x"}
_COLLECTION = LazyPattern(
    rf"([\"']{_NAME}[\"']\s*[:=]\s*)(\[[^\[\]\n]{{1,4000}}\])"
    r"|([\"'][\w.-]{0,40}(?:secret|credential|password)s?[\"']\s*[:=]\s*)(\{[^{}\n]{1,4000}\})",
    re.IGNORECASE,
)
_MIXED_STRING = LazyPattern(
    r"(?P<quote>[\"'])(?=[^\"'\s]*\d)(?=[^\"'\s]*[A-Za-z])[^\"'\s]{8,}(?P=quote)(?!\s*:)"
)
# ("DB_PASSWORD", "x"), ["--token", "x"]: names are listed too, so that a value has letters and digits
_LISTED = LazyPattern(
    rf"([\"'](?:-{{0,2}}{_NAME}|--?{KEY_PAIR})[\"']\s*,\s*[\"'])"
    r"(?=[^\"'\s]*\d)(?=[^\"'\s]*[a-z])[^\"'\s]{6,}(?=[\"'])",
    re.IGNORECASE,
)
_USER_AND_PASSWORD = LazyPattern(
    r"(\b(?:\w{1,20}_)?(?:auth|credentials?|login)\s*[:=]\s*[(\[]\s*[\"'][^\"'\n]{0,80}[\"']\s*,\s*[\"'])[^\"'\n]{4,}(?=[\"'])",
    re.IGNORECASE,
)
_PASSWORD_PAIR = LazyPattern(
    rf"([\[(]\s*[\"'][\w.-]{{0,80}}(?:{PASSWORDS})[\"']\s*,\s*[\"'])(?!user)[^\"'\s]{{4,}}(?=[\"']\s*[\])])",
    re.IGNORECASE,
)
_ENCODED_PAIR = LazyPattern(rf"({_NAME}(?:%22)?%3A(?:%20|\+)*(?:%22)?)[^\s&%\"']{{4,}}", re.IGNORECASE)
_OTHERS = rf"{SECRETS}|session(?:[_-]?id)?(?==)|sessionid(?=[\"'])|{KEY_PAIR}"
_SIGN = r"[\"']?\s*(?:[:?]?=|::(?=\s)|[:：])\s*"
_QUOTED = r"(?<![\"'])(?:\"(?:[^\"\\]|\\.){4,}\"|'[^']{4,}')"
_NO_VALUE = (  # (using password: YES), password: required
    r"(?:true|false|yes|no|none|null|required|missing|invalid|expired|incorrect|unset|enabled|disabled)"
)
_PASSWORD = LazyPattern(
    rf"((?:{PASSWORDS})[\w-]{{0,80}}(?:\[\w{{0,20}}\]|\])?{_SIGN}(?:\\*[\"'])??)(?!{_NO_VALUE}(?:[)\].,;]|\s|$))"
    rf"({_QUOTED}|[^\s\"',;&}}]{{4,}})",
    re.IGNORECASE,
)
# Besides a password, what follows a word is a secret if it has letters and digits and is no number.
_MIXED = (
    r"(?=[^\s\"',;&}]{0,300}\d)(?=[^\s\"',;&}]{0,300}[a-z])"  # a bound: a line may be one long word
    r"(?![\d.,+-]+(?:e[+-]?\d+)?[a-z%]*(?:/[a-z]+)?[\s\"',;&}]|[\d.,]+(?:e[+-]?\d+)?[a-z%]*$)"
    r"(?![\w.]{8,}\()"  # a call
    r"([^\s\"',;&}:()\[\]]{8,})"
)
_SPELLED = LazyPattern(rf"((?:{_OTHERS})[\w-]{{0,80}}(?:{_SIGN}|\s+)[\"']?){_MIXED}", re.IGNORECASE)
_SPELLED_PASSWORD = LazyPattern(rf"((?:{PASSWORDS})\s+[\"']?){_MIXED}", re.IGNORECASE)
# | password | x |, password ..... x
_IN_TABLE = LazyPattern(
    rf"((?<![\w.-])[\w.-]{{0,40}}?(?:{PASSWORDS}|{_OTHERS})[\w.-]{{0,40}}\s*(?:[|│]|\.{{3,}})\s*){_MIXED}",
    re.IGNORECASE,
)
_IN_IMAGE = LazyPattern(  # of a Dockerfile
    rf"(^\s*(?:ENV|ARG)\s+\w{{0,40}}?(?:(?:{PASSWORDS})\w{{0,40}}\s+(?=\S{{4}})|(?:{SECRETS})\w{{0,40}}\s+(?=\S*\d)))(\S+)",
    re.IGNORECASE,
)
_KAGGLE = LazyPattern(
    r"(kaggle[^\n:=]{0,40}[\s_\"'.]key[\"']?\s*[:=]\s*[\"']?)(?=\w*\d)\w{16,}", re.IGNORECASE
)

_LABEL = r"(?<![a-z])(?:\w{0,40}(?:name|key|label)|k|n|param(?:eter)?|var(?:iable)?|env|field)"
_CONTENT = r"(?<![a-z])(?:\w{0,40}value|val|v|content|default)"
_EQUALS = r"\\*[\"']?\s*[:=]\s*\\*[\"']?"
_SECRET_NAME = rf"[\w.-]{{0,80}}?(?:{PASSWORDS}|{_OTHERS})[\w.-]{{0,80}}"
_NEXT = r"\\*[\"']?(?:\s*[,;]\s*|\s+)\\*[\"']?"
_OTHER_FIELD = rf"(?:(?!{_LABEL}\b)\w{{1,40}}{_EQUALS}[^\"',;{{}}\s]{{0,80}}{_NEXT}){{0,3}}"
# Of YAML, of JSON in a text, of Go: a name and its value in either order.
_NAME_BESIDE_VALUE = LazyPattern(
    rf"({_LABEL}{_EQUALS}{_SECRET_NAME}{_NEXT}{_OTHER_FIELD}{_CONTENT}{_EQUALS}\[?[\"']?)"
    r"(?![\d.,]+(?:[\s\"',}\\]|$))[^\s\"',;}\\\]]+",
    re.IGNORECASE,
)
_VALUE_BESIDE_NAME = LazyPattern(
    rf"({_CONTENT}{_EQUALS})(?![\d.,]+[\s\"',}}\\])[^\s\"',;}}\\]{{1,2000}}+"
    rf"({_NEXT}{_LABEL}{_EQUALS}{_SECRET_NAME}(?=[\s\"',;}}\\]|$))",
    re.IGNORECASE,
)
_ELEMENT = LazyPattern(
    rf"(<(?:[\w.-]{{0,80}}?[:._-])?(?:{PASSWORDS}|{_OTHERS})[\w.-]{{0,40}}(?:\s[^<>]{{0,200}})?>"
    rf"(?:<!\[CDATA\[)?)(?!(?:[\d.,\s]*|\s*{_NO_VALUE}\s*)<)[^<]+(?=</)",
    re.IGNORECASE,
)

# Of YAML, with the type or an anchor before the value.
_TAGGED = LazyPattern(
    rf"((?:{PASSWORDS}|{_OTHERS})[\w-]{{0,80}}[\"']?:\s*(?:!!?|&)\w+\s+[\"']?)[^\s\"']+", re.IGNORECASE
)

_AUTH = LazyPattern(
    r"((?<![\w-])AUTH\s+(?:[\w-]+\s+(?=\S+$))?[\"']?)(?=\S*\d)(?=\S*[A-Za-z])"
    r"(?!(?:X?OAUTH|CRAM|DIGEST|SCRAM|SHA|NTLM)\S*)[^\s\"',;:=()\[\]]{6,}(?![:=(\[])",
    re.MULTILINE,
)
# A name that alone says little: what follows has no word in it, and figures in three places.
_RANDOM = r"(?!\w*[a-z]{7})(?=(?:[A-Za-z]*\d+[A-Za-z]+){2}\d)[A-Za-z0-9]{20,}={0,2}(?![\w/.:+-])"
_KEY_ALONE = LazyPattern(rf"((?<![\w.-])(?:key|Key)\s*[:=]\s*[\"']?)(?=\w*[A-Z])(?=\w*[a-z]){_RANDOM}")
_KEY_OF_ENVIRONMENT = LazyPattern(rf"((?<![\w.-])KEY\s*[:=]\s*[\"']?){_RANDOM}")
_CODE = LazyPattern(
    rf"((?<![A-Za-z_])(?:pin|[ht]?otp){_SIGN}[\"']?)\d{{4,8}}(?![\w%]|[.,]\d| ?[kMGT]?i?B\b)", re.IGNORECASE
)
_DSN = LazyPattern(r"(dsn[\"']?\s*[=:]\s*[\"']?https?://)[^\s/@:\"']+(?=:?@)", re.IGNORECASE)

# The scheme of the header, and what follows it: one value or several named ones.
_ANY_SCHEME = LazyPattern(
    r"(authorization[\"']?\s*[:=]\s*[\"']?[a-z][\w-]{1,40}[ \t]+)"
    r"(?:(?:[\w-]+=(?:\"[^\"\n]*\"|[^\s,\"']+)(?:,\s*|(?=[\s\"']|$)))+"
    r"|(?=[^\s\"',]*\d)(?=[^\s\"',]*[a-z])[^\s\"',]{8,}|[^\s\"',]{20,})",
    re.IGNORECASE,
)
_QUERY = LazyPattern(rf"([?&#](?:ticket|sas|sid|tk|k)=){_MIXED}", re.IGNORECASE)
_KEY_IN_PATH = LazyPattern(
    r"((?<![a-z])(?:api[_-]?key|(?:access|auth|bearer|refresh)[_-]?token)/)"
    r"(?=(?:[\w-]*\d){3})(?=[\w-]*[a-z])[\w-]{12,}(?![\w.])",
    re.IGNORECASE,
)
_IN_BRACKETS = (  # token (x)
    r"(?!(?:sha|rsa|hmac|aes|ed)[\d-])(?=(?:[\w+=-]*\d){3})(?=[\w+=-]*[A-Za-z])[\w+=-]{12,}(?=\))"
)
_STRONG = r"(?=\S{0,300}\d)(?=\S{0,300}[a-z])(?=\S{0,300}[A-Z])[\w+-]{16,}={0,2}(?![\w/.])"
_TRIPLE = LazyPattern(
    rf"((?:{PASSWORDS}|{SECRETS})[\w-]{{0,80}}\s*[:=]\s*(?:\"{{3}}|'{{3}}))[^\"']{{4,}}", re.IGNORECASE
)

# Before a colon they say how one signs in, and are no user.
_SCHEMES = (
    r"(?:sasl|kerberos|oauth2?|oidc|saml2?|token|file|env|ldaps?|basic|bearer|digest|jwt|mtls|x509|module"
    r"|provider)"
)
_VERDICT = r"\d|(?:true|false|yes|no|ok|null|none)\b"  # after pass, which is a test's
_WORD_IN_CALL = r"(?:[\"'][^\"'\n]{1,80}[\"']|[\w.*]{1,40})"
# Of Terraform.
_VARIABLE = LazyPattern(
    rf"(\bvariable\s+\"{_SECRET_NAME}\"\s*\{{[^{{}}]{{0,400}}?\bdefault\s*=\s*\")[^\"\n]+", re.IGNORECASE
)
_CURL_COOKIE = LazyPattern(
    r"(\bcurl\b[^\n;|]{0,300}?\s(?:-b|--cookie)[= ]?\s*[\"']?)(?=[^\s\"']*=)[^\n\"'|]+"
)
_SEED_WORDS = LazyPattern(
    r"((?:mnemonic|(?:seed|recovery)[ _-]phrase)s?[\"']?\s*[:=]\s*[\"']?)[a-z]{3,8}(?:[ ,]+[a-z]{3,8}){6,}",
    re.IGNORECASE,
)
_HASHED = LazyPattern(r"(\b(?:secret|password) [0-9] )(?=\S*\d)(?=\S*[A-Za-z])\S{8,}")  # of network devices

_PGPASS = LazyPattern(
    r"((?:^|[\s\"'])[\w.*-]{1,80}:(?:\d{2,5}|\*):[\w.*-]{1,64}:[\w.*@-]{1,64}:)[^\s:\"']{6,}(?=[\s\"']|$)",
    re.MULTILINE,
)

# What is in every text that the pattern matches, the pattern, and what takes the place of a match.
_SHAPES: tuple[MaskRule, ...] = (
    MaskRule(
        "wandb login",
        LazyPattern(r"(wandb login\s+(?:--?[\w-]+(?:[= ]https?://\S+)?\s+){0,3})(?:\w{20,}|(?=\w*\d)\w{6,})"),
    ),
    MaskRule("login(", LazyPattern(r"(\blogin\(\s*([\"']))(?=[^\"']*\d)[^\"'\s/]{8,}(?=\2\s*\))")),
    MaskRule("login(", LazyPattern(r"(\blogin\(\s*[\"'][^\"'\n]{1,80}[\"']\s*,\s*[\"'])[^\"'\n]+")),
    MaskRule("login(", LazyPattern(r"(\blogin\([^()\n]{0,80}?\bkey\s*=\s*[\"'])(?=\w*\d)\w{16,}")),
    *(
        MaskRule(word, LazyPattern(rf"((?:Auth|Credentials?)\(\s*{_WORD_IN_CALL}\s*,\s*[\"']){_MIXED}"))
        for word in ("Auth(", "Credential")
    ),
    *(
        MaskRule(word, LazyPattern(rf"(\b{word}{_SECRET_NAME}\s+[\"']?)[^\s\"';&]{{4,}}", re.IGNORECASE))
        for word in ("setenv ", "set -x ", "set -gx ", "set -Ux ")
    ),
    MaskRule("variable ", _VARIABLE),
    *(MaskRule(sign, _CURL_COOKIE) for sign in (" -b", "--cookie")),
    *(MaskRule(f"ey{sign}", _KEY_ALONE) for sign in ("=", " =", ":")),
    *(MaskRule(f"KEY{sign}", _KEY_OF_ENVIRONMENT) for sign in ("=", " =", ":")),
    MaskRule("base64:", LazyPattern(r"(KEY\s*[:=]\s*[\"']?base64:)[\w+/=]{16,}")),
    *(MaskRule(sign, _SEED_WORDS) for sign in ("nemonic", "NEMONIC", "eed", "EED")),
    *(MaskRule(sign, _HASHED) for sign in ("secret ", "password ")),
    MaskRule("psk", LazyPattern(rf"((?:(?<![A-Za-z])psk=|wpa-psk\s+)[\"']?){_MIXED}")),
    MaskRule("-auth", LazyPattern(r"(--(?:basic-)?auth[= ][\"']?[\w.@-]+:)[^\s\"']{4,}")),
    MaskRule("--creds", LazyPattern(r"(--creds[= ][\"']?[\w.@-]+:)[^\s\"']{4,}")),
    MaskRule("pw ", LazyPattern(rf"((?<![A-Za-z])rootpw\s+){_MIXED}")),
    *(
        MaskRule(f" {word} ", LazyPattern(rf"((?:SASL|AUTH) {word} )[\w+/]{{12,}}={{0,2}}"))
        for word in ("PLAIN", "LOGIN")
    ),
    MaskRule("AUTH ", _AUTH),  # Redis
    MaskRule("sig=", LazyPattern(rf"((?<![A-Za-z_])sig=){_MIXED}")),
    *(MaskRule(f"{word}{sign}", _CODE) for word in ("pin", "PIN", "otp", "OTP") for sign in '=:"'),
    *(MaskRule(word, _DSN) for word in ("dsn", "DSN")),
    MaskRule("--password-stdin", LazyPattern(r"(\becho\s+(?:-n\s+)?)[^\n|]+?(?=\s*\|)")),
    MaskRule("PASS", LazyPattern(rf"(\b\w{{0,40}}PASS{_SIGN}[\"']?)(?!\d{{1,3}}\b)[^\s\"',;&}}]{{4,}}")),
    *(
        MaskRule(word, LazyPattern(rf"(\b\w{{1,40}}{word}{_SIGN}[\"']?)(?!\d{{1,3}}\b)[^\s\"',;&}}]{{4,}}"))
        for word in ("_pass", "_pw", "_PW")
    ),
    MaskRule("bindpw", LazyPattern(rf"(\bbindpw\s+){_MIXED}")),  # LDAP
    *(  # Redis
        MaskRule(word, LazyPattern(rf"((?:^|\b[Ss][Ee][Tt]\s+|--){word}\s+)\S{{4,}}", re.MULTILINE))
        for word in ("requirepass", "masterauth")
    ),
    MaskRule(".pass", LazyPattern(rf"(\.pass=[\"']?)(?!{_VERDICT})[^\s\"',;&}}]{{4,}}")),
    MaskRule("pass: ", LazyPattern(rf"(^\s+pass:\s+[\"']?)(?!{_VERDICT})[^\s\"',;&}}]{{6,}}", re.MULTILINE)),
    MaskRule("login key ", LazyPattern(r"(\blogin key )[0-9a-f]{32,}")),
    *(
        MaskRule(
            sign,
            LazyPattern(
                r"((?:(?<![A-Za-z])(?:auth|credentials?)|basicAuth)(?:=|[\"']?\s?:\s+)[\"']?"
                rf"(?!{_SCHEMES}:)[\w.@-]+:)(?!//|\d{{1,5}}(?:[\s\"',;]|$))[^\s\"',;]{{4,}}"
            ),
        )
        for sign in ("auth=", "auth:", "auth :", 'auth"', "auth'", "Auth:", "redentials:", "redential:")
    ),
    *(
        MaskRule(
            sign,
            LazyPattern(
                rf"((?<![a-z])(?:auth|credentials?|login)\s*(?:=>?|:)\s*(?:[\"']?[\w.@-]+[:/]|\[\s*[\w.@-]+\s*,\s*)){_STRONG}"
            ),
        )
        for sign in ("auth", "redential", "login")
    ),
    MaskRule("--login", LazyPattern(rf"(--login[= ][\"']?[\w.@-]+:){_MIXED}")),
    MaskRule("PW=", LazyPattern(rf"((?<![A-Za-z_])PW=[\"']?){_MIXED}")),
    *(  # of the header of Digest
        MaskRule(f"response{sign}", LazyPattern(r"(\bresponse\s?=\s?\"?)(?:[0-9a-f]{32}){1,2}(?!\w)"))
        for sign in ("=", " =")
    ),
    MaskRule("redential", LazyPattern(r"([Cc]redentials? [\w.-]+:)[^\s@/]{4,}(?=@)")),
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
    *(MaskRule(word, INSERT, mask_inserted) for word in ("VALUES", "values")),
    *(MaskRule(sign, SECRET_OBJECT, mask_data) for sign in ('"Secret"', '\\"Secret\\"')),
    MaskRule("$argon2", LazyPattern(r"(\$argon2\w{1,2}\$)[\w./=,+$-]{20,}")),
    MaskRule("$apr1$", LazyPattern(r"(\$apr1\$)[\w./$]{20,}")),  # of htpasswd
    MaskRule("pass ", LazyPattern(r"(\s?-(?:(?:src|dest)?(?:store|key)|new|jks)pass\s+)\S{4,}")),  # of Java
    MaskRule("=>", LazyPattern(rf"([\"']{_NAME}[\"']\s*=>\s*[\"'])[^\"'\n]{{4,}}", re.IGNORECASE)),
    MaskRule(  # of Hadoop
        "</name>",
        LazyPattern(
            rf"(<name>\s*{_SECRET_NAME}\s*</name>\s*<value>)(?!\s*{_NO_VALUE}\s*<)[^<]+", re.IGNORECASE
        ),
    ),
    *(
        MaskRule(
            f" {attribute}=",
            LazyPattern(
                rf"(<\w+ {attribute}=[\"']{_SECRET_NAME}[\"'](?:\s[^<>]{{0,80}})?>\s*(?:<value>)?)"
                rf"(?!(?:[\d.,\s]*|\s*{_NO_VALUE}\s*)<)[^<]+(?=</)",
                re.IGNORECASE,
            ),
        )
        for attribute in ("name", "key")
    ),
    MaskRule("DENTIFIED", LazyPattern(r"(IDENTIFIED (?:WITH \w+ )?BY (?:PASSWORD )?[\"'])[^\"'\n]+")),
    MaskRule("--from-literal", LazyPattern(r"(--from-literal[= ][\"']?[^\s=]+=)[^\s\"']+")),
    MaskRule("assword for ", LazyPattern(r"([Pp]assword for [^\s:]{1,80}: )[^\s\"',;]{4,}")),
    MaskRule("--pass", LazyPattern(rf"(--pass(?:[= ]|[\"'], ?)[\"']?){_MIXED}")),
    MaskRule("swanlab login", LazyPattern(rf"(swanlab login\s[^\n]{{0,80}}?-k\s*){_MIXED}")),
    *(MaskRule(f"{word}uthorization", _ANY_SCHEME) for word in "Aa"),
    MaskRule("AUTHORIZATION", _ANY_SCHEME),
    MaskRule("-Key", LazyPattern(rf"((?:(?<![\w-])X-[\w-]{{1,40}}|Subscription)-Key\s*[:=]\s*){_MIXED}")),
    MaskRule("_AUTH=", LazyPattern(rf"(\b[A-Z]\w{{0,40}}_AUTH=[\"']?){_MIXED}")),
    MaskRule("pw", LazyPattern(rf"((?<![A-Za-z_])pw{_SIGN}[\"']?){_MIXED}")),
    *(MaskRule(f"{name}=", _QUERY) for name in ("ticket", "sas", "sid", "tk", "?k", "&k")),
    MaskRule("@tcp(", LazyPattern(r"(\b[\w.-]+:)[^\s:@/]{4,}(?=@tcp\()")),
    MaskRule("vault login", LazyPattern(rf"(\bvault login (?:-\S+ )*){_MIXED}")),
    MaskRule("pass:", LazyPattern(r"(\s-pass(?:in|out)?\s+pass:)\S+")),
    MaskRule("htpasswd", LazyPattern(r"(\bhtpasswd\s+-\w*b\w*\s+\S+\s+\S+\s+)\S+")),
    MaskRule("smbclient", LazyPattern(r"(\bsmbclient\b[^\n]{0,200}?-U\s*[\"']?[\w.\\-]+%)[^\s\"']+")),
    MaskRule("--auth", LazyPattern(rf"(--auth[= ]){_STRONG}")),
    MaskRule("--key", LazyPattern(rf"(--key[= ]){_STRONG}")),
    *(MaskRule(sign, _TAGGED) for sign in (": !", ": &")),
    MaskRule("bce-auth-v", LazyPattern(r"(bce-auth-v\d(?:/|%2F))[^\s\"']+", re.IGNORECASE)),
    MaskRule("SDK-HMAC-SHA256", LazyPattern(r"(SDK-HMAC-SHA256 Access=)[^,\s]+")),
    MaskRule("asic ", LazyPattern(r"(\b[Bb]asic )[A-Za-z0-9+/]{12,}={0,2}")),
    MaskRule("sig", LazyPattern(r"([?&]sign?=)[^\s&\"']+")),
    MaskRule("login", LazyPattern(r"(\blogin\b[^\n]{0,500}?\s-p\s*)[^\s-]\S*")),
    MaskRule("aggle", _KAGGLE),
    MaskRule("AGGLE", _KAGGLE),
    MaskRule("username", LazyPattern(r"(\"username\":\s*\"[^\"]*\",\s*\"key\":\s*\")[^\"]+")),
    MaskRule("password ", LazyPattern(r"(\blogin\s+\S+\s+password\s+)\S+")),  # of .netrc
    MaskRule("</", _ELEMENT),
    MaskRule("oauth-basic@", LazyPattern(r"(://)[^\s/@]+(?=:?x-oauth-basic@)")),
    MaskRule("@", LazyPattern(r"(://)(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{16,}(?=:?@)")),
    MaskRule("Cookie:", LazyPattern(r"(Cookie:\s*)[^\n\"']+")),
    *(
        MaskRule(f"ookie{sign}", LazyPattern(r"([Cc]ookie[\"']?:\s*[\"']?)(?=[^\n\"'\s]{1,80}=)[^\n\"']+"))
        for sign in (":", '"', "'")
    ),
    MaskRule("SESSID=", LazyPattern(rf"(SESSID=){_MIXED}")),
    MaskRule("connect.sid", LazyPattern(r"(\bconnect\.sid=)[^\s;,\"']{16,}")),
    MaskRule("auth", LazyPattern(rf"((?<![A-Za-z])auth{_SIGN}[\"']?){_MIXED}")),
    MaskRule("pass", LazyPattern(rf"((?<![A-Za-z])pass{_SIGN}[\"']?){_MIXED}")),
    MaskRule("key=", LazyPattern(rf"([?&]key=){_MIXED}")),
    MaskRule("code=", LazyPattern(rf"([?&]code=){_MIXED}")),
    MaskRule(" login ", LazyPattern(rf"(\b(?:huggingface-cli|hf auth) login\s+){_MIXED}")),
    MaskRule("alias set ", LazyPattern(r"(\bmc alias set \S+ \S+ )\S+ \S+"), rf"\1{MASK} {MASK}"),
    *(
        MaskRule(f"{word} (", LazyPattern(rf"({word} \(){_IN_BRACKETS}"))
        for word in ("oken", "ecret", "ey", "redential")
    ),
    *(MaskRule(word, _KEY_IN_PATH) for word in ("key/", "oken/")),
    MaskRule("st=CAIS", LazyPattern(r"((?<![A-Za-z])st=)CAIS[\w+/%=.-]{12,}")),  # of Alibaba's STS
    *(MaskRule(sign, _PGPASS) for sign in (":5432:", ":6432:", ":*:")),
    *(  # what a command line of a cloud asks for
        MaskRule(f"{word} [", LazyPattern(rf"({word} \[[^\]\n]{{0,40}}\]:\s*)[^\s\"']{{8,}}"))
        for word in ("Key ID", "Key Id", "Access Key", "Key Secret", "Token")
    ),
    *(
        MaskRule(sign, LazyPattern(r"([\"']\w{0,40}_[AS]K[\"']\]\s*=\s*[\"'])[^\s\"']{8,}"))
        for sign in ("_SK", "_AK")
    ),
    MaskRule(
        "$(echo ",
        LazyPattern(
            rf"((?:{PASSWORDS}|{SECRETS})\w{{0,40}}=[\"']?\$\(echo\s+(?:-n\s+)?[\"']?)[^\s|)\"']{{4,}}",
            re.IGNORECASE,
        ),
    ),
    MaskRule("PASSWORD(", LazyPattern(r"(\bPASSWORD\([\"'])[^\"'\n]+")),
    MaskRule(".auth(", LazyPattern(r"(\.auth\(\s*[\"'][^\"'\n]{1,80}[\"']\s*,\s*[\"'])[^\"'\n]{4,}")),
    MaskRule("> PASS ", LazyPattern(r"(> PASS )\S{4,}")),  # of FTP
    *(
        MaskRule(f"-server {word} ", LazyPattern(rf"((?:radius|tacacs|snmp)-server {word} (?:\d )?)\S{{6,}}"))
        for word in ("key", "community")
    ),
    *(
        MaskRule(f"{word}=", LazyPattern(rf"(\b(?:\w+_)?{word}=){_MIXED}"))
        for word in ("assertion", "code_verifier", "device_code")
    ),
    MaskRule("vault kv ", LazyPattern(r"(\bvault kv (?:put|patch) [^\n=]{1,80}=)[^\n]+")),
)

_ALL_SHAPES = (*ARGUMENTS, *TOKENS, *CALLS, *_SHAPES)
# From the rarest in logs and source to the most frequent.
_BY_RARITY = (
    r"""&ZQ$~!X^<;J?Y+V\@}K{`Hz%>*jq|WLPUG#BCMASDRx'TE]"vw[kg=)(b_mufd95OF/I347682N01-yh,:pc.lnaoirste """
)
_RECORD_SIGNS = ("alue", "ALUE", "'v", '"v', "v:", "v=", "V:", "Val", '"V', "ontent", "efault")
_SIGNS_OF_TABLES = ("|", "│", "...")
_TRIPLE_QUOTES = ('"""', "'''")
_SHORTEST_ENCODED = 20
_ENCODED = LazyPattern(
    r"(?<![\w/+.-])(?:(?=[\w+/-]*[a-z])[A-Za-z0-9+/]{8,}[\w+/-]{12,}|[A-Z2-7]{24,})={0,6}(?![\w/+])", re.ASCII
)
_LONG_WORD = LazyPattern(r"[\w+/-][\w+/-]{19}", re.ASCII)  # in every text with what is encoded
_NAMED = LazyPattern(rf"(?:{PASSWORDS}|{_OTHERS})[\w-]{{0,80}}{_SIGN}[\"']?[^\s\"']{{4,}}", re.IGNORECASE)

_NAME_LINE = LazyPattern(rf"\s*-?\s*{_LABEL}:\s*[\"']?{_SECRET_NAME}[\"']?\s*$", re.IGNORECASE)
_VALUE_LINE = LazyPattern(rf"(\s*{_CONTENT}:\s*)\S.*", re.IGNORECASE)
# Of YAML: a name whose value is a block of text or a list below it.
_BLOCK = LazyPattern(
    rf"(?P<indent>\s*)(?:-\s+)?[\"']?{_SECRET_NAME}[\"']?\s*[:=]\s*(?P<style>[|>][+-]?\d?)?\s*", re.IGNORECASE
)
_ENDS_OF_NAMES = frozenset(":=|>+-123456789")  # of the last line before a value
_PASSWORD_ALONE = LazyPattern(rf"(?:{PASSWORDS})[\"']?\s*[:=]\s*$", re.IGNORECASE)
_STRONG_WORD = LazyPattern(r"[\"']?(?=[^\s:]*\d)(?=[^\s:]*[a-z])(?=[^\s:]*[A-Z])[^\s:\"'/\\.=-]{8,}[\"']?\s*")
_ONE_WORD = LazyPattern(r"[\"']?[^\s:\"'-][^\s:\"']{3,}[\"']?\s*")
_MIXED_WORD = LazyPattern(r"[\"']?(?!/)(?=(?:[\w+/=-]*\d){3})(?=[\w+/=-]*[A-Za-z])[\w+/=-]{12,}[\"']?\s*")
_ITEM = LazyPattern(r"(\s*-\s+)[\"']?(?=\S*\d)(?=\S*[A-Za-z])[^\s:\"']{8,}[\"']?\s*")


def mask_pairs(line: str) -> str:
    """Return a line with ``***`` for strings that are assigned to, or listed after, the name of a secret."""
    if "[" in line or "b'" in line or 'b"' in line:
        line = _ASSIGNED.compiled.sub(_mask_assigned, line)
    if "[" in line or "{" in line:
        line = _COLLECTION.compiled.sub(_mask_strings, line)
    if "'," in line or '",' in line:
        line = _LISTED.compiled.sub(rf"\1{MASK}", line)
        line = _PASSWORD_PAIR.compiled.sub(rf"\1{MASK}", line)
        line = _USER_AND_PASSWORD.compiled.sub(rf"\1{MASK}", line)
    if "%3" in line:
        line = _ENCODED_PAIR.compiled.sub(rf"\1{MASK}", line)
    return line


def _mask_assigned(match: re.Match[str]) -> str:
    is_text = "tokens" in match[1].lower() and not any(sign.isdigit() for sign in match[2])
    return match[0] if is_text else f"{match[1]}{match['quote']}{MASK}{match['quote']}"


def _mask_strings(match: re.Match[str]) -> str:
    name, items = match[1] or match[3], match[2] or match[4]
    return name + _MIXED_STRING.compiled.sub(rf"\g<quote>{MASK}\g<quote>", items)


def mask_shapes(text: str) -> str:
    """Return a text with ``***`` for tokens of well-known forms, and for what a word such as password names.

    The value of a word for a password is masked whatever it is; of another word if it looks like a secret.
    """
    for rule in _find_rules(text):
        text = rule.pattern.compiled.sub(rule.mask, text)
    lowered = text.lower()
    names_password, names_secret = contains_any(lowered, PASSWORD_SIGNS), contains_any(lowered, SECRET_SIGNS)
    if names_password or names_secret:
        text = _mask_named_values(text)
    if len(text) >= _SHORTEST_ENCODED and _LONG_WORD.compiled.search(text):
        text = _ENCODED.compiled.sub(_mask_encoded, text)
    if " -" in text or '"-' in text or "'-" in text:
        text = mask_options(text)
    if names_password or names_secret:
        lines = text.split("\n")
        text = "\n".join(map(_mask_line, _mask_blocks(mask_manifests(lines)) if len(lines) > 1 else lines))
    return text


@cache
def _group_rules() -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    """Return the signs of the rules with their places, by the rarest character of each sign.

    One look for a character rules out all rules of its group: few texts hold more than some of them.
    """
    groups: dict[str, list[tuple[str, int]]] = {}
    for place, rule in enumerate(_ALL_SHAPES):
        groups.setdefault(min(rule.sign, key=_BY_RARITY.find), []).append((rule.sign, place))
    return tuple((rarest, tuple(signs)) for rarest, signs in groups.items())


def _find_rules(text: str) -> Iterator[MaskRule]:
    """Yield the rules whose sign is in a text, in the order in which they are applied."""
    places = [
        place for rarest, signs in _group_rules() if rarest in text for sign, place in signs if sign in text
    ]
    return (_ALL_SHAPES[place] for place in sorted(places))


def _mask_named_values(text: str) -> str:
    """Return a text that names a secret with ``***`` for values that may go over several lines."""
    if contains_any(text, _RECORD_SIGNS):
        text = _NAME_BESIDE_VALUE.compiled.sub(rf"\1{MASK}", text)
        text = _VALUE_BESIDE_NAME.compiled.sub(rf"\1{MASK}\2", text)
    return _TRIPLE.compiled.sub(rf"\1{MASK}", text) if contains_any(text, _TRIPLE_QUOTES) else text


def _mask_encoded(match: re.Match[str]) -> str:
    """Return base64, base32 or hex masked where it is text that names a secret, such as an environment."""
    return MASK if any(map(_NAMED.compiled.search, decode_layers(match[0]))) else match[0]


def _mask_line(line: str) -> str:
    lowered = line.lower()
    names_password, names_secret = contains_any(lowered, PASSWORD_SIGNS), contains_any(lowered, SECRET_SIGNS)
    if names_password or names_secret:
        line = _IN_IMAGE.compiled.sub(_mask_value, mask_literals(line))
        if contains_any(line, _SIGNS_OF_TABLES):
            line = _IN_TABLE.compiled.sub(_mask_value, line)
    if names_password:
        line = _SPELLED_PASSWORD.compiled.sub(_mask_value, _PASSWORD.compiled.sub(_mask_value, line))
    if names_secret:
        line = _SPELLED.compiled.sub(_mask_value, line)
    return mask_statements(mask_pairs(line)) if names_password or names_secret else line


def _mask_value(match: re.Match[str]) -> str:
    quote = match[2][0] if match[2][0] in "\"'" else ""
    value = match[2].strip(quote) if quote else match[2]
    if is_about_secret(match[1]):
        return match[1] + match.re.sub(_mask_value, match[2])
    is_kept = value.startswith(("*", "<")) or is_folder(match[1], value) or is_placeholder(value)
    is_kept = is_kept or is_object_name(match)
    return match[0] if is_kept else f"{match[1]}{quote}{MASK}{quote}"


def is_folder(name: str, value: str) -> bool:
    """Return whether a value after ``pwd`` is the working directory and no password."""
    return value.startswith(("/", "~")) and name.rstrip(" \t\"':=").lower().endswith("pwd")


def mask_key_lines(lines: list[str]) -> Iterator[str]:
    """Yield lines with ``***`` for secrets on more than one: private keys, and values below their name."""
    inside = is_named = False
    for line in _mask_blocks(mask_manifests(lines)):
        is_mark = "PRIVATE KEY" in line
        begins = (is_mark and "-----BEGIN" in line) or line.startswith("Private-Lines: ")
        ends = (is_mark and "-----END" in line) or (inside and line.startswith("Private-MAC: "))
        inside = (inside or begins) and not ends
        value = _VALUE_LINE.compiled.fullmatch(line) if is_named else None
        is_named = ":" in line and _NAME_LINE.compiled.match(line) is not None
        if value is not None:
            yield f"{value[1]}{MASK}"
        else:
            yield MASK if inside or ends else line


def _mask_blocks(lines: list[str]) -> Iterator[str]:
    block: re.Match[str] | None = None
    for line in lines:
        if block is not None and (below := _mask_below(block, line)):
            yield below
            continue
        block = _BLOCK.compiled.fullmatch(line) if line.rstrip()[-1:] in _ENDS_OF_NAMES else None
        yield line


def _mask_below(block: re.Match[str], line: str) -> str:
    """Return a line of the value below ``block`` masked, ``""`` where it is none or holds no secret."""
    text = line.lstrip()
    indent = len(line) - len(text)
    if not text or indent < len(block["indent"]) or (block["style"] and indent == len(block["indent"])):
        return ""
    if block["style"]:
        return line[:indent] + MASK
    is_deeper = indent > len(block["indent"])
    if _PASSWORD_ALONE.compiled.search(block[0]) and (
        (_ONE_WORD if is_deeper else _STRONG_WORD).compiled.fullmatch(text)
    ):
        return line[:indent] + MASK
    if _MIXED_WORD.compiled.fullmatch(text):
        return line[:indent] + MASK
    item = _ITEM.compiled.fullmatch(line)
    return f"{item[1]}{MASK}" if item else ""
