"""Which lines of a training job's log are errors."""

from __future__ import annotations

import json
import time

import pytest

from matui.base.log_lines.errors import DEFAULT_RULES, EXAMINED, ErrorRules, error_heads, is_error, level
from matui.base.log_lines.writers import split_prefix
from tests.unit.base.log_lines import log_samples_of_others as of_others
from tests.unit.base.log_lines.log_samples import ERRORS, HEALTHY, WARNINGS


@pytest.mark.parametrize("text", ERRORS)
def test_an_error_is_found_by_its_level_or_by_its_signature(text: str) -> None:
    assert level(text) == "error"


@pytest.mark.parametrize("text", WARNINGS)
def test_a_warning_that_speaks_of_errors_is_a_warning(text: str) -> None:
    assert level(text) == "warning"


@pytest.mark.parametrize("text", HEALTHY)
def test_measured_errors_arguments_and_lines_of_other_levels_are_no_errors(text: str) -> None:
    assert level(text) == ""


def test_lines_of_other_writers_have_their_level() -> None:
    found = {text: level(text) for text in (*of_others.ERRORS, *of_others.WARNINGS, *of_others.HEALTHY)}
    assert [text for text in of_others.ERRORS if found[text] != "error"] == []
    assert [text for text in of_others.WARNINGS if found[text] != "warning"] == []
    assert [text for text in of_others.HEALTHY if found[text]] == []


def test_an_error_is_found_behind_what_a_launcher_or_collector_puts_before_it() -> None:
    died = ["Killed", "sh: 1: nvcc: not found", "python: can't open file 'x'", "make: *** [all] Error 2"]
    for prefix in of_others.PREFIXES:
        assert [text for text in died if level(prefix + text) != "error"] == [], prefix
        assert level(prefix + "error count 0") == ""


def test_one_search_over_many_lines_finds_each_error() -> None:
    assert error_heads([text for error in ERRORS for text in ("step 1", error)]) == [
        2 * at + 1 for at in range(len(ERRORS))
    ]


def test_a_users_patterns_add_errors_and_take_them_away() -> None:
    rules = ErrorRules.compile(["loss plateau"], ["ignored error"])
    assert rules.is_error("2026-11-28 12:00:00 INFO loss plateau reached")
    assert rules.find_level("ERROR: ignored error 7") == ""
    assert rules.find_error_heads(["ok", "loss plateau", "ok", "ERROR: ignored error 7", "ERROR: x"]) == [
        1,
        4,
    ]


def test_a_wrong_pattern_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="regex"):
        ErrorRules.compile(["("], [])


@pytest.mark.parametrize(
    "unit", ["E", "error: ", "loss ", "a.", "(", "[", "x: line 1: ", "ERROR ", '{"level":', "exit "]
)
def test_a_hostile_line_takes_no_long_time(unit: str) -> None:
    began = time.process_time()
    for _ in range(20):
        is_error((unit * EXAMINED)[:EXAMINED])
        error_heads(["ERROR", unit * EXAMINED, "ERROR"])
    assert time.process_time() - began < 2


TRACE = [
    "Traceback (most recent call last):",
    '  File "a.py", line 1',
    "    x()",
    "RuntimeError: CUDA error: x",
]


@pytest.mark.parametrize(
    ("texts", "heads"),
    [
        (["fine", *TRACE, "fine", *TRACE], [1, 6]),
        (
            [*TRACE, "", "During handling of the above exception, another exception occurred:", "", *TRACE],
            [0],
        ),
        (["2020 ERROR a", "2020 ERROR b", "2020 INFO fine", "2020 ERROR c"], [0, 3]),
        (["INFO ok", "step 1 loss 0.1"], []),
        (["Killed"], [0]),
    ],
)
def test_a_traceback_and_its_final_line_are_one_error(texts: list[str], heads: list[int]) -> None:
    assert error_heads(texts) == heads


