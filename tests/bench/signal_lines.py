"""Checks what reading signals costs, and that other logs give none.

Run with ``python -m tests.bench.signal_lines [LINES]``.
Lines of other logs are the samples of the tests without training shapes and generated ones; every value read
from them is false. Lines with signals are those of the tests with other numbers. Times are of the process,
not of the clock. Exit status 1 for a false value, a miss above 1 µs or a shape above 8 µs a line.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from matui.signals.reader import SignalReader
from matui.signals.shapes import may_hold_signals
from tests.bench.false_alarms import _filled
from tests.unit.base.log_lines.log_samples import ERRORS, HEALTHY, WARNINGS
from tests.unit.signals.test_shapes import CASES

MOST_MISS_US, MOST_HIT_US = 1.0, 8.0
_BLOCK = 10_000
_ROUNDS = 5
_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+")
_TRAINING = re.compile(
    r"(?i)(?:loss|acc|lr|rate|norm|map)\W{0,6}(?:is|=)?\s*-?(?:tensor\()?(?:[\d.]|inf|nan)|it/s|avg"
)
# {time} is a clock, {date} a date, {n} an integer, {x} a decimal, {name} a name.
OTHER_SHAPES = (
    "{date} {time},{n} INFO [main] com.example.{name}.Service: request {n} took {n} ms",
    '10.0.{n}.{n} - - [28/Nov/2026:{time} +0000] "GET /v1/{name}/{n}?step={n}&lr={x} HTTP/1.1" 200 {n}',
    'time="{date}T{time}Z" level=info msg="sync finished" failed=0 iterations={n} took={x}s',
    '{{"level":"info","ts":{n}.{n},"caller":"main.go:{n}","msg":"loss of leader","step":{n},"learner":{n}}}',
    '{{"level":"warn","msg":"checkpoint skipped","epoch":{n},"reason":"not leader"}}',
    "worker-{n}:{n}:{n} [{n}] NCCL INFO Channel {n}/{n} : {n}[{n}] -> {n}[{n}] via P2P/IPC",
    "[INFO] HCCL({n},python):{date}-{time}.{n}.{n} [hcom.cc:{n}] HCCL_CONNECT_TIMEOUT is {n}, errno[0]",
    "[INFO] RUNTIME({n},python):{date}-{time}.{n}.{n} [runtime.cc:{n}] device {n} stream {n} iterator {n}",
    "{date} {time}.{n}: I tensorflow/core/gpu_device.cc:{n}] Created device with {n} MB memory",
    "Collecting {name}=={n}.{n}.{n}; using cached {name}-{n}.{n}-py3-none-any.whl ({x} MB)",
    "Downloading {name}: {n}%|#####     | {n}/{n} [00:{n}<00:{n}, {x}MB/s]",
    "Namespace(batch_size={n}, epochs={n}, learning_rate={x}, lr={x}, steps={n}, loss='ce', warmup={n})",
    "  lr .............................................. {x}",
    "  loss_scale ...................................... {n}",
    "  log_loss_scale_to_tensorboard ................... True",
    "  train_iters ..................................... {n}",
    "learning_rate: {x}",
    "lr={x}",
    "optimizer: AdamW(lr={x}, betas=({x}, {x}), eps={x}, weight_decay={x})",
    '"learning_rate": {x}, "num_train_epochs": {n}, "eval_steps": {n}, "save_steps": {n},',
    "eval_delay={n}, eval_accumulation_steps={n}, eval_steps={n}, logging_steps={n}, max_steps={n}",
    "TrainingArguments(output_dir=/cache/{name}, learning_rate={x}, max_steps={n}, label_smoothing={x})",
    "model.layers.{n}.loss_head.weight: mean {x} std {x}",
    "{n} packets transmitted, {n} received, {n}% packet loss, time {n}ms",
    "PING {name} ({n}.{n}.{n}.{n}): icmp_seq={n} ttl={n} time={x} ms loss 0",
    "step {n}/{n}: FROM {name}:{n}.{n}",
    "Step {n}/{n} : RUN pip install {name}",
    "iteration over {n} shards took {x} s",
    "[{date} {time}] kernel: nvidia-nvlink: Nvlink Core is being initialized, major device number {n}",
    "systemd[1]: Started Session {n} of user root.",
    "GPU {n}: {n} C, {n} W, {n} MiB / {n} MiB, Xid none, ECC errors 0",
    "{date} {time} INFO DAGScheduler: Job {n} finished, stage {n} took {x} s, step {n}",
    "postgres: checkpoint complete: wrote {n} buffers ({x}%); sync={x} s, longest={x} s",
    "{date} {time} LOG:  checkpoint starting: time",
    "etcd: compacted raft log at {n}, checkpoint lease {n}",
    "kubelet: pod {name}-{n} is already running, restart count {n}",
    "Epoch {n} of the leader election has begun at term {n}",
    "consul: agent: epoch={n} term={n} leader={name}",
    "Received message: offset={n} partition={n} epoch={n} lag={n}",
    "loss of connection to {name}: retrying in {n} s",
    "throughput of disk {name}: {x} MB/s, iops: {n}",
    "loading checkpoint from /cache/{name}/checkpoint-{n}",
    "Loading extension module fused_adam... Time to load: {x} seconds, step {n} of {n}",
)


def other_lines(rng: random.Random) -> Iterator[str]:
    """Yield lines of logs that hold no signals: nine in ten generated, the others samples of the tests."""
    samples = [line for line in (*ERRORS, *WARNINGS, *HEALTHY) if not is_training_line(line)]
    while True:
        yield rng.choice(samples) if rng.random() < 0.1 else _filled(rng.choice(OTHER_SHAPES), rng)


def is_training_line(line: str) -> bool:
    """Return whether a sample is itself a line of a training: it has a loss or a score with a number."""
    return _TRAINING.search(line) is not None


def varied(line: str, rng: random.Random) -> str:
    """Return a line with other decimals."""
    return _DECIMAL.sub(lambda match: f"{float(match[0]) * (0.5 + rng.random()):.4f}", line)


def measure(lines: Sequence[str], reader: SignalReader) -> tuple[float, int]:
    """Return the least µs a line of five rounds, and how many lines gave a value in one."""
    spent, hits = [], 0
    for _ in range(_ROUNDS):
        began = time.process_time()
        hits = sum(reader.read(line) is not None for line in lines)
        spent.append((time.process_time() - began) / len(lines) * 1e6)
    return min(spent), hits


def count_false(count: int, rng: random.Random) -> tuple[float, Counter[str]]:
    """Return the µs a line of other logs, and the lines that gave a value."""
    reader, lines, found = SignalReader(), other_lines(rng), Counter[str]()
    spent = 0.0
    for _ in range(0, count, _BLOCK):
        block = list(islice(lines, _BLOCK))
        began = time.process_time()
        hits = [line for line in block if reader.read(line) is not None]
        spent += time.process_time() - began
        found.update(hits)
    return spent / count * 1e6, found


def main() -> int:
    """Measure and print; return 1 where a target is missed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rng = random.Random(7)
    near_us, found = count_false(count, rng)
    for line, times in found.most_common(20):
        print(f"{times:>8}  {line!r}")
    print(f"{sum(found.values()):,} false values in {count:,} lines of other logs, {near_us:.2f} µs a line")
    lines = list(islice(other_lines(rng), _BLOCK * 3))
    miss_us, _hits = measure([line for line in lines if not may_hold_signals(line)], SignalReader())
    print(f"{miss_us:6.2f} µs a line without any word of a shape, the least of {_ROUNDS} rounds")
    worst = 0.0
    for shape, line, *_rest in CASES:
        cost_us, hits = measure([varied(line, rng) for _ in range(5_000)], SignalReader())
        worst = max(worst, cost_us)
        print(f"{cost_us:6.2f} µs a line  {hits / 50:5.1f} %  {shape}: {line.strip()[:60]}")
    return int(bool(found) or miss_us > MOST_MISS_US or worst > MOST_HIT_US)


if __name__ == "__main__":
    raise SystemExit(main())
