"""Logs in the formats of Megatron-LM, of Hugging Face's Trainer, in JSON lines, and of a card that fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import exp, nan

from matui.sim.world.entities.jobs import TimedLine
from matui.sim.world.log_text import BLOCK, LogWriter, format_timestamp
from matui.sim.world.random import derive_noise

CARDS = 8
_PLATFORM = 'time="{at}" level=info msg="report metrics" file="metrics.go:88" Platform=ModelArts-Service'
_PYTHON = "/home/ma-user/anaconda3/lib/python3.10/site-packages"
_CALLS = (
    "Traceback (most recent call last):",
    '  File "/home/ma-user/code/pretrain_gpt.py", line 287, in <module>',
    "    pretrain(train_valid_test_datasets_provider, model_provider, forward_step)",
    '  File "/home/ma-user/code/megatron/training/training.py", line 412, in train',
    "    loss_dict, skipped_iter, grad_norm = train_step(forward_step_func, data_iterator, model)",
)
_FAULT = (
    *_CALLS,
    '  File "/home/ma-user/code/megatron/core/pipeline_parallel/schedules.py", line 281, in backward_step',
    "    torch.autograd.backward(output_tensor[0], grad_tensors=output_tensor_grad[0])",
    "RuntimeError: CUDA error: uncorrectable ECC error encountered",
)
_TIMEOUT = (
    *_CALLS,
    f'  File "{_PYTHON}/torch/distributed/distributed_c10d.py", line 2259, in all_reduce',
    "    work = group.allreduce([tensor], opts)",
    "torch.distributed.DistBackendError: NCCL error: remote process exited or there was a network error",
)


def format_iso_millis(ms: int) -> str:
    """Return ``ms`` since the epoch in ISO 8601 with milliseconds, in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def open_run(name: str, rank: int, world: int, ms: int) -> list[str]:
    """Return the lines that the platform and the launcher write first."""
    at = format_timestamp(ms)
    lines = [
        f"[ModelArts Service Log][init] downloading code: /ml-platform-code/{name}/",
        "[ModelArts Service Log][init] finished, 214 files in 3.2 s",
        "[ModelArts Service Log][task] running: torchrun train.py",
        _PLATFORM.format(at=format_iso_millis(ms)),
        f"{at} INFO launch.py:41 node {rank} of {world}, {world * CARDS} ranks",
    ]
    if world > 1:
        first, ranks = rank * CARDS, world * CARDS
        lines += [
            f"worker-{rank}:118:118 [{card}] NCCL INFO comm 0x55d{first + card:04x} rank {first + card} "
            f"nranks {ranks} cudaDev {card} - Init COMPLETE"
            for card in range(CARDS)
        ]
    return lines