def test_the_report_of_the_kernel_is_one_error() -> None:
    report = [
        "[Wed Nov 25 07:12:20 2026] python3 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0",
        "[Wed Nov 25 07:12:20 2026] CPU: 5 PID: 1975 Comm: python3 Not tainted 5.4.0-1056 #59",
        "[Wed Nov 25 07:12:20 2026] Hardware name: x, BIOS 1.0 10/16/2017",
        "[Wed Nov 25 07:12:20 2026] Call Trace:",
        "[Wed Nov 25 07:12:20 2026]  oom_kill_process+0xe6/0x120",
        "[Wed Nov 25 07:12:20 2026] [   7899]     0  7899  6546210  3842522 39899136  1039052",
        "[Wed Nov 25 07:12:21 2026] Out of memory: Killed process 7899 (python) total-vm:26184840kB",
    ]
    assert error_heads(["step", *report, "step"]) == [1]


@pytest.mark.parametrize(
    "line",
    [
        " iteration       10/ 1000 | lm loss: 1.5E+00 |",
        " [2026-11-28 07:19:37] iteration 1/ 5000 | lm loss: 1.04E+01 |",
        "2026-11-28T18:30:09.175228Z  INFO text_generation_launcher: ready",
        "      1/70      6.73G      1.081     0.4706      1.084         10        640: 100%|██| 60/60",
        " 99/100 [============================>.] - ETA: 3s - loss: 0.5",
        "  9%|▉         | 248/2724 [9:10:28<91:21:51, 132.84s/it]",
    ],
)
def test_a_step_with_blanks_in_front_parts_two_errors(line: str) -> None:
    assert error_heads(["ERROR: a", line, "ERROR: b"]) == [0, 2]


def test_a_traceback_in_a_message_has_the_prefix_of_its_logger_in_the_first_line_only() -> None:
    trace = ['  File "x.py", line 2, in run', "    step()", "ValueError: x"]
    for head in ("[2026-11-28 10:00:00 TP0] Scheduler hit an exception: ", "[rank0] failed: ", "(w pid=1) "):
        texts = ["step", f"{head}Traceback (most recent call last):", *trace, "step", "ValueError: y"]
        assert error_heads(texts) == [1, 6]


def test_an_error_that_began_before_is_not_counted_again() -> None:
    assert error_heads(TRACE, skip=2) == []


PREFIXES = [
    "[rank0]: ",
    "[default3]:",
    "[1,0]<stderr>:",
    "(Worker TP0 pid=77) ",
    "(train_fn pid=77, ip=10.0.0.1) ",
    "worker-0: ",
    "rank3| ",
    "trainer_1  | ",
    "0: ",
    "2026-11-28T12:00:00.123456789Z stderr F ",
    "ERROR:root:",
    "[2026-11-28 12:00:00,001] [rank1] ",
    "[host-1] [rank1]: ",
]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_common_prefix_does_not_split_a_traceback(prefix: str) -> None:
    lines = [f"{prefix}{line}" for line in TRACE]
    heads = [1, 6] if "ERROR" not in prefix else [0]
    assert error_heads([f"{prefix}fine", *lines, f"{prefix}fine", *lines]) == heads


def test_a_time_in_the_prefix_may_differ_from_line_to_line() -> None:
    lines = [f"2026-11-28T12:00:0{n}.12{n}Z stderr F {line}" for n, line in enumerate(TRACE)]
    assert error_heads(lines) == [0]


@pytest.mark.parametrize("prefix", ["", "unknown-launcher> ", *PREFIXES])
@pytest.mark.parametrize("at", range(1, 1 + len(TRACE)))
def test_the_lines_of_a_traceback_are_those_of_its_whole_error(prefix: str, at: int) -> None:
    texts = ["fine", *(f"{prefix}{text}" for text in TRACE), "fine", f"{prefix}fine"]
    assert DEFAULT_RULES.find_traceback(texts, at) == list(range(1, 1 + len(TRACE)))


def test_a_traceback_ends_with_an_exception_that_no_signature_knows_and_its_further_lines() -> None:
    texts = [
        TRACE[0],
        '  File "x.py", line 2',
        "    stop()",
        "lib.Preempted: by owner",
        "  hint: ask",
        "",
        "step 7",
    ]
    assert DEFAULT_RULES.find_traceback(texts, 0) == [0, 1, 2, 3, 4]
    assert DEFAULT_RULES.find_traceback(texts, 6) == []


