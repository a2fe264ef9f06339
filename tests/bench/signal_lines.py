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
from tests.bench.false_alarms import _fill
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


# As other software writes them, with numbers like those of a training.
OTHER_SHAPES = (
    *OTHER_SHAPES,
    '10.0.{n}.{n} - - [28/Nov/2026:{time} +0000] "POST /train?epoch={n}&loss={x} HTTP/1.1" 200 {n} "-"',
    '{date} {time} [error] {n}#{n}: *{n} upstream timed out (110) while reading, step: {n}, "GET /{name}"',
    'I1128 {time}.{n} {n} kubelet.go:{n}] "SyncLoop (PLEG): event for pod" pod="step-{n}" iteration={n}',
    'I1128 {time}.{n} {n} prober.go:{n}] "Probe failed" probeType="Readiness" pod="{name}" throughput={n}',
    "E1128 {time}.{n} {n} leaderelection.go:{n}] error retrieving lease, iteration {n}, epoch {n}: timed out",
    "W1128 {time}.{n} {n} reflector.go:{n}] watch of *v1.Pod ended: too old resource version: {n} ({n})",
    "GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG {name} steps {n} {n} {n} {n}",
    "[{date} {time},{n}] INFO [Partition {name}-{n} broker={n}] Log loaded, leader epoch {n}, offset {n}",
    "[{date} {time},{n}] WARN [Consumer groupId={name}] Fetch position epoch={n} lag={n} throughput {x} MB/s",
    "{date} {time} UTC [{n}] LOG:  checkpoint complete: wrote {n} buffers ({x}%); write={x} s, total={x} s",
    "{date} {time} UTC [{n}] LOG:  automatic vacuum: index scans: {n}, avg read rate: {x} MB/s, loss: none",
    "{date} {time} UTC [{n}] LOG:  duration: {x} ms  statement: SELECT loss FROM runs WHERE epoch = {n}",
    "     ---------------------------------------- {x}/{x} MB {x} MB/s eta 0:00:{n}",
    "  Downloading {name}-{n}.{n}-cp311-none-linux.whl ({x} MB) {n}% |████    | {x}MB {x}MB/s eta 0:00:{n}",
    "Requirement already satisfied: {name}>={n}.{n} in /opt/site-packages (from step=={n}.{n})",
    "Get:{n} http://archive.ubuntu.com jammy/main amd64 {name} {n}.{n} [{n} kB]",
    "{n}% [{n} {name} {n} kB/{n} MB {n}%]                    {x} kB/s {n}s",
    "Fetched {x} MB in {n}s ({x} kB/s)",
    "     {n},{n} {n}%  {x}MB/s    0:00:{n} (xfr#{n}, to-chk={n}/{n})",
    "sent {n},{n} bytes  received {n} bytes  {x} bytes/sec total size is {n},{n}  speedup is {x}",
    "remote: Counting objects: {n}% ({n}/{n}), loss-{n}.patch",
    "Receiving objects:  {n}% ({n}/{n}), {x} MiB | {x} MiB/s",
    "Resolving deltas: {n}% ({n}/{n}), completed with {n} local objects.",
    "{name}.tar.gz  {n}%[====>       ] {x}M {x}MB/s    eta {n}s",
    "{date} {time} ({x} MB/s) - '{name}-step{n}.bin' saved [{n}/{n}]",
    "frame= {n} fps= {n} q={x} size=   {n}kB time=00:00:{n}.{n} bitrate={x}kbits/s speed={x}x",
    "frame={n} fps={x} q={x} Lsize={n}kB time=00:{n}:{n} bitrate=N/A dup={n} drop={n} speed={x}x",
    "video:{n}kB audio:{n}kB subtitle:0kB other streams:0kB global headers:0kB muxing overhead: {x}%",
    "{date} {time},{n} INFO hdfs.StateChange: BLOCK* allocate blk_{n}_{n}, replicas=10.0.{n}.{n}:{n}",
    "{date} {time},{n} INFO namenode.FSEditLog: Number of transactions: {n} Total time (ms): {n}",
    "{date} {time},{n} INFO CacheReplicationMonitor: Rescanning after {n} ms, iteration: {n}",
    "{date} {time},{n} INFO mapreduce.Job:  map {n}% reduce {n}%",
    "{date} {time} INFO TaskSet: Finished task {x} in stage {n} (TID {n}) in {n} ms on {name} ({n}/{n})",
    "[Stage {n}:=====>                    ({n} + {n}) / {n}]",
    "{n}:C 28 Nov 2026 {time}.{n} * DB saved on disk, RDB: {n} MB of memory used by copy-on-write, loss {n}",
    "{n}:M 28 Nov 2026 {time}.{n} # Replica lost, epoch {n}, offset {n}: failover step {n}",
    "Step {n}/{n} : COPY {name} /opt/{name} ---> Using cache {n}a{n}",
    "#{n} [{n}/{n}] RUN make -j{n} {x}s step {n}",
    "[{n}/{n}] Building CXX object src/CMakeFiles/{name}.dir/loss_{n}.cpp.o",
    "[{n}/{n}] Linking CXX executable step_{n} in {x}s",
    "{name}: {n} packets transmitted, {n} received, {x}% packet loss, rtt min/avg/max = {x}/{x}/{x} ms",
    "[  {n}]  {x}-{x}  sec  {x} MBytes  {x} Mbits/sec  {x} ms  {n}/{n} ({x}%) datagrams loss",
    "  {n}: 10.0.{n}.{n} (10.0.{n}.{n})  {x} ms  {x} ms  loss {n}",
    "  read: IOPS={n}, BW={x}MiB/s ({x}MB/s)({n}MiB/{n}msec), iter={n}",
    "Jobs: {n} (f={n}): [r({n})][{x}%][r={x}MiB/s][r={n} IOPS][eta 00m:{n}s] step={n}",
    'level=info ts={date}T{time}Z caller=head.go:{n} msg="Head GC completed" took={x}s epoch={n} samples={n}',
    'ts={date}T{time}Z caller=manager.go:{n} level=warn msg="Error on ingesting samples" iteration={n}',
    '{{"level":"info","ts":{n}.{n},"logger":"raft","msg":"step down","term":{n},"epoch":{n},"lr":"{name}"}}',
    '{{"time":"{date}T{time}Z","severity":"INFO","iteration":{n},"took":{x},"accuracy":"high","step":"{name}"}}',
    "tests/unit/test_{name}.py::test_loss_{n} PASSED [ {n}%]",
    "npm http fetch GET 200 https://registry.npmjs.org/step-{n} {n}ms (cache hit)",
    "Compiling {name} v{n}.{n}.{n} ({n}/{n}) loss-of-precision lint",
    "Reading package lists... Done, {n} upgraded, {n} newly installed, step {n} of {n}",
    "clone: step {n}: {n}/{n} files, {x} MB, {x} MB/s, {n} s left",
    "vacuum {name}: epoch {n}, step {n} of {n}, time {x} s/iteration {n}",
    "test {name}::bench ... bench: {n} ns/iter (+/- {n})",
    "{name}: loss of signal at epoch {n}, step {n}, retry in {x} s",
)


