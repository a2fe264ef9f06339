"""Tokens are masked that are known by how they begin."""

from __future__ import annotations

import pytest

from matui.base.redaction.masking import mask_secrets

S, H = "Zq7Xw9Lk2mVb4Tn8", "9f86d081884c7d659a2feaa0c55ad015"
L, P = "a8Kd93hsLq02Zx7Pm4Vt6Yb1Nc5Rj9We", "S3cr3t!pw"


@pytest.mark.parametrize(
    "text",
    [
        f"mysql+pymysql://x:p@ss{S}@h/db",
        f"https://sctapi.ftqq.com/SCT{S}.send",
        f"https://api.telegram.org/bot123456789:AA{S}{S}aa/sendMessage",
        f"https://discord.com/api/webhooks/123456789012345678/{L}{L}",
        f"xapp-1-A012-123-{H}",
        f"ALTAK{S}abcdef",
        f"AKLT{L}",
        f"AKID{L}",
        f"hvs.{L}",
        f"dop_v1_{H}{H}",
        f"bce-v3/ALTAK-{S}/{H}",
        f"gsk_{L}{S}",
        f"r8_{L}abcde",
        f"nvapi-{L}{L}",
        f"pplx-{L}{S}",
        f"lsv2_pt_{H}_abcdef1234",
        f"ATATT3x{L}{L}",
        f"shpat_{H}",
        f"SK{H}",
        f"EAACEdEose0cBA{L}{L}",
        f"sq0atp-{S}abcdef",
        f"whsec_{L}",
        "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQZQ7XW9LK2MVB4TN8ZQ7XW9LK2MVB4TN8ABCDEF",
        f"sha256~{L}abcdefghijk",
        f"glrt-{S}abcd",
        f"glptt-{H}",
        f"ops_eyJ{L}{L}{L}",
        f"dapi{H}",
        f"tskey-auth-{S}-{L}",
        f"sntrys_{L}{L}",
        f"figd_{L}",
        f"secret_{L}{S}",
        f"pat-na1-{H}",
        f"hf_oauth_{S}{S}",
        f"wandb_v1_{S}{S}",
        f"glsa_{S}{S}_12345678",
        f"lin_api_{S}{S}",
        f"PMAK-{H[:24]}-{H}00",
        f"rubygems_{H}{H[:16]}",
        f"ATCTT3{S}{S}",
        f"SEC{H}{H}",
        f"https://corp.webhook.office.com/webhookb2/{H}@{H}/IncomingWebhook/{H}",
        "ms-9f86d081-884c-7d65-9a2f-eaa0c55ad015",
    ],
)
def test_a_token_is_masked(text: str) -> None:
    masked = mask_secrets(text)
    assert "***" in masked
    assert not any(secret in masked for secret in (S, H, L, P))
