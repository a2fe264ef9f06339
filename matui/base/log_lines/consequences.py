"""Errors that follow from the failure of another process: summaries of launchers, aborts of collectives."""

from __future__ import annotations

import re

_LAUNCHER = (
    r"torch[./]distributed[./](?:elastic|launch|run)\b|\belastic/(?:multiprocessing|agent|rendezvous)/"
    r"|\bChildFailedError\b|\bSignalException\b|\bCalledProcessError\b|\bfailed \(exitcode: *-?\d+\)"
    r"|\bSending process \d+ closing signal|\bKilling subprocess \d+|\bexits with return code = *-?\d+"
    r"|\b(?:srun|slurmstepd): error: |\b(?:mpirun|mpiexec) (?:noticed|detected|has exited)"
    r"|\bPrimary job +terminated normally"
)
_COLLECTIVE = (
    r"\b[Ww]atchdog caught collective operation|\bncclRemoteError\b"
    r"|\bremote process exited or there was a network|\b[Bb]roken pipe\b"
    r"|\bNCCL communicator was aborted|\bSome NCCL operations have failed or timed out"
    r"|\btaking the entire process down|\btearing down the (?:entire )?process|\bwatchdog thread terminated"
    r"|\b[Cc]onnection (?:closed|reset) by (?:remote )?peer|\bSocket (?:[Tt]imeout|closed)\b"
    r"|\bEI000[26]\b|\b(?:hcom|HCCL|Hccl)\w*[^\n]{0,80}\btime ?out\b"
)
_CONSEQUENCE = re.compile(f"{_LAUNCHER}|{_COLLECTIVE}")
_EXAMINED = 1000  # characters of a line


def is_consequence(text: str) -> bool:
    """Return whether an error line states that another process failed, or aborts because one did."""
    return _CONSEQUENCE.search(text[:_EXAMINED]) is not None
