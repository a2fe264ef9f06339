"""Stamps of many programs, each with the moment it means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from matui.base.log_lines.times import TimestampParser, format_span, format_time

NEAR = datetime(2020, 7, 16, 9, tzinfo=UTC).timestamp() * 1000
EIGHT = timezone(timedelta(hours=8))


def at(*parts: int, ms: float = 0.0) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp() * 1000 + ms  # type: ignore[arg-type,misc]


JULY = (2020, 7, 16, 8, 22, 29)

TABLE = [
    ("2020-07-16 08:22:29,123 INFO  trainer.py:214  epoch 1", at(*JULY, ms=123)),
    ("[2020-07-16 08:22:29,123] [INFO] [engine.py:12:step] DeepSpeed", at(*JULY, ms=123)),
    ("[2020-07-16 08:22:29,123][root][INFO] - hydra", at(*JULY, ms=123)),
    ("INFO:2020-07-16 08:22:29,123:worker", at(*JULY, ms=123)),
    ("2020-07-16T08:22:29Z started", at(*JULY)),
    ("2020-07-16T08:22:29.123456789Z kubelet", at(*JULY, ms=123.456789)),
    ("2020-07-16T16:22:29.5+08:00 x", at(*JULY, ms=500)),
    ("2020-07-16 16:22:29 +0800 x", at(*JULY)),
    ("2020-07-16 08:22:29 - INFO - mmdet", at(*JULY)),
    ("2020-07-16 08:22:29 -1234 items", at(*JULY)),
    (
        "2020-07-16 08:22:29.123456: I tensorflow/core/platform/cpu_feature_guard.cc:142] x",
        at(*JULY, ms=123.456),
    ),
    ("2020/07/16 08:22:29 [error] nginx", at(*JULY)),
    (
        "[WARNING] ME(1187:140,MainProcess):2020-07-16-08:22:29.123.456 [mindspore/train.py:12] x",
        at(*JULY, ms=123.456),
    ),
    (
        "[ERROR] HCCL(1187,python):2020-07-16-08:22:29.123.456 [hcom.cc:126][118] timeout",
        at(*JULY, ms=123.456),
    ),
    ("[2020-07-16 08:22:29] worker-1:118:342 [2] NCCL WARN Connect failed", at(*JULY)),
    ("I0716 08:22:29.123456 118 trainer.py:12] absl", at(*JULY, ms=123.456)),
    ("W20200716 08:22:29.123456 118 x.cc:12] glog", at(*JULY, ms=123.456)),
    ("[rank0]:[E716 08:22:29.123456789 ProcessGroupNCCL.cpp:563]", None),
    ("[rank0]:[E0716 08:22:29.123456789 ProcessGroupNCCL.cpp:563]", at(*JULY, ms=123.456789)),
    ("W0716 08:22:29.123000 140 torch/distributed/run.py:757] x", at(*JULY, ms=123)),
    ("1594887749 step 1", at(*JULY)),
    ("1594887749.25 INFO x", at(*JULY, ms=250)),
    ("[1594887749.250] x", at(*JULY, ms=250)),
    ("1594887749123 x", at(*JULY, ms=123)),
    ('{"level":"info","ts":1594887749.123,"msg":"x"}', at(*JULY, ms=123)),
    ('{"time": "2020-07-16T08:22:29Z", "x": 1}', at(*JULY)),
    (':::MLLOG {"namespace": "", "time_ms": 1594887749123, "event_type": "X"}', at(*JULY, ms=123)),
    ("time=1594887749 level=info", at(*JULY)),
    ('10.0.0.1 - - [16/Jul/2020:16:22:29 +0800] "GET / HTTP/1.1" 200', at(*JULY)),
    ("Thu Jul 16 08:22:29 2020 nvidia-smi", at(*JULY)),
    ("Thu Jul 16 08:22:29 UTC 2020 start", at(*JULY)),
    ("Jul 16 08:22:29 node-1 kernel: Out of memory", at(*JULY)),
    ("20200716T082229Z x", at(*JULY)),
    ("20200716-08:22:29 x", at(*JULY)),
    ("[08:22:29] WARNING: xgboost", at(*JULY)),
    ("08:22:29,5 INFO x", at(*JULY, ms=500)),
    ("[Modelarts Service Log]2020-07-16 08:22:29 INFO x", at(*JULY)),
    ("", None),
    ("    loss.backward()", None),
    ("epoch 12 step 1234567890 loss 0.1", None),
    ("172.16.0.11:8080 ready", None),
    ("2020-13-45 08:22:29 no such day", None),
    ("99%|█████| 100/101 [08:22<00:29, 1.2s/it]", None),
    ("RuntimeError: at 0x7f1594887749", None),
    ("x" * 100 + " 2020-07-16 08:22:29 too far in", None),
]


@pytest.mark.parametrize(("text", "ms"), TABLE)
def test_a_stamp_means_its_moment(text: str, ms: float | None) -> None:
    stamp = TimestampParser(NEAR).read(text)
    assert (stamp and round(stamp.ms, 3)) == (ms and round(ms, 3))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2020-07-16 08:22:29,123 INFO x", "2020-07-16 08:22:29,123"),
        ("[1594887749.250] x", "1594887749.250"),
        ('{"ts":1594887749.123,"m":1}', "1594887749.123"),
        ("2020-07-16 16:22:29 +0800 x", "2020-07-16 16:22:29 +0800"),
    ],
)
def test_the_characters_of_a_stamp_are_known(text: str, said: str) -> None:
    stamp = TimestampParser(NEAR).read(text)
    assert stamp is not None
    assert text[stamp.start : stamp.end] == said


def test_a_stamp_without_a_zone_is_in_the_zone_of_the_log() -> None:
    stamp = TimestampParser(NEAR, EIGHT).read("2020-07-16 16:22:29 x")
    assert stamp is not None
    assert stamp.ms == at(*JULY)


def test_a_year_and_a_day_that_are_not_told_follow_the_log() -> None:
    stamper = TimestampParser(at(2020, 12, 31, 23))
    for text, ms in (
        ("I1231 23:59:59.5 1 a.py:1] x", at(2020, 12, 31, 23, 59, 59, ms=500)),
        ("I0101 00:00:01.5 1 a.py:1] x", at(2021, 1, 1, 0, 0, 1, ms=500)),
        ("23:59:59 back", at(2020, 12, 31, 23, 59, 59)),
        ("00:00:03 on", at(2021, 1, 1, 0, 0, 3)),
    ):
        stamp = stamper.read(text)
        assert stamp is not None
        assert stamp.ms == ms


def test_without_any_hint_half_a_stamp_says_nothing() -> None:
    assert TimestampParser().read("I0716 08:22:29.1 x") is None
    assert TimestampParser().read("[08:22:29] x") is None


@pytest.mark.parametrize(
    "text", ["9" * 400, "1" * 18, "0000-00-00 00:00:00", "2020-02-30 10:10:10", "I0229 10:10:10 x"]
)
def test_nonsense_is_no_stamp_and_no_failure(text: str) -> None:
    TimestampParser(NEAR).read(text)
    TimestampParser(1e18).read(text)


def test_times_are_shown_in_one_width() -> None:
    assert format_time(at(*JULY, ms=123), EIGHT) == "07-16 16:22:29.123"
    assert len(format_time(1e300, UTC)) == 18
    assert format_span(93_784_005).strip() == "+1d02:03:04.005"
    assert format_span(-1500).strip() == "-00:00:01.500"
    assert len(format_span(5.0)) == 18