def test_the_lines_of_a_traceback_are_those_of_one_writer() -> None:
    lines = [f"[rank{rank}]: {line}" for line in TRACE for rank in (0, 1)]
    assert DEFAULT_RULES.find_traceback(lines, 1) == list(range(1, len(lines), 2))


def test_an_error_without_a_traceback_has_no_lines_of_one() -> None:
    assert DEFAULT_RULES.find_traceback(["fine", "ERROR a", "ERROR b", "fine"], 1) == []


def test_tracebacks_of_two_ranks_that_alternate_are_two_errors() -> None:
    lines = [f"[rank{rank}]: {line}" for line in TRACE for rank in (0, 1)]
    assert error_heads(lines) == [0, 1]


def test_native_frames_belong_to_the_error_above_them() -> None:
    lines = [
        "terminate called after throwing an instance of 'c10::Error'",
        "  what():  CUDA error: device-side assert triggered",
        "Exception raised from query at Event.h:110 (most recent call first):",
        "frame #0: c10::Error::Error() + 0x57 (0x7f1 in /lib/libc10.so)",
        "*** Begin stack trace ***",
        "#1 0x00007f1 in abort () from /lib/libc.so.6",
        "Fatal Python error: Aborted",
        "",
        "Current thread 0x00007f1 (most recent call first):",
        '  File "train.py", line 1 in main',
        "Aborted (core dumped)",
        "step 1",
    ]
    assert error_heads(lines) == [0]


def test_the_launchers_failure_table_is_one_error() -> None:
    lines = [
        "torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ",
        "============================================================",
        "train.py FAILED",
        "------------------------------------------------------------",
        "Failures:",
        "[1]:",
        "  time      : 2026-11-28_12:00:01",
        "  exitcode  : 1 (pid: 1887)",
        "------------------------------------------------------------",
        "Root Cause (first observed failure):",
        "[0]:",
        "  exitcode  : -9 (pid: 1886)",
        "  traceback : Signal 9 (SIGKILL) received by PID 1886",
        "============================================================",
        "step 1",
    ]
    assert error_heads(lines) == [0]


def test_an_accelerators_error_goes_on_in_its_trace() -> None:
    lines = [
        "EZ9999: Inner Error!",
        "EZ9999  The error from device(2)",
        "        TraceBack (most recent call last):",
        "        rtStreamSynchronize failed",
    ]
    assert error_heads(lines) == [0]


def test_the_prefix_of_a_line_leaves_times_out() -> None:
    assert split_prefix("2026-11-28T12:00:00.1Z stderr F x") == ("stderr F", "x")
    assert split_prefix("[rank3]: x") == ("[rank3]:", "x")
    assert split_prefix("epoch 1") == ("", "epoch 1")


