"""Logs of a distributed job whose card fails: the error on one rank, then time-outs on all."""

from __future__ import annotations

from matui.sim.world.entities.jobs import TimedLine
from matui.sim.world.log_shapes import CARDS
from matui.sim.world.log_text import format_timestamp

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


def write_card_fault(nodes: int, node: int, card: int, at: int, timeout_ms: int) -> list[TimedLine]:
    """Return the lines of all nodes after ``card`` of ``node`` has failed at ``at`` (ms), oldest first."""
    failed = node * CARDS + card
    lines = [
        TimedLine(at, node, f"worker-{node} kernel: NVRM: Xid (PCI:0000:8a:00): 48, Double Bit ECC Error"),
        TimedLine(
            at + 210,
            node,
            f"{format_timestamp(at + 210)} ERROR training.py:398 [rank{failed}] backward failed on "
            f"worker-{node}, device {card}: CUDA error: uncorrectable ECC error encountered",
        ),
    ]
    lines += [TimedLine(at + 215, node, f"[rank{failed}]: {text}") for text in _FAULT]
    expired = at + timeout_ms
    ranks = [(rank // CARDS, rank) for rank in range(nodes * CARDS) if rank != failed]
    for turn, (place, rank) in enumerate(ranks):
        moment = expired + turn * 17
        lines.append(
            TimedLine(
                moment,
                place,
                f"[rank{rank}]: {format_timestamp(moment)} ERROR ProcessGroupNCCL.cpp:616 [Rank {rank}] "
                f"Watchdog caught collective operation timeout: WorkNCCL(SeqNum=81230, OpType=ALLREDUCE, "
                f"Timeout(ms)={timeout_ms}) ran for {timeout_ms + 35} milliseconds before timing out.",
            )
        )
    for turn, (place, rank) in enumerate(ranks):
        lines += [TimedLine(expired + 2000 + turn, place, f"[rank{rank}]: {text}") for text in _TIMEOUT]
    for place in range(nodes):
        moment = expired + 5000 + place * 40
        code = "exitcode: 1" if place == node else "exitcode: -6"
        lines.append(
            TimedLine(
                moment,
                place,
                f"{format_timestamp(moment)} ERROR elastic/multiprocessing/api.py:869 failed ({code}) "
                f"local_rank: {card if place == node else 0} of binary: python",
            )
        )
    return lines
