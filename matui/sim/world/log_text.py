"""The text of a training log: a preamble, a body of blocks of equal byte length, an epilogue.

Line ``i`` depends on the run's seed and ``i`` only. Variable fields have a fixed width, so all blocks of the
body have the same length and a byte offset is found without generating the lines before it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from matui.sim.world.random import derive_noise

BLOCK = 40
_ESC = "\x1b["
_CJK = "第{epoch:6d}轮训练完成 ✅ 验证集准确率 {acc:.4f}，学习率 {lr:.2e} 🚀"
_STEP = (
    "{at} INFO  trainer.py:214  epoch {epoch:6d} step {step:9d} loss {loss:7.4f} lr {lr:.2e} {speed:6.1f}/s"
)
_BAR = "\r  0%|          |   0/500\r 45%|████▌     | 225/500 [{speed:6.1f}it/s]\r100%|██████████| 500/500"
_OK = _ESC + "32m{at} INFO  checkpoint.py:88  saved /cache/output/ckpt-{step:09d}.pth" + _ESC + "0m"
_WARN = (
    _ESC
    + "33m{at} WARN  dataloader.py:61  batch {step:9d} took {speed:6.1f} ms, 4 workers are too few"
    + _ESC
    + "0m"
)
_DEV = (
    "{at} DEBUG allreduce bucket=25MB world={world:4d} rank={rank:4d} wait {speed:6.1f} ms [norm {loss:7.4f}]"
)
_SPECIAL = {5: _DEV, 12: _WARN, 19: _BAR, 23: _DEV, 30: "", 33: _CJK, 38: _OK, 39: ""}
_TRACE = [
    "Traceback (most recent call last):",
    '  File "/home/work/user-job-dir/train.py", line 287, in <module>',
    "    main(args)",
    '  File "/home/work/user-job-dir/train.py", line 241, in main',
]
_FAULTS = {
    "cuda_oom": [
        *_TRACE,
        "    loss.backward()",
        '  File "/home/work/anaconda3/lib/python3.6/site-packages/torch/tensor.py", line 195, in backward',
        "    torch.autograd.backward(self, gradient, retain_graph, create_graph)",
        "RuntimeError: CUDA out of memory. Tried to allocate 2.37 GiB (GPU 3; 31.75 GiB total, 1 GiB free)",
    ],
    "nccl": [
        "worker-2:118:342 [2] include/socket.h:403 NCCL WARN Connect to 172.16.3.14 failed : timed out",
        "worker-2:118:342 [2] NCCL INFO bootstrap.cc:21 -> 2",
        *_TRACE,
        "    torch.distributed.all_reduce(grad, group=group)",
        "RuntimeError: NCCL error in: ProcessGroupNCCL.cpp:784, unhandled system error, NCCL 2.7.8",
        "ncclSystemError: System call (socket, malloc, munmap, etc) failed.",
    ],
    "hccl": [
        "[ERROR] HCCL(1187,python):[hcom_op_executor.cc:126]hcom all reduce time out, tag HcomAllReduce_66",
        "[ERROR] GE(1187,python):[davinci_model.cc:2753]Model run failed, ret 507011 设备 5 心跳丢失",
        *_TRACE,
        "    model.train(args.epochs, dataset, callbacks=callbacks, dataset_sink_mode=True)",
        "RuntimeError: mindspore/ccsrc/runtime/ascend/ascend_kernel_runtime.cc:652 Run] Run task error!",
    ],
    "disk": [
        *_TRACE,
        "    torch.save(state, path)",
        "OSError: [Errno 28] No space left on device: '/cache/output/ckpt-latest.pth'",
    ],
    "data": [*_TRACE, "    for batch in loader:", "KeyError: 'annotations/标注_0413.xml'"],
    "killed": ["[Modelarts Service Log]Received signal SIGTERM, the job is being canceled", "Terminated"],
    "node": [],
    "lost": ["[Modelarts Service Log]heartbeat of the node lost for 300 s"],
}


class LogWriter(NamedTuple):
    """The writer of a file: node ``rank`` of ``world`` nodes of the job ``name``."""

    name: str
    seed: int
    rank: int
    world: int
    ascend: bool


class LogText(Protocol):
    """The format of a run's log. Lines of the body whose numbers differ by ``block`` are of equal length."""

    @property
    def block(self) -> int:
        """The number of lines after which the lengths repeat."""

    def open(self, source: LogWriter, ms: int) -> list[str]:
        """Return the first lines of the file, written at ``ms``."""

    def write(self, source: LogWriter, index: int, ms: int) -> str:
        """Return line ``index`` of the body, written at ``ms``."""