BLOCKS = {
    "chained": (
        "Traceback (most recent call last):\n"
        '  File "/code/train.py", line 10, in <module>\n'
        "    main()\n"
        "KeyError: 'x'\n"
        "\n"
        "During handling of the above exception, another exception occurred:\n"
        "\n"
        "Traceback (most recent call last):\n"
        '  File "/code/train.py", line 12, in <module>\n'
        '    raise RuntimeError("y") from e\n'
        "RuntimeError: y\n"
    ),
    "go": (
        "panic: runtime error: invalid memory address or nil pointer dereference\n"
        "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x0]\n"
        "\n"
        "goroutine 1 [running]:\n"
        "main.main()\n"
        "\t/code/main.go:12 +0x1b\n"
        "exit status 2\n"
    ),
    "mindspore": (
        "Traceback (most recent call last):\n"
        '  File "/code/train.py", line 10, in <module>\n'
        "    main()\n"
        "RuntimeError: Run task for graph:kernel_graph_1 error!\n"
        "\n"
        "----------------------------------------------------\n"
        "- Ascend Error Message:\n"
        "----------------------------------------------------\n"
        "EE9999: Inner Error!\n"
        "EE9999: [PID: 12] x\n"
        "\n"
        '(Please search "CANN Common Error Analysis")\n'
        "\n"
        "----------------------------------------------------\n"
        "- C++ Call Stack: (For framework developers)\n"
        "----------------------------------------------------\n"
        "mindspore/ccsrc/x.cc:1 Run\n"
    ),
    "excgroup": (
        "  + Exception Group Traceback (most recent call last):\n"
        '  |   File "/code/x.py", line 1, in <module>\n'
        "  | ExceptionGroup: x (2 sub-exceptions)\n"
        "  +-+---------------- 1 ----------------\n"
        "    | ValueError: a\n"
        "    +---------------- 2 ----------------\n"
        "    | TypeError: b\n"
        "    +------------------------------------\n"
    ),
    "glibc": (
        "*** Error in `python': double free or corruption (!prev): 0x00 ***\n"
        "======= Backtrace: =========\n"
        "/lib64/libc.so.6(+0x81299)[0x7f]\n"
        "python(main+0x12)[0x55]\n"
        "======= Memory map: ========\n"
        "00400000-00401000 r-xp 00000000 fd:01 12 /usr/bin/python\n"
        "Aborted (core dumped)\n"
    ),
    "paddle": (
        "C++ Traceback (most recent call last):\n"
        "--------------------------------------\n"
        "0   paddle::imperative::Tracer::TraceOp(std::string const&)\n"
        "1   std::__future_base::_State_baseV2::_M_do_set(std::function<void ()>*, bool*)\n"
        "\n"
        "----------------------\n"
        "Error Message Summary:\n"
        "----------------------\n"
        "FatalError: `Segmentation fault` is detected by the operating system.\n"
        '  [TimeInfo: *** Aborted at 1662038445 (unix time) try "date -d @1662038445" ***]\n'
        "  [SignalInfo: *** SIGSEGV (@0x0) received by PID 1835 (TID 0x7fc) from PID 0 ***]\n"
    ),
    "glog": (
        '*** Aborted at 1518151974 (unix time) try "date -d @1518151974" if you are using GNU date ***\n'
        "PC: @                0x0 (unknown)\n"
        "*** SIGSEGV (@0xa802) received by PID 2581 (TID 0x7f5) from PID 43010; stack trace: ***\n"
        "    @     0x7f512bf56160 (unknown)\n"
    ),
    "torch_npu": (
        "[ERROR] 2026-11-28-07:22:30 (PID:316198, Device:7, RankID:-1) ERR00100 PTA call acl api failed\n"
        "[Error]: Failed to apply for memory.\n"
        "        Check the remaining storage space in the hardware environment.\n"
        "EL0004: [PID: 316198] 2026-11-28-07:22:29.827.496 Failed to allocate memory.\n"
        "        Possible Cause: Available memory is insufficient.\n"
    ),
    "call stack": (
        "[ERROR] DEVICE(246,ffff,python):2026-11-28-12:33:06.836.235 [mindspore/ccsrc/x.cc:136] Wait] x\n"
        "\n"
        "----------------------------------------------------\n"
        "- C++ Call Stack: (For framework developers)\n"
        "----------------------------------------------------\n"
        "mindspore/ccsrc/runtime/device/kernel_runtime.cc:108 LockRuntime\n"
        "\n"
        "Traceback (most recent call last):\n"
        '  File "train.py", line 290, in <module>\n'
        "RuntimeError: x\n"
    ),
    "slurm": (
        "slurmstepd: error: Detected 1 oom_kill event in StepId=1.0. Some tasks have been OOM Killed.\n"
        "srun: error: n1: tasks 1-3: Out Of Memory\n"
        "srun: Terminating StepId=1.0\n"
        "slurmstepd: error: *** STEP 1.0 ON n1 CANCELLED AT 2026-11-28T07:16:01 ***\n"
    ),
    "mpi": (
        "Primary job  terminated normally, but 1 process returned\n"
        "a non-zero exit code. Per user-direction, the job has been aborted.\n"
        "-------------------------------------------------------\n"
        "mpirun noticed that process rank 7 with PID 0 on node n1 exited on signal 9 (Killed).\n"
    ),
    "hydra": (
        "Error executing job with overrides: ['algorithm=grpo']\n"
        "Traceback (most recent call last):\n"
        '  File "x.py", line 3, in run\n'
        "AssertionError: x\n"
    ),
    "rich": (
        "╭───────────────────── Traceback (most recent call last) ─────────────────────╮\n"
        "│ /code/launch.py:1104 in launch_command                                      │\n"
        "│ ❱  567 │   │   raise subprocess.CalledProcessError(returncode=1, cmd=cmd)   │\n"
        "╰─────────────────────────────────────────────────────────────────────────────╯\n"
        "CalledProcessError: Command 'x' failed\n"
    ),
    "ucx": (
        "==== backtrace (tid:  12) ====\n"
        " 0 0x1 funlockfile()  ???:0\n"
        " 1 0x2 main()  x.c:1\n"
        "=================================\n"
    ),
}
MORE_PREFIXES = (
    *(prefix for prefix in PREFIXES if "ERROR" not in prefix),
    "",
    "Nov 28 10:00:00 node-1 python[12]: ",
    "2026-11-28T10:00:00+0800 node-1 python[12]: ",
    "gpu-worker-0: ",
    "10.0.0.1: ",
)