@dataclass(frozen=True, slots=True)
class _RunText:
    """What the texts of runs have in common; ``first`` is the step of the first line of the body."""

    block = BLOCK
    first: int

    def open(self, source: LogWriter, ms: int) -> list[str]:
        return open_run(source.name, source.rank, source.world, ms)

    def write(self, source: LogWriter, index: int, ms: int) -> str:
        """Return a line of the body: the platform's report once in a block, else that of a step."""
        slot = index % BLOCK
        if slot == 25:
            return _PLATFORM.format(at=format_iso_millis(ms))
        return self._write_step(source, self.first + index, slot, ms, derive_noise(source.seed, index))

    def _write_step(self, source: LogWriter, step: int, slot: int, ms: int, chance: float) -> str:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class MegatronText(_RunText):
    """Iterations of Megatron-LM on the last node, a monitor of each rank on the others.

    The loss rises at ``spike_at`` (ms) and is NaN from ``nan_at`` on, None for never.
    """

    total: int
    spike_at: int | None = None
    nan_at: int | None = None

    def _write_step(self, source: LogWriter, step: int, slot: int, ms: int, chance: float) -> str:
        if source.rank < source.world - 1:
            own = source.rank * CARDS + slot % CARDS
            return (
                f"[rank{own}]: {format_timestamp(ms)} INFO monitor.py:57 step {step:8d} "
                f"data wait {3 + 2 * chance:4.1f} ms, memory {27 + 3 * chance:4.1f} of 31.7 GiB"
            )
        if slot == 39:
            return (
                f"[rank{source.world * CARDS - 1}]: successfully saved checkpoint at iteration {step:8d} "
                f"to /cache/output/ckpt [ t 1/1, p 1/1 ]"
            )
        return self._write_iteration(step, ms, chance)

    def _write_iteration(self, step: int, ms: int, chance: float) -> str:
        loss = 1.7 + 6.5 / (1 + step / 900) + 0.04 * chance
        norm, scale, bad = 0.6 + 0.3 * chance, 65536.0, 0
        if self.spike_at is not None and ms >= self.spike_at:
            rise = exp((self.spike_at - ms) / 15_000)
            loss, norm = loss * (1 + 3 * rise), norm * (1 + 30 * rise)
        if self.nan_at is not None and ms >= self.nan_at:
            loss, norm, scale = nan, nan, 1.0
            bad = min(999, 1 + (ms - self.nan_at) // 2000)
        moment = format_timestamp(ms)[:19]
        return (
            f" [{moment}] iteration {step:8d}/{self.total:8d} | consumed samples: {step * 512:12d} | "
            f"elapsed time per iteration (ms): {1990 + 20 * chance:.1f} | learning rate: {3e-4:.6E} | "
            f"global batch size: {512:5d} | lm loss: {loss:12.6E} | loss scale: {scale:7.1f} | "
            f"grad norm: {norm:6.3f} | number of skipped iterations: {bad:3d} | "
            f"number of nan iterations: {bad:3d} |"
        )


@dataclass(frozen=True, slots=True)
class TrainerText(_RunText):
    """The dictionaries and bars of the Trainer of Hugging Face; the loss falls.

    ``first`` and ``total`` have four digits, so that all lines of a kind have one length.
    """

    total: int

    def open(self, source: LogWriter, ms: int) -> list[str]:
        lines = open_run(source.name, source.rank, source.world, ms)
        return [*lines, "***** Running training *****", f"  Total optimization steps = {self.total:,}"]

    def _write_step(self, source: LogWriter, step: int, slot: int, ms: int, chance: float) -> str:  # noqa: ARG002
        """Return a bar and the dictionary of a step in turn."""
        step = min(self.total, step)
        if slot % 2 == 0:
            done, left = step * 100 // self.total, _format_clock(self.total - step)
            bar = f"{'#' * (done // 10):<10}"
            return f"{done:3d}%|{bar}| {step}/{self.total} [{_format_clock(step)}<{left}, 1.00it/s]"
        loss = 0.62 + 1.9 / (1 + step / 700) + 0.05 * chance
        rate = 2e-5 * (1 - step / (self.total + 1))
        text = f"{{'loss': {loss:.4f}, 'grad_norm': {0.8 + 0.3 * chance:.4f}, 'learning_rate': {rate:.4e}, "
        return text + f"'epoch': {step * 3 / self.total:.3f}}}"


def _format_clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@dataclass(frozen=True, slots=True)
class JsonText(_RunText):
    """A record in JSON a line: steps, evaluations, checkpoints and warnings with nested fields."""

    def _write_step(self, source: LogWriter, step: int, slot: int, ms: int, chance: float) -> str:
        if slot == 12:
            record = (
                '"level":"WARNING","logger":"dlrm.data","msg":"feature out of range, example dropped",'
                f'"feature":{{"name":"user_age","value":-1,"allowed":[0,150]}},"shard":"part-{step:08d}"'
            )
        elif slot == 39:
            record = (
                '"level":"INFO","logger":"dlrm.checkpoint","msg":"checkpoint saved",'
                f'"path":"/cache/output/ckpt-{step:08d}","took_ms":{800 + 99 * chance:.1f}'
            )
        else:
            loss = 0.41 + 0.3 / (1 + step / 4000) + 0.01 * chance
            auc, speed = 0.78 + 0.01 * chance, 180_000 + 9000 * chance
            record = (
                f'"level":"INFO","logger":"dlrm.train","msg":"step finished","step":{step:8d},'
                f'"loss":{loss:.6f},"auc":{auc:.4f},"examples_per_s":{speed:.1f}'
            )
        return f'{{"ts":"{format_iso_millis(ms)}",{record},"rank":{source.rank}}}'


def write_card_fault(nodes: int, node: int, card: int, at: int, timeout_ms: int) -> list[TimedLine]:
    """Return the lines of all nodes after ``card`` of ``node`` has failed at ``at`` (ms), oldest first."""
    failed = node * CARDS + card
    xid = f"worker-{node} kernel: NVRM: Xid (PCI:0000:8a:00): 48, Double Bit ECC Error"
    backward = (
        f"{format_timestamp(at + 210)} ERROR training.py:398 [rank{failed}] backward failed on "
        f"worker-{node}, device {card}: CUDA error: uncorrectable ECC error encountered"
    )
    lines = [TimedLine(at, node, xid), TimedLine(at + 210, node, backward)]
    lines += [TimedLine(at + 215, node, f"[rank{failed}]: {text}") for text in _FAULT]
    expired = at + timeout_ms
    ranks = [(rank // CARDS, rank) for rank in range(nodes * CARDS) if rank != failed]
    for turn, (place, rank) in enumerate(ranks):
        moment = expired + turn * 17
        watchdog = (
            f"[rank{rank}]: {format_timestamp(moment)} ERROR ProcessGroupNCCL.cpp:616 [Rank {rank}] "
            f"Watchdog caught collective operation timeout: WorkNCCL(SeqNum=81230, OpType=ALLREDUCE, "
            f"Timeout(ms)={timeout_ms}) ran for {timeout_ms + 35} milliseconds before timing out."
        )
        lines.append(TimedLine(moment, place, watchdog))
    for turn, (place, rank) in enumerate(ranks):
        lines += [TimedLine(expired + 2000 + turn, place, f"[rank{rank}]: {text}") for text in _TIMEOUT]
    for place in range(nodes):
        moment = expired + 5000 + place * 40
        code, local = ("1", card) if place == node else ("-6", 0)
        launcher = (
            f"{format_timestamp(moment)} ERROR elastic/multiprocessing/api.py:869 failed (exitcode: {code}) "
            f"local_rank: {local} of binary: python"
        )
        lines.append(TimedLine(moment, place, launcher))
    return lines
