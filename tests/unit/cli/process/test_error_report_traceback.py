"""What ``--debug`` writes, without secrets."""

from __future__ import annotations

import stat
import subprocess
import sys

import pytest

from matui.base.redaction.masking import redact


def run_matui(*arguments: str, **kwargs) -> subprocess.CompletedProcess[str]:
    settings = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL, "timeout": 60} | kwargs
    return subprocess.run([sys.executable, "-m", "matui", *arguments], **settings)


def test_debug_leaves_a_private_file_without_secrets(line, tmp_path, monkeypatch):
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "plain-words")
    line.cloud.list_error = ZeroDivisionError("X-Auth-Token: MIIabc123 and plain-words")
    said = line("get", "nb", "--debug")
    (file,) = (tmp_path / "state" / "matui").glob("debug-*.log")
    assert str(file) in said.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert "ZeroDivisionError" in text
    assert "MIIabc123" not in text
    assert "plain-words" not in text


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: SDK-HMAC-SHA256 Access=HIDEME1, SignedHeaders=host, Signature=HIDEME2",
        '{"password": "HIDEME1"}',
        "sk = 'HIDEME1'",
        "token=HIDEME1",
        "key QTWAOYTTINDUTHIDEME1 was wrong",
    ],
)
def test_what_looks_secret_is_hidden(text):
    assert "HIDEME" not in redact(text, {})


def test_a_traceback_keeps_its_paths_and_lines():
    text = 'File "/usr/lib/python3.11/asyncio/base_events.py", line 654, in run_until_complete'
    assert redact(text, {"SHELL_TOKEN": "x"}) == text