@pytest.mark.parametrize("name", BLOCKS)
def test_the_report_of_one_crash_is_one_error_whatever_collected_it(name: str) -> None:
    lines = BLOCKS[name].splitlines()
    for prefix in MORE_PREFIXES:
        texts = [prefix + text for text in ("step 1", *lines, "step 2")]
        assert error_heads(texts) == [1], prefix
    for before in ('{"log":"', '2026-11-28 10:00:00.000000000 +0000 kube.x: {"log": "'):
        texts = [
            before + json.dumps(text + "\n", ensure_ascii=False)[1:] + "}"
            for text in ("step 1", *lines, "step 2")
        ]
        assert error_heads(texts) == [1], before


RECORDS = {
    "message": '{{"time":"2026-11-28T12:00:0{n}Z","stream":"stderr","message":{text}}}',
    "of a pod": '{{"time":"2026-11-28T12:00:0{n}Z","kubernetes":{{"pod":"w-0"}},"log":{text}}}',
    "message first": '{{"msg": {text}, "ts": 170000000{n}.5, "rank": 3}}',
    "entry of a cloud": '{{"insertId": "x{n}", "textPayload": {text}, "timestamp": "12:00:0{n}Z"}}',
    "Fluent Bit": '[{n}] kube.var.log: [1700000000.00{n}, {{"log"=>{text}}}]',
    "key=value": "time=2026-11-28T12:00:0{n}Z stream=stderr msg={text}",
}


@pytest.mark.parametrize("form", RECORDS.values(), ids=RECORDS)
@pytest.mark.parametrize("name", BLOCKS)
def test_the_report_of_one_crash_is_one_error_in_records_of_any_form(name: str, form: str) -> None:
    crash = ["step 1", *BLOCKS[name].splitlines(), "step 2"]
    texts = [form.format(n=n % 10, text=json.dumps(text)) for n, text in enumerate(crash)]
    assert error_heads([*texts, *texts]) == [1, 1 + len(texts)]


def test_records_of_two_ranks_that_alternate_are_two_errors() -> None:
    texts = [json.dumps({"msg": text, "rank": rank}) for text in TRACE for rank in (0, 1)]
    assert error_heads(texts) == [0, 1]


GROUP = """\
  + Exception Group Traceback (most recent call last):
  |   File "a.py", line 1, in <module>
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "a.py", line 3, in f
    | ValueError: 1
    +------------------------------------"""
WORKER = """\
Traceback (most recent call last):
  File "train.py", line 211, in <module>
RuntimeError: Caught RuntimeError in DataLoader worker process 0.
Original Traceback (most recent call last):
  File "worker.py", line 308, in _worker_loop
RuntimeError: stack expects each tensor to be equal size"""


@pytest.mark.parametrize("crash", [GROUP, WORKER], ids=["group", "worker"])
@pytest.mark.parametrize(
    "lead",
    [
        "",
        "[12.0{n}s] ",
        "worker> ",
        "trainer-0 pytorch ",
        "ml trainer-0 pytorch ",
        "app[worker.1]: ",
        "a@b: ",
    ],
)
def test_a_traceback_inside_another_is_part_of_its_error(lead: str, crash: str) -> None:
    texts = [lead.format(n=n) + text for n, text in enumerate(["step 1", *crash.split("\n"), "step 2"])]
    assert error_heads([*texts, *texts]) == [1, 1 + len(texts)]


