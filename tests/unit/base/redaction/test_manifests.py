"""Secrets are masked that only the document around them tells: inserts of SQL, manifests, cloud-init."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from matui.base.redaction.masking import hide_in_lines, mask_secrets

S = "Zq7Xw9Lk2mVb4Tn8"
B = b64encode(S.encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"INSERT INTO users (name, password) VALUES ('ops', '{S}')",
        f"insert into t(user,pwd,x) values ('ops','{S}',1);",
        f"INSERT INTO `accounts` (`id`, `api_key`) VALUES (1, '{S}'), (2, 'it''s {S}')",
        f"REPLACE INTO t (at, token) VALUES (NOW(), '{S}')",
        f"kind: Secret\ndata:\n  db: {B}\n",
        f"apiVersion: v1\ndata:\n  tls.key: {B}\n  conn: {B}\nkind: Secret\nmetadata:\n  name: x\n",
        f"items:\n- apiVersion: v1\n  data:\n    db: {B}\n  kind: Secret\n",
        f"kind: Secret\nstringData:\n  db: {S}\n",
        f"kind: Secret\ndata: {{db: {B}}}",
        f"stringData: {{db: {S}, 'x.y': {S}}}\nkind: Secret",
        f"UPSERT INTO u (a,secret) VALUES (1,'{S}')",
        json.dumps({"kind": "Secret", "data": {"db": B}}),
        json.dumps(json.dumps({"data": {"db": B}, "kind": "Secret"})),
        f"chpasswd:\n  list: |\n    root:{S}\n    ops:{S}\n",
        f"chpasswd:\n  list:\n    - root:{S}\n",
        f"chpasswd:\n  users:\n    - {{name: ops, password: {S}, type: text}}",
        f"password:\n{S}",
        f"Password:\n{S}\n",
        f"token:\n{S}{S}",
        f"API key:\n{S}{S}",
        f"password=\n{S}",
    ],
)
def test_a_secret_is_masked(text: str) -> None:
    for masked in (mask_secrets(text), "\n".join(hide_in_lines(text.split("\n")))):
        assert S not in masked
        assert B not in masked
        assert "***" in masked


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO metrics (step, loss) VALUES (100, '0.123456')",
        "INSERT INTO tokens (id, text) VALUES (1, 'hello world 12')",
        "INSERT INTO t (password) VALUES (NULL), ('')",
        f"kind: ConfigMap\ndata:\n  db: {B}",
        f"items:\n- data:\n    db: {B}\n  kind: ConfigMap\n- kind: Secret\n",
        f"kind: ConfigMap\ndata:\n  db: {B}\n---\nkind: Secret",
        json.dumps({"kind": "ConfigMap", "data": {"db": B}}),
        "kind: Secret\nmetadata:\n  name: db-credentials-01\n  namespace: default2",
        "password:\nuser: li",
        "password:\nverified",
        "token:\n/etc/a1b2c3d4e5f6",
        "Password:\nLast login: Mon Nov 30",
        "password:\nEpoch1",
    ],
)
def test_other_documents_stay(text: str) -> None:
    assert mask_secrets(text) == text
    assert "\n".join(hide_in_lines(text.split("\n"))) == text


def test_the_other_columns_of_an_insert_stay() -> None:
    line = f"INSERT INTO u (name, password, at) VALUES ('ops', '{S}', NOW()), ('li', 'x,{S}', NOW())"
    assert mask_secrets(line) == (
        "INSERT INTO u (name, password, at) VALUES ('ops', '***', NOW()), ('li', '***', NOW())"
    )


def test_a_long_insert_takes_no_time() -> None:
    import time

    began = time.process_time()
    mask_secrets(
        "INSERT INTO t (a, password) VALUES " + "('" * 5000 + "kind: Secret\n" * 200 + "data:\n" * 200
    )
    assert time.process_time() - began < 1
