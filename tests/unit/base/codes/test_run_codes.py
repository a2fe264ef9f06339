"""HTTP statuses, exit codes, signals and accelerator codes are explained as people type them."""

from __future__ import annotations

import pytest

from matui.base.codes.run_codes import explain_run_code, list_run_codes


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        ("404", "HTTP 404", "no such resource"),
        ("HTTP 429", "HTTP 429", "rate limit"),
        ("http/503", "HTTP 503", "overloaded"),
        ("137", "SIGKILL (exit 137 or -9)", "memory ran out"),
        ("247", "SIGKILL (exit 137 or -9)", "memory ran out"),
        ("-9", "SIGKILL (exit 137 or -9)", "memory ran out"),
        ("exit code: 139", "SIGSEGV (exit 139 or -11)", "Native code"),
        ("exitcode=-11", "SIGSEGV (exit 139 or -11)", "Native code"),
        ("143", "SIGTERM (exit 143 or -15)", "asked to end"),
        ("134", "SIGABRT (exit 134 or -6)", "aborted"),
        ("sigbus", "SIGBUS (exit 135 or -7)", "/dev/shm"),
        ("127", "exit 127", "not found"),
        ("EI0006", "EI0006", "did not connect in time"),
        ("ei0002", "EI0002", "timed out"),
        ("EZ9999", "EZ9999", "operator"),
        ("EH9999", "EH9999", "inner error of the application interface (ACL)"),
        ("ERR01100", "ERR01100", "OPS (operators): a call of the ACL interface failed"),
        ("ERR02200", "ERR02200", "a call of HCCL failed"),
        ("507018", "507018", "AI CPU"),
        ("Xid 79", "Xid 79", "off the bus"),
        ("407", "HTTP 407", "proxy"),
        ("HTTP 511", "HTTP 511", "sign in"),
        ("124", "exit 124", "limit"),
        ("133", "SIGTRAP (exit 133 or -5)", "trap"),
        ("138", "SIGUSR1 (exit 138 or -10)", "signal"),
        ("Xid 120", "Xid 120", "GSP"),
        ("CUDA error 700", "CUDA error 700", "not its own"),
        ("cuda error: 719", "CUDA error 719", "kernel failed"),
        ("cudaErrorAssert", "CUDA error 710", "assertion"),
        ("CUDA_ERROR_OUT_OF_MEMORY", "CUDA error 2", "could not be allocated"),
        ("NVRM: Xid 79", "Xid 79", "fallen off"),
        ("ncclSystemError", "NCCL error 2", "operating system"),
        ("CUBLAS_STATUS_ALLOC_FAILED", "CUBLAS_STATUS_ALLOC_FAILED", "In cuBLAS: memory"),
        ("cudnn_status_execution_failed", "CUDNN_STATUS_EXECUTION_FAILED", "In cuDNN: a kernel failed"),
        ("NCCL error 6", "NCCL error 6", "another rank"),
        ("oomkilled", "OOMKilled", "more memory"),
        ("ImagePullBackOff", "ImagePullBackOff", "could not be fetched"),
        ("E39999", "E39999", "inner error of the AI CPU"),
        ("E69999", "E69999", "inner error of a module of CANN"),
        ("E40021", "E40021", "operator compiler (TE Fusion)"),
        ("E20101", "E20101", "fusion engine (FE)"),
        ("E30003", "E30003", "AI CPU"),
        ("EC0010", "EC0010", "Auto Tune"),
        ("EP0001", "EP0001", "dump"),
        ("107020", "107020", "another rank"),
        ("507046", "507046", "stream"),
        ("507048", "507048", "timed out"),
        ("507054", "507054", "ECC"),
        ("507056", "507056", "link"),
        ("Preempted", "Preempted", "priority"),
        ("unschedulable", "Unschedulable", "No node"),
        ("InvalidImageName", "InvalidImageName", "name of the image"),
        ("NodeNotReady", "NodeNotReady", "ready"),
        ("job_hanged", "job_hanged", "hangs"),
        ("chip fault", "chip_fault", "NPU"),
        ("npu_step_retry", "npu_step_retry", "repeats the step"),
    ],
)
def test_a_code_is_explained_as_it_is_typed(typed: str, code: str, words: str) -> None:
    entry = explain_run_code(typed)[0]
    assert entry.code == code
    assert words in entry.meaning
    assert entry.remedy.endswith(".") or "matui doctor" in entry.remedy


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "1000",
        "-200",
        "200",
        "EX",
        "ERR99999",
        "E?0001",
        "Xid 9999",
        "SIGNO",
        "CUDA error 12",
        "CUDA_ERROR_SOMETHING",
        "CUDNN_STATUS_SUCCESS",
        "NCCL error 9",
        "ncclSuccess",
        "E69998",
    ],
)
def test_an_unknown_code_has_no_meaning(typed: str) -> None:
    assert explain_run_code(typed) == ()


def test_every_code_of_the_tables_is_explained_and_none_twice() -> None:
    codes = [entry.code for entry in list_run_codes()]
    assert len(codes) == len(set(codes)) > 70