@pytest.mark.parametrize("prefix", MORE_PREFIXES)
def test_a_blank_line_may_have_lost_the_blank_behind_its_prefix(prefix: str) -> None:
    crash = [*TRACE, "", "During handling of the above exception, another exception occurred:", "", *TRACE]
    assert error_heads([(prefix + text).rstrip() for text in crash]) == [0]


def test_the_other_stream_of_a_process_parts_two_errors_and_no_open_traceback() -> None:
    error = "2026-11-28T12:00:00.1Z stderr F {}"
    step = "2026-11-28T12:00:00.1Z stdout F step 1"
    assert error_heads([error.format("Killed"), step, error.format("Killed")]) == [0, 2]
    assert error_heads([line for text in TRACE for line in (error.format(text), step)]) == [0]
    assert error_heads(["Killed", "[2026-11-28 12:00:00] [info] [36815] [a.cc:1] x", "Killed"]) == [0, 2]


def test_a_traceback_of_another_writer_after_one_of_an_unknown_exception_is_a_second_error() -> None:
    first = [f"[pod/trainer-2/pytorch] {text}" for text in (*TRACE[:-1], "lib.Preempted: by owner", "step 5")]
    second = [f"trainer-0 pytorch {text}" for text in TRACE]
    assert error_heads([*first, *second]) == [0, len(first)]


def test_what_follows_the_first_line_of_a_crash_is_part_of_it() -> None:
    for crash in (
        [
            "[host:5283 :0:5704] Caught signal 7 (Bus error)",
            "==== backtrace (tid:   5704) ====",
            " 0 killpg()",
        ],
        [
            "[2026-11-28 05:12:25] warmup error: " + TRACE[0],
            *TRACE[1:-1],
            'AssertionError: {"object":"error"}',
        ],
        [TRACE[0], "", '> File "a.py", line 3, in f', "    └ 1", "", "ValueError: 1"],
        ["x.ResourceExhaustedError: Graph error:", "", "Detected at node a defined at:", "", "OOM when x"],
        [
            "mpirun detected that x exited with non-zero status",
            "the job to be terminated. It was:",
            "Exit code: 1",
        ],
        [
            "[2026-11-28 12:00:00.1] [error] [36815] [a.cc:1] x",
            "[2026-11-28 12:00:01] [error] [36815] [b.h:2] y",
        ],
    ):
        assert error_heads(["step 1", *crash, "step 2"]) == [1], crash


@pytest.mark.parametrize(
    "lead",
    [
        "trainer-0 ",
        "pod/train-0: ",
        "host1.example.com: ",
        "12:00:0{n} ",
        "11/28 12:00:0{n} ",
        "{{3}} ",
        "> ",
    ],
)
def test_an_error_behind_a_lead_of_no_known_launcher_is_one(lead: str) -> None:
    crash = [
        "Traceback (most recent call last):",
        '  File "a.py", line 1, in f',
        "KeyError: 'a'",
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        "Traceback (most recent call last):",
        '  File "b.py", line 1, in g',
        "ValueError: b",
    ]
    lines = [lead.format(n=number) + text for number, text in enumerate(crash)]
    healthy = lead.format(n=9) + "step 3"
    assert error_heads([healthy, *lines, healthy, *lines]) == [1, 11]


def test_tracebacks_of_unknown_leads_that_alternate_are_one_each() -> None:
    crash = ["Traceback (most recent call last):", '  File "a.py", line 1, in f', "    f()", "KeyError: 'a'"]
    lines = [f"trainer-{writer} {text}" for text in crash for writer in range(3)]
    assert error_heads(lines) == [0, 1, 2]


def test_the_failure_table_of_a_logger_is_part_of_its_error() -> None:
    table = [
        "failed (exitcode: 1)",
        "Failures:",
        "[1]:",
        "  exitcode  : 1 (pid: 78)",
        "[0]:",
        "  exitcode  : -9",
    ]
    assert error_heads([f"[2026-11-28 12:00:01,123] [ERROR] [rank3] {line}" for line in table]) == [0]
