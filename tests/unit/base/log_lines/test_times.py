"""Stamps of many programs, each with the moment it means."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest

from matui.base.log_lines.time_forms import TimeForm, compile_time_format
from matui.base.log_lines.times import TimestampParser

NEAR = datetime(2020, 7, 16, 9, tzinfo=UTC).timestamp() * 1000
EIGHT = timezone(timedelta(hours=8))


def make_ms(*parts: int, ms: float = 0.0) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp() * 1000 + ms  # type: ignore[arg-type,misc]


JULY = (2020, 7, 16, 8, 22, 29)

TABLE = [
    ("08:22:29 2020-07-16 x", make_ms(*JULY)),
    ("[08:22:29,123 16/07/2020] x", make_ms(*JULY, ms=123)),
    ("08:22:29 AM 16 Jul 2020 x", make_ms(*JULY)),
    ("2020-07-16-08.22.29.123456 x", make_ms(*JULY, ms=123.456)),
    ("Jul 16, 2020 @ 08:22:29.123 x", make_ms(*JULY, ms=123)),
    ("2020-07-16 @ 08:22:29 x", make_ms(*JULY)),
    ("2020_07_16_08_22_29 x", make_ms(*JULY)),
    ("2020-07-16 08_22_29 x", make_ms(*JULY)),
    ("Jul-16 08:22:29 x", make_ms(*JULY)),
    ("[16-Jul 08:22:29.123] x", make_ms(*JULY, ms=123)),
    ("2020-198T08:22:29 x", make_ms(*JULY)),
    ("[2020-198T16:22:29.5+08:00] x", make_ms(*JULY, ms=500)),
    ("2020-07-16 08:22:29,123 INFO  trainer.py:214  epoch 1", make_ms(*JULY, ms=123)),
    ("[2020-07-16 08:22:29,123] [INFO] [engine.py:12:step] DeepSpeed", make_ms(*JULY, ms=123)),
    ("[2020-07-16 08:22:29,123][root][INFO] - hydra", make_ms(*JULY, ms=123)),
    ("INFO:2020-07-16 08:22:29,123:worker", make_ms(*JULY, ms=123)),
    ("2020-07-16T08:22:29Z started", make_ms(*JULY)),
    ("2020-07-16T08:22:29.123456789Z kubelet", make_ms(*JULY, ms=123.456789)),
    ("2020-07-16T16:22:29.5+08:00 x", make_ms(*JULY, ms=500)),
    ("2020-07-16 16:22:29 +0800 x", make_ms(*JULY)),
    ("2020-07-16 08:22:29 - INFO - mmdet", make_ms(*JULY)),
    ("2020-07-16 08:22:29 -1234 items", make_ms(*JULY)),
    (
        "2020-07-16 08:22:29.123456: I tensorflow/core/platform/cpu_feature_guard.cc:142] x",
        make_ms(*JULY, ms=123.456),
    ),
    ("2020/07/16 08:22:29 [error] nginx", make_ms(*JULY)),
    (
        "[WARNING] ME(1187:140,MainProcess):2020-07-16-08:22:29.123.456 [mindspore/train.py:12] x",
        make_ms(*JULY, ms=123.456),
    ),
    (
        "[ERROR] HCCL(1187,python):2020-07-16-08:22:29.123.456 [hcom.cc:126][118] timeout",
        make_ms(*JULY, ms=123.456),
    ),
    ("[2020-07-16 08:22:29] worker-1:118:342 [2] NCCL WARN Connect failed", make_ms(*JULY)),
    ("I0716 08:22:29.123456 118 trainer.py:12] absl", make_ms(*JULY, ms=123.456)),
    ("W20200716 08:22:29.123456 118 x.cc:12] glog", make_ms(*JULY, ms=123.456)),
    ("[rank0]:[E716 08:22:29.123456789 ProcessGroupNCCL.cpp:563]", make_ms(*JULY, ms=123.456789)),
    ("[rank0]:[E0716 08:22:29.123456789 ProcessGroupNCCL.cpp:563]", make_ms(*JULY, ms=123.456789)),
    ("W0716 08:22:29.123000 140 torch/distributed/run.py:757] x", make_ms(*JULY, ms=123)),
    ("1594887749 step 1", make_ms(*JULY)),
    ("1594887749.25 INFO x", make_ms(*JULY, ms=250)),
    ("[1594887749.250] x", make_ms(*JULY, ms=250)),
    ("1594887749123 x", make_ms(*JULY, ms=123)),
    ('{"level":"info","ts":1594887749.123,"msg":"x"}', make_ms(*JULY, ms=123)),
    ('{"time": "2020-07-16T08:22:29Z", "x": 1}', make_ms(*JULY)),
    (':::MLLOG {"namespace": "", "time_ms": 1594887749123, "event_type": "X"}', make_ms(*JULY, ms=123)),
    ("time=1594887749 level=info", make_ms(*JULY)),
    ('10.0.0.1 - - [16/Jul/2020:16:22:29 +0800] "GET / HTTP/1.1" 200', make_ms(*JULY)),
    ("Thu Jul 16 08:22:29 2020 nvidia-smi", make_ms(*JULY)),
    ("Thu Jul 16 08:22:29 UTC 2020 start", make_ms(*JULY)),
    ("Jul 16 08:22:29 node-1 kernel: Out of memory", make_ms(*JULY)),
    ("20200716T082229Z x", make_ms(*JULY)),
    ("20200716-08:22:29 x", make_ms(*JULY)),
    ("[08:22:29] WARNING: xgboost", make_ms(*JULY)),
    ("08:22:29,5 INFO x", make_ms(*JULY, ms=500)),
    ("[Modelarts Service Log]2020-07-16 08:22:29 INFO x", make_ms(*JULY)),
    # Year last, no year, two digits, unpadded, underscores.
    ("07/16/2020 08:22:29 - INFO - trainer - step 0", make_ms(*JULY)),
    ("16.07.2020 08:22:29 INFO x", make_ms(*JULY)),
    ("16-07-2020 08:22:29,123 x", make_ms(*JULY, ms=123)),
    ("16/07/2020 08:22:29 x", make_ms(*JULY)),
    ("7/16/2020, 8:22:29 AM x", make_ms(*JULY)),
    ("[07/16 08:22:29 d2.engine.train_loop]: iter 19", make_ms(*JULY)),
    ("[07/16 08:22:29] ppdet.engine INFO: Epoch: [0]", make_ms(*JULY)),
    ("INFO 07-16 08:22:29 [executor.py:12] worker up", make_ms(*JULY)),
    ("(Worker TP0 pid=77) ERROR 07-16 08:22:29 [executor.py:90] lost", make_ms(*JULY)),
    ("07-16 08:22:29.123  77  77 I tag: msg", make_ms(*JULY, ms=123)),
    ("20/07/16 08:22:29 INFO SparkContext: x", make_ms(*JULY)),
    ("07/16/20 08:22:29 x", make_ms(*JULY)),
    ("20-07-16 08:22:29 x", make_ms(*JULY)),
    ("200716 08:22:29 [Note] x", make_ms(*JULY)),
    ("2020-7-16 8:22:29 x", make_ms(*JULY)),
    ("2020/7/16 8:22:29 x", make_ms(*JULY)),
    ("2020-07-16_08:22:29 x", make_ms(*JULY)),
    ("2020_07_16 08:22:29 x", make_ms(*JULY)),
    ("2020.07.16 08:22:29 x", make_ms(*JULY)),
    ("2020-07-16_08-22-29 x", make_ms(*JULY)),
    ("2020-07-16 08:22 x", make_ms(2020, 7, 16, 8, 22)),
    ("16 Jul 2020 08:22:29 x", make_ms(*JULY)),
    ("16-Jul-2020 08:22:29.123 x", make_ms(*JULY, ms=123)),
    ("16 Jul 08:22:29 x", make_ms(*JULY)),
    ("Thu, 16 Jul 2020 08:22:29 +0000 x", make_ms(*JULY)),
    ("Jul 16, 2020 08:22:29 x", make_ms(*JULY)),
    ("July 16, 2020 at 8:22:29 AM x", make_ms(*JULY)),
    # Chinese.
    ("2020年07月16日 08:22:29 x", make_ms(*JULY)),
    ("2020年7月16日 8时22分29秒 x", make_ms(*JULY)),
    ("2020年7月16日 星期四 上午 8:22:29 x", make_ms(*JULY)),
    ("7月16日 08:22:29 x", make_ms(*JULY)),
    ("2020/7/16 下午 8:22:29 x", make_ms(2020, 7, 16, 20, 22, 29)),
    ("2020-07-16 上午08:22:29 x", make_ms(*JULY)),
    # 12-hour clocks.
    ("2020-07-16 08:22:29 PM INFO x", make_ms(2020, 7, 16, 20, 22, 29)),
    ("2020-07-16 08:22:29 a.m. x", make_ms(*JULY)),
    ("2020-07-16 12:22:29 AM x", make_ms(2020, 7, 16, 0, 22, 29)),
    ("2020-07-16 12:22:29.5PM x", make_ms(2020, 7, 16, 12, 22, 29, ms=500)),
    ("Jul 16, 2020 11:00:00 PM worker INFO x", make_ms(2020, 7, 16, 23)),
    ("07/16/2020 11:30:00 PM INFO x", make_ms(2020, 7, 16, 23, 30)),
    ("Thu 16 Jul 2020 08:22:29 PM UTC x", make_ms(2020, 7, 16, 20, 22, 29)),
    ("[08:22:29 AM] x", make_ms(*JULY)),
    # Zones.
    ("2020-07-16 16:22:29+08 x", make_ms(*JULY)),
    ("2020-07-16 16:22:29 +08 [77] LOG:  x", make_ms(*JULY)),
    ("2020-07-16T16:22:29.5+08 x", make_ms(*JULY, ms=500)),
    ("2020-07-16 16:22:29 UTC+8 x", make_ms(*JULY)),
    ("2020-07-16 16:22:29 GMT+0800 x", make_ms(*JULY)),
    ("2020-07-16 03:22:29-05 x", make_ms(*JULY)),
    ("2020-07-16 01:22:29 PDT x", make_ms(*JULY)),
    ("2020-07-16 13:52:29+05:30 x", make_ms(*JULY)),
    ("2020-07-16 08:22:29 -12 items", make_ms(*JULY)),
    ("2020-07-16 16:22:29 +08 started", make_ms(*JULY)),
    # Names of months.
    ("2020-Jul-16 08:22:29 x", make_ms(*JULY)),
    ("2020 Jul 16 08:22:29 x", make_ms(*JULY)),
    ("Jul-16-2020 08:22:29 x", make_ms(*JULY)),
    ("16-JUL-2020 08:22:29 x", make_ms(*JULY)),
    ("16Jul2020 08:22:29 x", make_ms(*JULY)),
    ("16th July 2020 08:22:29 x", make_ms(*JULY)),
    # A key in front of it, and JSON in any order.
    (
        '{"level":"info","msg":"restored from 2019-01-01 00:00:00","time":"2020-07-16T08:22:29Z"}',
        make_ms(*JULY),
    ),
    ('{"msg": "' + "x" * 300 + '", "@timestamp": "2020-07-16T08:22:29.123Z"}', make_ms(*JULY, ms=123)),
    # The leftmost one, not one in the message.
    ("I0716 08:22:29.000000 1 a.cc:1] restored from 2019-01-01 00:00:00", make_ms(*JULY)),
    ('[16/Jul/2020:08:22:29 +0000] "GET /v1/x?since=2019-01-01T00:00:00Z" 200', make_ms(*JULY)),
    ("1594887749 shard of 2019-01-01 00:00:00", make_ms(*JULY)),
    # Numbers that only look like a time.
    ("Epoch 11/28 00:01:02 left", None),
    ("step 3/4 12:00:01", None),
    ("worker-28 12:00:01 x", None),
    ("decoder-28 12:00:01 x", None),
    ("2021-366T12:00:01 x", None),
    ("1900000000 tokens in the data set", None),
    ("1099715244, 668289923, 3239136922", None),
    (" 1438214382", None),
    ("Restoring /out/20100101-000000/last.ckpt", None),
    ("Restored from the state of 2010-01-01 00:00:00", None),
    ("ratio 3:45 of 7:30", None),
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
    assert stamp.ms == make_ms(*JULY)


def test_a_year_and_a_day_that_are_not_stated_follow_the_log() -> None:
    stamper = TimestampParser(make_ms(2020, 12, 31, 23))
    for text, ms in (
        ("I1231 23:59:59.5 1 a.py:1] x", make_ms(2020, 12, 31, 23, 59, 59, ms=500)),
        ("I0101 00:00:01.5 1 a.py:1] x", make_ms(2021, 1, 1, 0, 0, 1, ms=500)),
        ("23:59:59 back", make_ms(2020, 12, 31, 23, 59, 59)),
        ("00:00:03 on", make_ms(2021, 1, 1, 0, 0, 3)),
    ):
        stamp = stamper.read(text)
        assert stamp is not None
        assert stamp.ms == ms


@pytest.mark.parametrize(
    ("began", "text", "expected"),
    [
        (make_ms(2026, 11, 28, 2), "03:00:01 PM x", make_ms(2026, 11, 28, 15, 0, 1)),
        (make_ms(2026, 11, 28, 2), "03:00 PM x", make_ms(2026, 11, 28, 15)),
        (make_ms(2026, 11, 28, 2), "[3:00 pm] x", make_ms(2026, 11, 28, 15)),
        (make_ms(2026, 11, 28, 9), "INFO 11:30 P.M. x", make_ms(2026, 11, 28, 23, 30)),
        (make_ms(2026, 11, 28, 2), "[15:00:00] x", make_ms(2026, 11, 28, 15)),
        (make_ms(2026, 11, 28, 9), "23:30:00 x", make_ms(2026, 11, 28, 23, 30)),
        (make_ms(2026, 11, 28, 12), "04:10:00 x", make_ms(2026, 11, 28, 4, 10)),  # in a zone 8 h behind
        (make_ms(2026, 11, 28, 23, 50), "00:05:00 x", make_ms(2026, 11, 29, 0, 5)),
    ],
)
def test_the_first_clock_without_a_day_is_after_the_start_of_the_job(
    began: float, text: str, expected: float
) -> None:
    assert read_times(TimestampParser(began), text) == [expected]


def test_without_any_hint_half_a_stamp_says_nothing() -> None:
    assert TimestampParser().read("I0716 08:22:29.1 x") is None
    assert TimestampParser().read("[08:22:29] x") is None


@pytest.mark.parametrize(
    "text", ["9" * 400, "1" * 18, "0000-00-00 00:00:00", "2020-02-30 10:10:10", "I0229 10:10:10 x"]
)
def test_nonsense_is_no_stamp_and_no_failure(text: str) -> None:
    TimestampParser(NEAR).read(text)
    TimestampParser(1e18).read(text)


def read_times(parser: TimestampParser, *texts: str) -> list[float | None]:
    return [stamp.ms if (stamp := parser.read(text)) else None for text in texts]


NOVEMBER = make_ms(2026, 11, 28, 11)


def test_numbers_between_timestamps_are_no_times() -> None:
    lines = [
        "2026-11-28 12:00:01 INFO rank0 step 0",
        "1795867203 tokens",
        "1900000000 tokens in the data set",
        "2026-11-28 12:00:02 INFO rank0 step 1",
        "1099715244, 668289923, 3239136922",
        " 1438214382",
        "Restoring /out/20261128-000000/last.ckpt",
        "saved at 2026-11-28 11:59:00",
        "  mtime: 2019-01-01 00:00:00",
        "2026-11-28 12:00:03 INFO rank0 step 2",
    ]
    found = read_times(TimestampParser(NOVEMBER), *lines)
    assert [at for at, ms in enumerate(found) if ms is not None] == [0, 1, 3, 9]
    assert found[9] == make_ms(2026, 11, 28, 12, 0, 3)


@pytest.mark.parametrize("text", ["01:23:45 total", "(00:01:02) done", "[03:12:45] left", "00:10:00"])
def test_a_duration_between_dated_lines_is_no_time(text: str) -> None:
    stamper = TimestampParser(make_ms(2026, 11, 28, 12))
    for step in range(5):
        assert stamper.read(f"2026-11-28 12:0{step}:00 INFO step {step}") is not None
        assert stamper.read(text) is None


def test_a_clock_near_the_dated_lines_is_a_time_and_so_is_one_that_goes_on_alone() -> None:
    stamper = TimestampParser(make_ms(2026, 11, 28, 12))
    stamper.read("2026-11-28 12:00:00 INFO start")
    near = stamper.read("[12:00:30] a")
    assert near is not None
    assert near.ms == make_ms(2026, 11, 28, 12, 0, 30)
    stamper.read("2026-11-28 12:01:00 INFO step")
    assert stamper.read("[03:00:30] a") is None
    stamper = TimestampParser(make_ms(2026, 11, 28, 12))
    stamper.read("2026-11-28 12:00:00 INFO start")
    assert [stamper.read(f"[15:00:0{second}] a") is not None for second in range(4)] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("first", ["Output folder: output/7d1f3a2c-9", "2026-11-28 13:59:59 INFO start"])
def test_times_in_brackets_at_the_end_of_lines_are_read(first: str) -> None:
    lines = [
        first,
        "Loading Training Cameras [28/11 14:00:09]",
        "Training progress:  23%|##3       | 7000/30000 [05:12<17:03, 22.47it/s, Loss=0.0345]",
        "[ITER 7000] Evaluating test: L1 0.0215 PSNR 27.12" + " more" * 40 + " [28/11 14:22:01]",
        "[ITER 7000] Saving Gaussians (2026-11-28 14:22:02)",
        "Waited (00:12:33)",
    ]
    found = read_times(TimestampParser(make_ms(2026, 11, 28, 13, 59)), *lines)
    assert [ms is not None for ms in found] == [first.startswith("2026"), True, False, True, True, False]
    assert found[3] == make_ms(2026, 11, 28, 14, 22, 1)


def test_a_list_of_random_numbers_takes_no_line_away() -> None:
    seeds = [str(1_000_000_000 + 7_919 * 7_919 * n % 900_000_000) for n in range(200)]
    found = read_times(TimestampParser(NOVEMBER), ":::MLLOG start", *seeds)
    assert sum(ms is not None for ms in found) < 20
    found = read_times(TimestampParser(NOVEMBER), "2026-11-28 12:00:01 INFO start", *seeds)
    assert sum(ms is not None for ms in found) == 1


def test_the_leftmost_of_several_forms_is_the_time() -> None:
    lines = [
        "I1128 12:00:01.000000 1 a.cc:1] restored from 2019-01-01 00:00:00",
        '[28/Nov/2026:12:00:02 +0000] "GET /v1/x?since=2019-01-01T00:00:00Z" 200',
        "1795867203 shard of 2019-01-01 00:00:00",
    ]
    noon = make_ms(2026, 11, 28, 12)
    assert read_times(TimestampParser(NOVEMBER), *lines) == [noon + 1000, noon + 2000, noon + 3000]


def test_a_wrong_future_time_does_not_stick() -> None:
    lines = [f"11-28 12:00:{n:02d} INFO step {n}" for n in range(10)]
    lines.insert(4, "2099-01-01 00:00:00 INFO clock")
    found = read_times(TimestampParser(NOVEMBER), *lines)
    assert [ms for n, ms in enumerate(found) if n != 4] == [
        make_ms(2026, 11, 28, 12, 0, n) for n in range(10)
    ]


@pytest.mark.parametrize(
    "first",
    ["1800000000", "[1799999999] x", "2099-01-01 00:00:00 INFO clock", "valid until 2027-01-01 00:00:00"],
)
def test_a_number_or_a_date_far_ahead_on_the_first_line_is_no_time(first: str) -> None:
    lines = [first, *(f"2026-11-28 12:00:{n:02d} INFO step {n}" for n in range(5))]
    found = read_times(TimestampParser(NOVEMBER), *lines)
    assert found == [None, *(make_ms(2026, 11, 28, 12, 0, n) for n in range(5))]


def test_a_log_that_jumps_for_good_is_followed() -> None:
    days = [f"2026-{month:02d}-01 12:00:00 INFO month {month}" for month in range(1, 12)]
    assert None not in read_times(TimestampParser(make_ms(2026, 1, 1)), *days)


def test_a_log_of_bare_numbers_is_read_long_after_its_start() -> None:
    found = read_times(
        TimestampParser(make_ms(2020, 1, 1)), *(f"{1_795_867_203 + n} step {n}" for n in range(9))
    )
    assert found[2:] == [(1_795_867_203 + n) * 1000.0 for n in range(2, 9)]


def test_the_order_of_day_and_month_follows_the_log() -> None:
    parser = TimestampParser(make_ms(2026, 3, 4, 11))
    assert read_times(parser, "04/03/2026 12:00:00 x", "05/03/2026 12:00:00 x") == [
        make_ms(2026, 3, 4, 12),
        make_ms(2026, 3, 5, 12),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-11-28 01:00:00 PM INFO step 1", "2026-11-28 01:00:00 PM"),
        ("Nov 28, 2026 11:00:00 PM worker", "Nov 28, 2026 11:00:00 PM"),
        ("2026年11月28日 下午 3:00:00 x", "2026年11月28日 下午 3:00:00"),
        ("I1128 12:00:01.5 1 a.cc:1] x", "1128 12:00:01.5"),
        ("INFO 12:00:01 x", "12:00:01"),
    ],
)
def test_the_whole_timestamp_is_its_extent(text: str, said: str) -> None:
    stamp = TimestampParser(NOVEMBER).read(text)
    assert stamp is not None
    assert text[stamp.start : stamp.end] == said


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("%d/%m/%Y %H:%M:%S", "<05/03/2026 12:00:00> x"),
        ("%Y%j".replace("%j", "%m%d") + " %H%M%S", "20260305 120000 x"),
        ("%b %d %y %I:%M:%S%p", "Mar 5 26 12:00:00PM x"),
        ("%F@%T.%f", "2026-03-05@12:00:00.0 x"),
        ("%H.%M.%S", "x 12.00.00 y"),
        ("%d日%m月%y年 %H：%M：%S", "5日3月26年 12：00：00 x"),
    ],
)
def test_a_users_own_form_comes_first(form: str, text: str) -> None:
    parser = TimestampParser(make_ms(2026, 3, 5, 11), forms=[compile_time_format(form)])
    assert read_times(parser, text) == [make_ms(2026, 3, 5, 12)]


@pytest.mark.parametrize("form", ["%Q", "%H:%M:%H", "%Y-%m-%d", "%", ""])
def test_a_form_that_means_no_time_is_refused(form: str) -> None:
    with pytest.raises(ValueError):
        compile_time_format(form)


def test_a_parser_of_another_log_has_learned_nothing() -> None:
    parser = TimestampParser(NOVEMBER, EIGHT)
    parser.read("2026-11-30 12:00:00 x")
    fresh = parser.copy_fresh()
    assert (fresh.reference_ms, fresh.zone) == (NOVEMBER, EIGHT)


@pytest.mark.parametrize("unit", ["1", "a1.", "[", "12:3", "x: ", "2026-11-28 ", "Nov ", "20261128", "é="])
def test_a_hostile_line_takes_no_long_time(unit: str) -> None:
    began = time.process_time()
    for _ in range(20):
        TimestampParser(NOVEMBER).read(unit * 100 + " 2026-11-28 12:00:00")
        TimestampParser(NOVEMBER).read((unit * 100)[:60] + " x 2026-11-28 12:00:00")
    assert time.process_time() - began < 2


def test_stamps_of_several_frameworks_in_one_log_are_read_in_sequence() -> None:
    lines = [
        "[11/28 12:00:01 d2.engine.train_loop]: iter 19",
        "[11/28 12:00:02] ppdet.engine INFO: Epoch: [0]",
        "INFO 11-28 12:00:03 [executor.py:12] worker up",
        "(Worker TP0 pid=77) ERROR 11-28 12:00:04 [executor.py:90] lost",
        "11-28 12:00:05.123  77  77 I tag: msg",
    ]
    found = read_times(TimestampParser(NOVEMBER), *lines)
    assert found[:4] == [make_ms(2026, 11, 28, 12, 0, second) for second in (1, 2, 3, 4)]
    assert found[4] == make_ms(2026, 11, 28, 12, 0, 5, ms=123)


def test_a_12_hour_clock_runs_through_the_afternoon() -> None:
    lines = [f"2026-11-28 {hour:02d}:00:00 PM INFO step {hour}" for hour in range(1, 10)]
    lines += ["Nov 28, 2026 11:00:00 PM worker INFO step 11", "11/28/2026 11:30:00 PM INFO step 12"]
    assert read_times(TimestampParser(NOVEMBER), *lines) == [
        *(make_ms(2026, 11, 28, hour) for hour in range(13, 22)),
        make_ms(2026, 11, 28, 23),
        make_ms(2026, 11, 28, 23, 30),
    ]


def test_the_form_of_a_log_is_tried_before_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = TimestampParser(NEAR)
    searched: list[int] = []
    search = TimestampParser._search

    def count(self: TimestampParser, head: str, forms: Sequence[TimeForm]) -> object:
        searched.append(len(forms))
        return search(self, head, forms)

    monkeypatch.setattr(TimestampParser, "_search", count)
    for second in range(10):
        for line in (
            f'{{"ts":"2020-07-16T08:22:{second:02}.234Z","level":"INFO","step":{second}}}',
            f"[rank{second}] [w{second % 3}] 2020-07-16T08:22:{second:02}.734Z step {second}",
        ):
            assert parser.read(line) is not None
    assert sum(number > 1 for number in searched) <= 4


def test_a_time_before_that_of_the_known_form_is_read() -> None:
    parser = TimestampParser(NEAR)
    assert parser.read("[w] 2020-07-16 08:22:29 first") is not None
    stamp = parser.read("[w] 16/Jul/2020:08:22:31 +0000 at 2020-07-16 08:22:29")
    assert stamp is not None
    assert stamp.ms == make_ms(2020, 7, 16, 8, 22, 31)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (" 46%|####      | 4224/9000 [1:10:24<1:19:36, 1.00it/s]", None),
        (" 46%|####      | 4224/9000 [10:24<19:36, 1.00it/s]{'loss': 0.5}", None),
        ("2020-07-16 08:22:29  46%|####      | 4224/9000 [1:10:24<1:19:36, 1.00it/s]", make_ms(*JULY)),
        (" 46%|### | 4/9 [10:24<19:36, 1.00it/s]2020-07-16 08:22:29 saved", make_ms(*JULY)),
    ],
)
def test_the_elapsed_time_of_a_bar_is_no_time(line: str, expected: float | None) -> None:
    stamp = TimestampParser(NEAR).read(line)
    assert (stamp.ms if stamp else None) == expected
