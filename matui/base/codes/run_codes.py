"""Explain HTTP statuses, exit codes, signals, error codes of accelerators, and the faults of jobs."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from matui.base.codes.error_codes import Explanation

_HTTP = re.compile(r"(?:http[\s/._-]*)?([1-5]\d\d)", re.IGNORECASE)
_EXIT = re.compile(r"(?:(?:exit|return|rc|code|status|exitcode)[\s._:=]*)*(-?\d{1,3})", re.IGNORECASE)
_SIGNAL = re.compile(r"SIG[A-Z]+\d?", re.IGNORECASE)
_CANN = re.compile(r"E([0-9A-Z])(\d{4})|\d{6}", re.IGNORECASE)
_TORCH_NPU = re.compile(r"ERR(\d\d)(\d{3})", re.IGNORECASE)
_XID = re.compile(r"(?:NVRM:?\s*)?xid[\s:._-]*(\d{1,3})", re.IGNORECASE)
_CUDA = re.compile(
    r"cuda(?:[\s_-]*error)?[\s:._=-]*(\d{1,3})|(cudaError[A-Z]\w+)|(CUDA_ERROR_\w+)", re.IGNORECASE
)
_NCCL = re.compile(r"nccl(?:[\s_-]*error)?[\s:._=-]*(\d)|(nccl[A-Z]\w+)", re.IGNORECASE)
_CUDA_LIBRARY = re.compile(r"(CUBLAS|CUDNN|CUSPARSE|CUSOLVER|CUFFT)_STATUS_(\w+)", re.IGNORECASE)
_CUDA_LIBRARIES = {name.upper(): name for name in ("cuBLAS", "cuDNN", "cuSPARSE", "cuSOLVER", "cuFFT")}
_BETWEEN_WORDS = re.compile(r"[\s_-]+")
_RESULTS = {"cuda": ("CUDA error", "CUDA runtime"), "nccl": ("NCCL error", "NCCL")}
_JOB_WORDS = (("fault", "Fault of a ModelArts job"), ("recovery", "Recovery of a ModelArts job"))
_CODES = 256
_WRAPPED = 192  # above: negative codes
_SIGNAL_BASE = 128


def explain_run_code(code: str) -> tuple[Explanation, ...]:
    """Return every meaning of ``code`` outside of the API, the likeliest first; empty for an unknown one.

    Accepts ``404``, ``137``, ``-9``, ``SIGKILL``, ``exit 1``, ``EI0006``, ``507018``, ``ERR01100``,
    ``Xid 79``, ``CUDA error 700``, ``cudaErrorAssert``, ``CUBLAS_STATUS_ALLOC_FAILED``,
    ``ncclSystemError``, ``OOMKilled`` and ``job_hanged``.
    """
    typed = code.strip()
    found = (
        _explain_http(typed),
        _explain_exit(typed),
        _explain_accelerator(typed),
        _explain_job_word(typed),
        _explain_container(typed),
    )
    return tuple(entry for entry in found if entry is not None)


def list_run_codes() -> tuple[Explanation, ...]:
    """Return every code of the tables: HTTP, exit codes, signals, accelerators, faults of jobs."""
    table = _load_table()
    codes = [f"HTTP {number}" for number in table["http"]]
    codes += [f"exit {number}" for number in table["exit"]]
    codes += [signal["name"] for signal in table["signal"].values()]
    codes += list(table["cann"])
    codes += [f"Xid {number}" for number in table["xid"]]
    codes += [f"CUDA error {number}" for number in table["cuda"]]
    codes += [f"NCCL error {number}" for number in table["nccl"]]
    codes += list(table["container"])
    codes += [word for name, _kind in _JOB_WORDS for word in table[name]]
    return tuple(explain_run_code(code)[0] for code in codes)


def _explain_http(typed: str) -> Explanation | None:
    match = _HTTP.fullmatch(typed)
    entry = _load_table()["http"].get(match[1]) if match else None
    return Explanation(f"HTTP {match[1]}", "HTTP status", **entry) if match and entry else None


def _explain_exit(typed: str) -> Explanation | None:
    if _SIGNAL.fullmatch(typed):
        return next(
            (_build_signal(number) for number, one in _list_signals() if one["name"] == typed.upper()), None
        )
    match = _EXIT.fullmatch(typed)
    if match is None:
        return None
    number = int(match[1])
    entry = _load_table()["exit"].get(str(number))
    if entry is not None:
        return Explanation(f"exit {number}", "Exit code", **entry)
    if _WRAPPED < number < _CODES:  # sys.exit(-9) ends with 247
        number -= _CODES
    return _build_signal(-number if number < 0 else number - _SIGNAL_BASE)


def _list_signals() -> list[tuple[int, dict[str, str]]]:
    return [(int(number), entry) for number, entry in _load_table()["signal"].items()]


def _build_signal(number: int) -> Explanation | None:
    entry = dict(_list_signals()).get(number)
    if entry is None:
        return None
    code = f"{entry['name']} (exit {_SIGNAL_BASE + number} or -{number})"
    return Explanation(code, "Killed by a signal", entry["meaning"], entry["remedy"])


def _explain_accelerator(typed: str) -> Explanation | None:
    if match := _TORCH_NPU.fullmatch(typed):
        return _explain_torch_npu(typed.upper(), *match.groups())
    if match := _XID.fullmatch(typed):
        entry = _load_table()["xid"].get(match[1])
        return Explanation(f"Xid {match[1]}", "NVIDIA driver", **entry) if entry else None
    if match := _CUDA.fullmatch(typed):
        driver = _load_table()["cuda_driver"].get((match[3] or "").upper())
        return _explain_result("cuda", match[1] or (str(driver) if driver else None), match[2])
    if match := _NCCL.fullmatch(typed):
        return _explain_result("nccl", match[1], match[2])
    if match := _CUDA_LIBRARY.fullmatch(typed):
        entry = _load_table()["cuda_library"].get(match[2].upper())
        library = _CUDA_LIBRARIES[match[1].upper()]
        meaning = f"In {library}: {entry['meaning']}" if entry else ""
        return Explanation(typed.upper(), library, meaning, entry["remedy"]) if entry else None
    if match := _CANN.fullmatch(typed):
        return _explain_cann(typed.upper(), match[1])
    return None


def _explain_result(name: str, number: str | None, word: str | None) -> Explanation | None:
    """Return what a result of a library means, by its number or by the word that its meaning begins with."""
    table = _load_table()[name]
    if word is not None:
        begin = f"{word}:".casefold()
        number = next((n for n, one in table.items() if one["meaning"].casefold().startswith(begin)), None)
    entry = table.get(number or "")
    title, kind = _RESULTS[name]
    return Explanation(f"{title} {number}", kind, **entry) if entry is not None else None


def _explain_container(typed: str) -> Explanation | None:
    found = (
        (word, one) for word, one in _load_table()["container"].items() if word.casefold() == typed.casefold()
    )
    return next((Explanation(word, "Reason of a container", **one) for word, one in found), None)


def _explain_job_word(typed: str) -> Explanation | None:
    """Return what a fault or recovery means, as the API spells it or with blanks as matui shows it."""
    word = _BETWEEN_WORDS.sub("_", typed).casefold()
    found = ((kind, _load_table()[name].get(word)) for name, kind in _JOB_WORDS)
    return next((Explanation(word, kind, **entry) for kind, entry in found if entry is not None), None)


def _explain_cann(code: str, letter: str | None) -> Explanation | None:
    table = _load_table()
    entry = table["cann"].get(code)
    if entry is not None:
        return Explanation(code, "Ascend CANN", **entry)
    is_inner = code.endswith("9999")
    module = table["cann_module"].get(letter.upper()) if letter else None
    if module is None and letter and is_inner:  # 9999 is the inner error of every module
        module = f"a module of CANN ({letter.upper()})"
    if module is None:
        return None
    kind = "An inner error of" if is_inner else "An error of"
    remedy = "Look for the first error code above it, and at the words after the code."
    return Explanation(code, "Ascend CANN", f"{kind} {module}.", remedy)


def _explain_torch_npu(code: str, module: str, error: str) -> Explanation | None:
    where, what = _load_table()["torch_npu_module"].get(module), _load_table()["torch_npu_error"].get(error)
    if where is None or what is None:
        return None
    remedy = (
        "Look for the first error code above it; with ASCEND_LAUNCH_BLOCKING=1 the stack points to the call."
    )
    return Explanation(code, "Ascend torch_npu", f"In {where}: {what}.", remedy)


@cache
def _load_table() -> dict[str, dict[str, Any]]:
    import tomllib

    return tomllib.loads(Path(__file__).with_name("run_codes.toml").read_text(encoding="utf-8"))
