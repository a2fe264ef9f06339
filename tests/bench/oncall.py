"""The twelve tasks of an incident, each on a terminal of its own: ``python -m tests.bench.oncall [LETTER…]``.

Keys are counted from the first screen of the demo, two minutes after the beginning of its incident; a word
that is typed counts one. Seconds are from the last key to the answer. Countdowns and the time of an editor
are not counted.
"""

from __future__ import annotations

import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeGuard

from tests.bench.programs import build_script_command
from tests.bench.terminal import Terminal

LATER_S = 120.0
_READY = "0 triage"
_EDITOR = """#!/bin/sh
sed -i '/learning_rate/s/value = "1e-4"/value = "2e-4"/' "$1"
"""


@dataclass(frozen=True, slots=True)
class Typed:
    """A word that is typed, as one key."""

    word: str


@dataclass(frozen=True, slots=True)
class Wait:
    """A pattern on the screen to wait for before the next key; not counted."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds in which the incident goes on; not counted."""

    seconds: float


Step = str | Typed | Wait | Pause


@dataclass(frozen=True, slots=True)
class Task:
    """A question of an incident, the keys that answer it, and what is on the screen then.

    ``later_s`` is the age of the incident at the first screen, ``countdown_s`` what the last key waits for.
    """

    letter: str
    question: str
    steps: tuple[Step, ...]
    answer: str
    later_s: float = LATER_S
    countdown_s: float = 0.0

    @property
    def counted(self) -> list[str]:
        """The keys and words that are pressed and typed."""
        return [step.word if isinstance(step, Typed) else step for step in self.steps if _is_counted(step)]

    @property
    def keys(self) -> int:
        """How many keys it takes, a word typed counting one."""
        return len(self.counted)

    def write_keys(self) -> str:
        """Return the keys as the guide shows them."""
        return " ".join(f"`{word}`" for word in self.counted)


def _is_counted(step: Step) -> TypeGuard[str | Typed]:
    return isinstance(step, str | Typed)


_ARMED = Pause(1)  # a dialog takes no keys that were typed ahead

_LIVE_S = 5.0  # before the job dies, so that its end is seen

TASKS: tuple[Task, ...] = (
    Task(
        "a",
        "Which jobs failed in the last hour, and what was the first error of each?",
        ("/", Typed("what:failed since<1h"), "enter"),
        r"(?s)llama-7b-pretrain.*Xid.*t5-summarize.*CUDA.*bert-large-zh.*NCCL.*since<1h \d+ of",
    ),
    Task(
        "b",
        "Stop four notebooks of one owner.",
        ("1", "/", Typed("owner:li.wei phase:running"), "enter", "*", "x", Wait("Stop 4"), _ARMED, "y"),
        "Stop requested for 4 notebooks",
    ),
    Task(
        "c",
        "What is degraded or down, and why?",
        ("/", Typed("search what:degraded"), "enter", "Y"),
        r"(?s) why .*(?:CrashLoopBackOff|OOMKilled)",
    ),
    Task(
        "d",
        "What has changed in the last 30 minutes?",
        (Pause(60), "C"),
        r"llama-7b-pretrain.*RUNNING.*FAILED",
        later_s=_LIVE_S,
    ),
    Task(
        "e",
        "Is the job still training?",
        ("2", "/", Typed("qwen-1b8"), "enter"),
        r"qwen-1b8-sft.*RUNNING.* 0\.\d+ \S",
    ),
    Task(
        "f",
        "The first error of all workers: find it, copy it, save the log.",
        (
            *("down", "l", Wait("following|ended"), "a", Wait("files merged"), Pause(2), "g", "E"),
            *(Wait("error 1/"), "c", Wait("Copied the (?:line found|error)"), "S", "enter"),
        ),
        r"[Ss]av(?:ed|ing) \d",
    ),
    Task(
        "g",
        "Run it again with another learning rate.",
        ("/", Typed("t5-summ"), "enter", "A", Wait("2e-4"), _ARMED, "y"),
        r"V0004|requested",
    ),
    Task("h", "Which pool is full?", ("7",), r"llm-finetune.* 4/4 .* 0 "),
    Task(
        "i",
        "Delete old failures.",
        (
            *("2", "/", Typed("phase:failed age>7d"), "enter", "*", "ctrl+d"),
            *(Wait("delete 3"), _ARMED, Typed("delete 3"), "enter"),
        ),
        r"phase:failed age>7d 0 of",
        countdown_s=5,
    ),
    Task(
        "j",
        "Hand over: what failed, what was done, what is open?",
        (Pause(60), ":", Typed("report"), "enter"),
        r"(?s)HAND-OVER.*llama-7b-pretrain",
        later_s=_LIVE_S,
    ),
    Task(
        "k",
        "Be notified when the job ends.",
        ("2", "/", Typed("gpt-6b"), "enter", "N"),
        r"(?i)announce|told|when it ends",
    ),
    Task(
        "l",
        "What is different from the version that succeeded last?",
        ("/", Typed("t5-summ"), "enter", "="),
        r"parameter.batch_size +128 +32",
    ),
)


def play(task: Task, folder: Path) -> float:
    """Play a task on a terminal; return the seconds from the last key to the answer.

    Raises AssertionError where the answer does not come.
    """
    editor = folder / "editor"
    editor.write_text(_EDITOR)
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    places = {name: str(folder) for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HOME")}
    env = {**places, "EDITOR": str(editor), "VISUAL": str(editor)}
    with Terminal(build_script_command("late_demo.py", str(task.later_s), "--demo"), env=env) as terminal:
        terminal.wait(_READY)
        terminal.drain(20, silence=2.0)
        sent = time.perf_counter()
        for step in task.steps:
            if isinstance(step, Wait):
                terminal.wait(step.pattern)
            elif isinstance(step, Pause):
                terminal.drain(step.seconds)
            else:
                if step is not task.steps[-1]:
                    terminal.drain(1.0, silence=0.15)
                sent = terminal.send(step.word if isinstance(step, Typed) else step)
        answered = terminal.wait(task.answer) / 1000 + terminal.began
        return max(0.0, answered - sent - task.countdown_s)


def measure(tasks: Sequence[Task]) -> Iterator[tuple[Task, float | None, str]]:
    """Play each task; yield it with its seconds, or None and why it failed."""
    for task in tasks:
        with tempfile.TemporaryDirectory() as folder:
            try:
                yield task, play(task, Path(folder)), ""
            except AssertionError as failed:
                yield task, None, str(failed)


def format_table(tasks: Sequence[Task]) -> str:
    """Return the tasks and their keys as the guide shows them."""
    rows = [
        f"| ({task.letter}) {task.question} | {task.write_keys() or 'none'} | {task.keys} |" for task in tasks
    ]
    return "\n".join(["| question | keys | count |", "|---|---|---|", *rows])


def main() -> int:
    """Play the tasks that are named, or all; 1 where one fails or takes too many keys."""
    wanted = sys.argv[1:]
    tasks = [task for task in TASKS if not wanted or task.letter in wanted]
    seconds: list[float] = []
    for task, took, wrong in measure(tasks):
        shown = f"{took:5.2f} s" if took is not None else "failed"
        print(f"({task.letter}) {task.keys} keys  {shown}  {task.question}", flush=True)
        if took is None:
            print(wrong)
        else:
            seconds.append(took)
    keys = [task.keys for task in tasks]
    print(f"keys: median {median(keys):g}, most {max(keys)}; seconds: median {median(seconds or [0]):.2f}")
    return int(len(seconds) < len(tasks) or median(keys) > 4 or max(keys) > 8)


if __name__ == "__main__":
    raise SystemExit(main())
