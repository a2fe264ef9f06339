"""Secrets of the configuration: a value, the name of a variable, or a command that prints it."""

from __future__ import annotations

import os
import select
import shlex
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from matui.base.errors import ConfigError
from matui.base.redaction.known import remember_secret

_COMMAND_SECONDS = 60.0
_LARGEST_OUTPUT = 64 * 1024
_SHAPES = 'a text, { env = "NAME" } or { command = "PROGRAM ARGUMENTS" }'
_POLL_S = 0.05


@dataclass(frozen=True, slots=True, repr=False)
class SecretSource:
    """Where a secret comes from; neither repr nor str shows a literal value."""

    kind: Literal["literal", "env", "command"]
    _value: str | tuple[str, ...]

    @classmethod
    def literal(cls, value: str) -> SecretSource:
        """Return a source that is the secret itself."""
        remember_secret(value)
        return cls("literal", value)

    @classmethod
    def parse(cls, value: Any) -> SecretSource:
        """Return the source that a TOML value describes. Raises ValueError that never holds the value."""
        if isinstance(value, SecretSource):
            return value
        if isinstance(value, str):
            return cls.literal(_check_non_empty(value))
        if isinstance(value, dict) and len(value) == 1:
            (kind, inner), *_ = value.items()
            if kind == "env" and isinstance(inner, str):
                return cls("env", _check_non_empty(inner))
            if kind == "command":
                return cls("command", _split_arguments(inner))
        raise ValueError(f"must be {_SHAPES}")

    @property
    def is_literal(self) -> bool:
        """Whether the secret itself stands in the file."""
        return self.kind == "literal"

    @property
    def program(self) -> str:
        """The program of a command, ``""`` for another source."""
        return self._value[0] if isinstance(self._value, tuple) else ""

    def describe(self) -> str:
        """Return the text for ``config show``: a literal as ``<set>``, a command as its program."""
        if isinstance(self._value, tuple):
            return f'{{ command = "{self._value[0]} …" }}'
        return "<set>" if self.kind == "literal" else f'{{ env = "{self._value}" }}'

    def resolve(self, environ: Mapping[str, str] | None = None, stop: threading.Event | None = None) -> str:
        """Return the secret, running the command without a shell (at most 60 s, and until ``stop`` is set).

        Raises ConfigError when the variable is unset, or the command fails or prints nothing.
        """
        if isinstance(self._value, tuple):
            secret = _read_first_line(self._value, stop)
        elif self.kind == "env":
            secret = _read_variable(self._value, os.environ if environ is None else environ)
        else:
            secret = self._value
        remember_secret(secret)
        if not secret.isprintable() or not secret.isascii():
            raise ConfigError(
                f"The secret from {self.describe()} holds characters that no credential has.",
                remedy="Look for a line break, a tab or a typographic quote in it.",
            )
        return secret

    def __repr__(self) -> str:
        return f"SecretSource({self.describe()})"

    __str__ = __repr__


def _check_non_empty(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text.strip()


def _split_arguments(value: Any) -> tuple[str, ...]:
    try:
        parts = shlex.split(value) if isinstance(value, str) else list(value)
    except (TypeError, ValueError):
        raise ValueError("has a command that cannot be split into words") from None
    if not parts or not all(isinstance(part, str) for part in parts):
        raise ValueError("has an empty command")
    return tuple(parts)


def _read_variable(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise ConfigError(f"The environment variable {name} is not set.", remedy=f"Set it: export {name}=…")
    return value


def _read_first_line(command: tuple[str, ...], stop: threading.Event | None) -> str:
    program = command[0]
    remedy = "Run the command of the config file by hand to see why."
    try:
        status, output = run_for_output(command, seconds=_COMMAND_SECONDS, limit=_LARGEST_OUTPUT, stop=stop)
    except TimeoutError:
        raise ConfigError(
            f"The command {program} printed no secret in {_COMMAND_SECONDS:g} s.", remedy=remedy
        ) from None
    except OverflowError:
        raise ConfigError(
            f"The command {program} prints more than {_LARGEST_OUTPUT // 1024} KiB: too much for a secret.",
            remedy=remedy,
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be started"
        raise ConfigError(f"The command {program} cannot be run: {reason}.", remedy=remedy) from None
    if status != 0:
        raise ConfigError(f"The command {program} failed (exit code {status}).", remedy=remedy)
    lines = output.decode("utf-8", "replace").strip().splitlines()
    if not lines:
        raise ConfigError(f"The command {program} printed nothing.", remedy=remedy)
    return lines[0].strip()


def run_for_output(
    command: Sequence[str], *, seconds: float, limit: int, stop: threading.Event | None = None
) -> tuple[int, bytes]:
    """Return the exit status and the output of a command, run without a shell and without input.

    What the command itself has printed by its end counts: an agent that it started may keep its output open.
    Raises OSError or ValueError when it cannot be started. Raises TimeoutError after ``seconds``,
    InterruptedError once another thread has set ``stop`` and OverflowError above ``limit`` bytes; then it is
    killed.
    """
    deadline = _Deadline(time.monotonic() + seconds, stop)
    with subprocess.Popen(  # noqa: S603  the user's own command, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            return _read_to_end(process, deadline, limit)
        finally:
            if process.poll() is None:
                process.kill()


class _Deadline(NamedTuple):
    """When to give up: at a monotonic time in seconds, or once another thread has set ``stop``."""

    at: float
    stop: threading.Event | None

    def check(self) -> None:
        if self.stop is not None and self.stop.is_set():
            raise InterruptedError
        if time.monotonic() >= self.at:
            raise TimeoutError


def _wait(process: subprocess.Popen[bytes], deadline: _Deadline) -> int:
    while True:
        try:
            return process.wait(_POLL_S)
        except subprocess.TimeoutExpired:
            deadline.check()


def _read_to_end(process: subprocess.Popen[bytes], deadline: _Deadline, limit: int) -> tuple[int, bytes]:
    assert process.stdout is not None  # noqa: S101  it is a pipe
    pipe = process.stdout.fileno()
    os.set_blocking(pipe, False)
    output = b""
    while True:
        status = process.poll()  # before reading: what was printed until the end is in the pipe then
        readable, _, _ = select.select([pipe], [], [], 0 if status is not None else _POLL_S)
        data = os.read(pipe, 65536) if readable else None
        output += data or b""
        if len(output) > limit:
            raise OverflowError
        if data == b"" and status is None:  # it closed its output
            return _wait(process, deadline), output
        if status is not None and not data:
            return status, output
        deadline.check()
