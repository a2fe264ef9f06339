"""Where a secret comes from, and that nothing ever shows it."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from matui.base.errors import ConfigError
from matui.config.secrets import SecretSource, run_for_output


def _run_python(code: str) -> SecretSource:
    return SecretSource.parse({"command": [sys.executable, "-c", code]})


def test_a_command_runs_without_a_shell() -> None:
    assert _run_python("import sys; print(sys.argv)").resolve() == "['-c']"
    assert SecretSource.parse({"command": "echo $HOME;ls"}).resolve() == "$HOME;ls"


def test_only_the_first_line_of_a_command_counts() -> None:
    assert _run_python("print('s3cret'); print('login: li')").resolve() == "s3cret"


@pytest.mark.parametrize(
    ("code", "says"),
    [("import sys; print('s3cret'); sys.exit(3)", "exit code 3"), ("", "printed nothing")],
)
def test_a_failing_command_is_reported_without_what_it_printed(code: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        _run_python(code).resolve()
    assert "s3cret" not in str(caught.value)


def test_a_child_that_keeps_the_output_open_is_not_waited_for() -> None:
    command = ["sh", "-c", "echo SECRETOFCHILD; sleep 30 & exit 0"]
    began = time.monotonic()
    assert SecretSource.parse({"command": command}).resolve() == "SECRETOFCHILD"
    assert time.monotonic() - began < 10


def test_a_command_without_an_end_is_stopped_by_its_size() -> None:
    with pytest.raises(ConfigError, match="prints more than 64 KiB"):
        SecretSource.parse({"command": ["cat", "/dev/zero"]}).resolve()


@pytest.mark.parametrize("text", ["echo part; exec sleep 30", "exec sleep 30 >&-"])
def test_a_command_that_hangs_is_killed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matui.config.secrets._COMMAND_SECONDS", 0.2)
    with pytest.raises(ConfigError, match=r"printed no secret in 0.2 s"):
        SecretSource.parse({"command": ["sh", "-c", text]}).resolve()


def test_a_program_that_is_not_there_is_reported() -> None:
    with pytest.raises(ConfigError, match="no-such-program"):
        SecretSource.parse({"command": "no-such-program x"}).resolve()


def test_a_variable_is_read_when_it_is_needed() -> None:
    source = SecretSource.parse({"env": "X"})
    assert source.resolve({"X": " v "}) == "v"
    with pytest.raises(ConfigError, match="X is not set"):
        source.resolve({})


@pytest.mark.parametrize("value", ["a\nb", "a\tb", "“quoted”", "a\x1b"])
def test_a_secret_that_would_break_a_header_is_refused_unseen(value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        SecretSource.literal(value).resolve()
    assert value not in str(caught.value)


@pytest.mark.parametrize(
    "source", [SecretSource.literal("s3cret"), SecretSource.parse({"command": "echo s3cret"})]
)
def test_no_form_of_a_source_shows_a_secret(source: SecretSource) -> None:
    assert "s3cret" not in f"{source!r} {source} {source.describe()} {[source]}"


@pytest.mark.parametrize(
    "value", [5, [], {}, {"env": 1}, {"env": "a", "command": "b"}, {"command": "'"}, "", " "]
)
def test_what_is_no_source_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        SecretSource.parse(value)


def run(
    code: str, *, seconds: float = 30, limit: int = 1000, stop: threading.Event | None = None
) -> tuple[int, bytes]:
    return run_for_output([sys.executable, "-c", code], seconds=seconds, limit=limit, stop=stop)


def test_status_and_output_are_returned() -> None:
    assert run("print('secret'); raise SystemExit(3)") == (3, b"secret\n")


def test_the_output_of_errors_is_left_out() -> None:
    assert run("import sys; sys.stderr.write('no'); sys.stdout.write('yes')") == (0, b"yes")


def test_a_command_without_end_is_killed() -> None:
    with pytest.raises(TimeoutError):
        run("import time; time.sleep(60)", seconds=0.3)


def test_a_command_without_end_that_closed_its_output_is_killed() -> None:
    with pytest.raises(TimeoutError):
        run("import os, time; os.close(1); time.sleep(60)", seconds=0.5)


def test_too_much_output_is_refused() -> None:
    with pytest.raises(OverflowError):
        run("while True: print('x' * 1000)", limit=100)


def test_a_missing_command_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match="missing"):
        run_for_output(["/nonexistent/missing"], seconds=1, limit=10)


@pytest.mark.parametrize("closes", ["", "os.close(1);"])
def test_a_command_is_killed_once_it_is_to_stop(closes: str) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(InterruptedError):
        run(f"import os, time; {closes} time.sleep(60)", stop=stop)
