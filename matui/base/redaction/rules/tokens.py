"""Tokens and keys that are known by how they begin, with what is in every text that has one. Pure."""

from __future__ import annotations

from matui.base.redaction.patterns import MASK
from matui.base.redaction.rules.rule import MaskRule
from matui.base.text.regex import LazyPattern

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

# What is in every text with the token, and the token without its first letters' boundary.
_TOKENS = (
    ("hf_", r"hf_(?:oauth_)?[A-Za-z0-9]{16,}"),
    ("wandb_v", r"wandb_v\d_\w{20,}"),
    ("gh", r"gh[pousr]_\w{20,}"),
    ("github_pat_", r"github_pat_\w{20,}"),
    ("gl", r"gl(?:pat|rt|ptt|dt|cbt|ft|soat|agent|imt|oas)-[\w-]{16,}"),
    ("AKIA", r"AKIA[A-Z0-9]{12,}"),
    ("ASIA", r"ASIA[A-Z0-9]{12,}"),
    ("ALTAK", r"ALTAK[\w-]{16,}(?:/[0-9a-f]{32,})?"),  # Baidu
    ("LTAI", r"LTAI[A-Za-z0-9]{12,}"),  # Alibaba
    ("AKLT", r"AKLT[A-Za-z0-9]{16,}"),  # Volcengine
    ("AKID", r"AKID(?=\w*\d)[A-Za-z0-9]{16,}"),  # Tencent
    # Not a name of words, such as sk-resnet50-train-2026.
    (
        "sk-",
        r"sk-(?!(?:(?:[a-z]{2,12}\d{0,4}|v?\d{1,4}[a-z]?)(?:[-_](?=\w)|(?![\w-])))+(?![\w-]))(?=[\w-]*\d)[\w-]{20,}",
    ),
    ("npm_", r"npm_[A-Za-z0-9]{30,}"),
    ("AIza", r"AIza[\w-]{30,}"),
    ("SG.", r"SG\.[\w-]{16,}\.[\w-]{16,}"),
    ("k_", r"[sr]k_(?:live|test)_\w{16,}"),
    ("ya29.", r"ya29\.[\w-]{20,}"),
    ("1//0", r"1//0[\w-]{30,}"),  # of Google, to refresh
    ("dckr_", r"dckr_(?:pat|oat)_[\w-]{16,}"),
    ("pypi-", r"pypi-Ag[\w-]{16,}"),
    ("xox", r"xox[abeoprs]-[\w-]{10,}"),
    ("xapp-", r"xapp-\d-[\w-]{16,}"),
    ("eyJ", r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),
    ("ops_eyJ", r"ops_eyJ[\w-]{30,}"),
    ("hv", r"hv[bsr]\.[\w-]{20,}"),
    ("gl", r"gl(?:sa|c)_[\w-]{20,}"),  # Grafana
    ("lin_api_", r"lin_api_\w{30,}"),
    ("PMAK-", r"PMAK-[0-9a-f-]{40,}"),
    ("rubygems_", r"rubygems_[0-9a-f]{40,}"),
    ("SEC", r"SEC[0-9a-f]{64}"),  # of a robot of DingTalk
    ("do", r"do[opr]_v1_[0-9a-f]{40,}"),
    ("gsk_", r"gsk_(?=\w*\d)[A-Za-z0-9]{30,}"),
    ("r8_", r"r8_[A-Za-z0-9]{30,}"),
    ("nvapi-", r"nvapi-[\w-]{30,}"),
    ("pplx-", r"pplx-[A-Za-z0-9]{30,}"),
    ("lsv2_", r"lsv2_(?:pt|sk)_\w{30,}"),
    ("AT", r"AT[AC]TT3[\w=-]{30,}"),
    ("shp", r"shp(?:at|ca|pa|ss)_[0-9a-f]{32}"),
    ("EAACEdEose0cBA", r"EAACEdEose0cBA\w+"),
    ("sq0", r"sq0(?:atp|csp|idp)-[\w-]{20,}"),
    ("whsec_", r"whsec_[\w+/=]{16,}"),
    ("AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{30,}"),
    ("sha256~", r"sha256~[\w-]{40,}"),  # OpenShift
    ("dapi", r"dapi[0-9a-f]{32}"),
    ("tskey-", r"tskey-[a-z]+-[\w-]{20,}"),
    ("sntry", r"sntry[su]_[\w=/+]{30,}"),
    ("figd_", r"figd_[\w-]{20,}"),
    ("secret_", r"secret_[A-Za-z0-9]{40,}"),
    ("pat-", r"pat-(?:na|eu)\d-[0-9a-f-]{30,}"),
    ("SK", r"SK[0-9a-f]{32}"),  # Twilio
    ("ms-", rf"ms-{_UUID}"),  # ModelScope
    ("LS0tLS1CRUdJTi", r"LS0tLS1CRUdJTi(?!BDRVJU|BQVUJM)[\w+/]{20,}={0,2}"),  # base64 of a private key
    ("eyJhdXRocyI6", r"eyJhdXRocyI6[\w+/]{16,}={0,2}"),  # base64 of {"auths": …}, of Docker
)

TOKENS: tuple[MaskRule, ...] = (
    *(MaskRule(sign, LazyPattern(rf"(?<!\w){token}"), MASK) for sign, token in _TOKENS),
)
"""What is in every text that the pattern matches, the pattern, and what takes the place of a match."""