class StepText:
    """Steps, bars, warnings and checkpoints of a trainer with colours and CJK text."""

    block = BLOCK

    def open(self, source: LogWriter, ms: int) -> list[str]:
        return build_preamble(source.name, source.rank, source.world, source.ascend, ms)

    def write(self, source: LogWriter, index: int, ms: int) -> str:
        return format_body_line(source.seed, index, ms, source.rank, source.world)


def format_timestamp(ms: int) -> str:
    """Return ``ms`` since the epoch in the log's format of 23 characters."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S") + f",{ms % 1000:03d}"


def format_body_line(seed: int, index: int, ms: int, rank: int, world: int) -> str:
    """Return line ``index`` of the body, written at ``ms``."""
    template = _SPECIAL.get(index % BLOCK, _STEP)
    if not template:
        return ""
    chance = derive_noise(seed + rank, index)
    epoch = index // 400
    return template.format(
        at=format_timestamp(ms), epoch=epoch, step=index * 10, loss=6.9 / (1 + index / 900) + 0.08 * chance,
        lr=10.0 ** -(1 + epoch % 7), speed=180 + 60 * chance, acc=0.35 + 0.6 * (1 - 1 / (1 + epoch / 4)),
        rank=rank, world=world,
    )  # fmt: skip


def build_preamble(name: str, rank: int, world: int, ascend: bool, ms: int) -> list[str]:
    """Return the first lines of a run."""
    at = format_timestamp(ms)
    library = "HCCL" if ascend else "NCCL"
    lines = [
        "[Modelarts Service Log]user: uid=1101(work) gid=1101(work) groups=1101(work)",
        "[Modelarts Service Log]pwd: /home/work",
        f"[Modelarts Service Log]app_url: s3://ml-platform-code/{name}/",
        "[Modelarts Service Log]boot_file: train.py",
        "[Modelarts Service Log]log_url: /tmp/log/training.log",
        f"[Modelarts Service Log]command: python train.py --world_size={world} --rank={rank} --name='{name}'",
        "[Modelarts Service Log]local_code_dir: /home/work/user-job-dir",
        "",
        f"{at} INFO  launch.py:41  node {rank} of {world}, 训练环境初始化完成",
    ]
    if world > 1 or ascend:
        lines += [
            f"worker-{rank}:118 [0] {library} INFO Bootstrap : Using eth0:172.16.0.{11 + rank % 200}<0>",
            f"worker-{rank}:118 [0] {library} INFO NET/IB : Using [0]mlx5_0:1/RoCE ; OOB eth0",
            f"worker-{rank}:118 [0] {library} INFO Ring 00 : {rank} -> {(rank + 1) % world} via NET/IB/0",
            f"worker-{rank}:118 [0] {library} INFO comm rank {rank} nranks {world} - Init COMPLETE",
        ]
    return [*lines, f"{at} WARN  FutureWarning: passing (type, 1) as a synonym of type is deprecated", ""]


def build_epilogue(fault: str, ms: int) -> list[str]:
    """Return the last lines of a run: a traceback for ``fault``, else a summary."""
    at = format_timestamp(ms)
    if not fault:
        return [
            f"{_ESC}1;32m{at} INFO  trainer.py:260  training finished, best top1 0.7713 🎉{_ESC}0m",
            "[Modelarts Service Log]Training completed.",
        ]
    code = {"killed": 143, "lost": -1}.get(fault, 1)
    return [
        "",
        *_FAULTS.get(fault, _FAULTS["data"]),
        f"[Modelarts Service Log]Training end with return code: {code}",
    ]