def make_other_lines(rng: random.Random) -> Iterator[str]:
    """Yield lines of logs that hold no signals: nine in ten generated, the others samples of the tests."""
    samples = [line for line in (*ERRORS, *WARNINGS, *HEALTHY) if not is_training_line(line)]
    while True:
        yield rng.choice(samples) if rng.random() < 0.1 else _fill(rng.choice(OTHER_SHAPES), rng)


def is_training_line(line: str) -> bool:
    """Return whether a sample is itself a line of a training: it has a loss or a score with a number."""
    return _TRAINING.search(line) is not None


def vary_decimals(line: str, rng: random.Random) -> str:
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
    reader, lines, found = SignalReader(), make_other_lines(rng), Counter[str]()
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
    lines = list(islice(make_other_lines(rng), _BLOCK * 3))
    miss_us, _hits = measure([line for line in lines if not may_hold_signals(line)], SignalReader())
    print(f"{miss_us:6.2f} µs a line without any word of a shape, the least of {_ROUNDS} rounds")
    worst = 0.0
    for shape, line, *_rest in CASES:
        cost_us, hits = measure([vary_decimals(line, rng) for _ in range(5_000)], SignalReader())
        worst = max(worst, cost_us)
        print(f"{cost_us:6.2f} µs a line  {hits / 50:5.1f} %  {shape}: {line.strip()[:60]}")
    return int(bool(found) or miss_us > MOST_MISS_US or worst > MOST_HIT_US)


if __name__ == "__main__":
    raise SystemExit(main())
