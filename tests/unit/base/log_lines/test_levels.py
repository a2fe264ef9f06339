"""The level that a line states itself."""

from __future__ import annotations

import pytest

from matui.base.log_lines.levels import find_stated_level

STATED = [
    ("2026-11-28 12:00:00,001 INFO last Error: none", "info"),
    ("2026-11-28 12:00:00,001 - trainer - ERROR - lost", "error"),
    ("INFO:root:see ERROR codes", "info"),
    ("ppdet.engine INFO: Epoch: [0]", "info"),
    ("NCCL INFO Using timeout 1800", "info"),
    ("worker-1:118:342 [2] NCCL WARN Connect failed", "warning"),
    ("[rank0]:[E1128 18:15:21.270506 ProcessGroupNCCL.cpp:563] x", "error"),
    ("[E716 08:22:29.123456 x.cpp:1] July has one digit", "error"),
    ("F1128 12:00:00.000001 1 a.cc:1] x", "error"),
    ("2026-11-28 12:00:00.123456: W tensorflow/core/x.cc:1] x", "warning"),
    ("11-28 12:00:05.123  77  77 I tag: msg", "info"),
    ('time="2026-11-28T10:54:25+08:00" level=error msg="x"', "error"),
    ('{"level":"info","msg":"Error: none so far"}', "info"),
    ('{"log_level": "ERROR", "msg": "arguments"}', None),
    ('{"severity":"CRITICAL","message":"x"}', "error"),
    ('{"level":30,"time":1795867203000,"msg":"x"}', "info"),
    ('{"version":"1.1","host":"n","short_message":"boom","level":3}', "error"),
    ('{"version":"1.1","host":"n","level":4,"short_message":"slow"}', "warning"),
    ('{"version":"1.1","host":"n","short_message":"no Error","level":6}', "info"),
    ('{"severity":3,"message":"x"}', "error"),
    ('{"severityNumber":17,"body":"x"}', "error"),
    ('{"severity_number":9,"body":"no Error"}', "info"),
    ('{"message":"x","level":{"value":"ERROR"}}', "error"),
    ('{"text":"x","record":{"level":{"icon":"i","name":"INFO","no":20},"message":"Error: x"}}', "info"),
    ('{"text":"12:00:01 | ERROR    | m:f:1 - x","record":{}}', "error"),
    ("TF_CPP_MIN_LOG_LEVEL=3 LOGLEVEL=ERROR", None),
    ("<11>Nov 28 12:00:00 node app[77]: boom", "error"),
    ("<4>[ 12.3] slow", "warning"),
    ("2026-11-28T12:00:00Z\twarn\tmain.go:1\tslow", "warning"),
    ("[error] 77#77: connect() failed", "error"),
    ("Namespace(log_level='ERROR', lr=0.1)", None),
    ("log_level ................ ERROR", None),
    ("see ERROR codes in the guide", None),
    ("no ERROR so far", None),
    ("errors=0 ERROR=0", None),
    ("step 12 loss 0.1", None),
]


@pytest.mark.parametrize(("text", "level"), STATED)
def test_a_level_is_read_where_the_line_states_it(text: str, level: str | None) -> None:
    assert find_stated_level(text) == level
