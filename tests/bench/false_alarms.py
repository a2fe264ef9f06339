"""Checks on a million healthy log lines that ``E`` finds no error and that nothing is hidden as a secret.

Run with ``python -m tests.bench.false_alarms [LINES]``. The lines are the healthy samples of the tests and
shapes of common frameworks, with random numbers, times and names. Exit status 1 if any line is an error or
if anything in it is hidden.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator

from matui.base.log_lines.errors import error_heads, is_error
from matui.base.redaction.masking import hide_in_lines
from tests.unit.base.log_lines.log_samples import HEALTHY, WARNINGS

_BLOCK = 250
_SHOWN = 20

# {time} is a clock, {date} a date, {n} an integer, {x} a decimal, {name} a name.
SHAPES = (
    "{date} {time},{n} - mmdet - INFO - Epoch(train) [{n}][{n}/{n}] lr: {x} loss: {x} grad_norm: {x}",
    "[{date} {time},{n}] [INFO] [logging.py:96:log_dist] [Rank 0] step={n}, skipped=0, lr=[{x}]",
    " iteration {n}/ {n} | consumed samples: {n} | lm loss: {x} | grad norm: {x} |",
    "{{'loss': {x}, 'grad_norm': {x}, 'learning_rate': {x}, 'epoch': {x}}}",
    "Epoch: [{n}][{n}/{n}]\tTime {x} ({x})\tData {x} ({x})\tLoss {x} ({x})\tAcc@1 {x} ({x})\tErr@5 {x}",
    "epoch: {n} step: {n}, loss is {x}",
    "Train epoch time: {x} ms, per step time: {x} ms",
    "{n}/{n} [====================>.] - ETA: {n}s - loss: {x} - val_loss: {x} - mean_absolute_error: {x}",
    " {n}%|█████     | {n}/{n} [{time}<{time}, {x}it/s, loss={x}, error={x}]",
    "INFO {date} {time} [loggers.py:{n}] Avg prompt throughput: {x} tokens/s, Running: {n} reqs, failed: 0",
    "I1128 {time}.{n} {n} trainer.py:{n}] step {n}: error_rate={x} exit_probability={x}",
    "{date} {time}.{n}: I tensorflow/core/gpu_device.cc:{n}] Created device with {n} MB memory",
    "worker-{n}:{n}:{n} [{n}] NCCL INFO Channel {n}/{n} : {n}[{n}] -> {n}[{n}] via P2P timeout {n}",
    "[INFO] HCCL({n},python):{date}-{time}.{n}.{n} [hcom.cc:{n}] HCCL_CONNECT_TIMEOUT is {n}, errno[0]",
    "[INFO] RUNTIME({n},python):{date}-{time}.{n}.{n} [runtime.cc:{n}] device {n} no error, retcode=0",
    '{{"level":"info","ts":{n}.{n},"caller":"main.go:{n}","msg":"request done","status":200,"error":null}}',
    'time="{date}T{time}Z" level=info msg="sync finished" failed=0 errors=0 exit=0',
    '10.0.{n}.{n} - - [28/Nov/2026:{time} +0000] "GET /v1/error/{n}?code={n} HTTP/1.1" 200 {n}',
    "    validation error: {x}, train error: {x}, RMSE: {x}, top-5 error {x}%",
    "MeanSquaredError: {x}  MeanAbsolutePercentageError: {x}  RootMeanSquaredError: {n}.{n}",
    "Saving model checkpoint to /cache/{name}/checkpoint-{n}",
    "Loading {name}/error_analysis.json: {n} records, 0 failed, exit status: 0",
    "Collecting {name}=={n}.{n}.{n}; using cached error_utils-{n}.{n}-py3-none-any.whl",
    "/opt/conda/lib/python3.8/site-packages/{name}.py:{n}: UserWarning: this may raise an error in future",
    "  _warn_prf(average, modifier, msg_start, len(result))",
    "  log_error ......................................... False",
    "  exit_interval ..................................... {n}",
    "  hysteresis ........................................ {n}",
    "on_error: skip, max_errors: {n}, loss_scale: {n}, nan_policy: skip",
    "model.layers.{n}.error_head.weight: mean {x} std {x} nan 0 inf 0",
    "GPU {n}: {n} C, {n} W, {n} MiB / {n} MiB, Xid none, ECC errors 0",
    "[Modelarts Service Log]{date} {time} - INFO - Running command, exit code 0",
    "[ModelArts Service Log]Training end with return code: 0",
    "{date} {time} INFO DAGScheduler: Job {n} finished, {n} tasks failed 0 times",
    "{date} {time} DEBUG urllib3.connectionpool: retries=Retry(total={n}, error=None) timeout={n}",
    "+ export NCCL_ASYNC_ERROR_HANDLING=1 ASCEND_GLOBAL_LOG_LEVEL=3",
    "mAP: {x} AP_small: nan AP_large: {x} inference speed: {x} info: {n}",
    "Namespace(log_level='ERROR', exit_code=1, loss='nan', fatal=False)",
)
_NAMES = ("resnet50", "error_model", "nan_safe", "fatal_attraction", "killed_bill", "abort-safe", "OOMNet")


def make_healthy_lines(count: int, rng: random.Random) -> Iterator[str]:
    """Yield lines of healthy logs: one in twenty is a sample or a warning of the tests."""
    samples = (*HEALTHY, *WARNINGS)
    for _ in range(count):
        yield rng.choice(samples) if rng.random() < 0.05 else _fill(rng.choice(SHAPES), rng)


def _fill(shape: str, rng: random.Random) -> str:
    pieces = shape.replace("{{", "\x01").replace("}}", "\x02").split("{")
    out = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}")
        out.append(_make_value(name, rng) + rest)
    return "".join(out).replace("\x01", "{").replace("\x02", "}")


def _make_value(name: str, rng: random.Random) -> str:
    match name:
        case "n":
            return str(rng.randrange(10 ** rng.randrange(1, 6)))
        case "x":
            return rng.choice((f"{rng.random():.4f}", f"{rng.random() * 100:.2f}", f"{rng.random():.3e}"))
        case "time":
            return f"{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"
        case "date":
            return f"2026-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        case _:
            return rng.choice(_NAMES)


def main() -> int:
    """Count false alarms and lines with something hidden; return 1 if there are any."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    lines = make_healthy_lines(count, random.Random(7))
    found: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    spent, spent_hiding, total = 0.0, 0.0, 0
    while block := [line for _, line in zip(range(_BLOCK), lines, strict=False)]:
        began = time.process_time()
        heads = error_heads(block)
        judged = time.process_time()
        shown = hide_in_lines(block)
        spent, spent_hiding = spent + judged - began, spent_hiding + time.process_time() - judged
        total += len(block)
        hidden.update(line for line, masked in zip(block, shown, strict=True) if masked != line)
        if heads:
            found.update(line for line in block if is_error(line))
    for line, times in (*found.most_common(_SHOWN), *hidden.most_common(_SHOWN)):
        print(f"{times:>8}  {line!r}")
    print(f"{sum(found.values()):,} false alarms in {total:,} lines, {spent / total * 1e6:.2f} µs a line")
    print(f"{sum(hidden.values()):,} of {total:,} lines hidden, {spent_hiding / total * 1e6:.2f} µs a line")
    return int(bool(found or hidden))


if __name__ == "__main__":
    raise SystemExit(main())
