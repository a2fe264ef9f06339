"""``matui logs --since --until --all-files`` on times of many forms, over real HTTP.

``{-600|%m/%d/%Y %H:%M:%S}`` in a line stands for the time 600 seconds ago.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from matui.cli.main import run
from tests.unit.faults.log_site import build_log_site
from tests.unit.faults.odd_server import serve

Reads = Callable[..., tuple[int, list[str], str]]
US = "{%s|%%m/%%d/%%Y %%H:%%M:%%S}"
ISO = "{%s|%%Y-%%m-%%d %%H:%%M:%%S}"


def fill_times(line: str, now: float) -> str:
    """Return a line with its times filled in, in UTC, the default of `[logs] zone`."""

    def fill(match: re.Match[str]) -> str:
        return datetime.fromtimestamp(now + float(match[1]), UTC).strftime(match[2])

    return re.sub(r"\{(-?\d+)\|([^}]+)\}", fill, line)


@pytest.fixture
def reads(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Reads:
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))

    def read(
        files: Mapping[str, Sequence[str]] | Sequence[str], *options: str, settings: str = ""
    ) -> tuple[int, list[str], str]:
        now = time.time()
        named = files if isinstance(files, Mapping) else {"job.0": files}
        filled = {name: [fill_times(line, now) for line in lines] for name, lines in named.items()}
        with serve(build_log_site(filled, int(now - 7200) * 1000)) as site:
            config = tmp_path / "config.toml"
            config.touch(0o600)
            config.write_text(settings + site.format_profile())
            code = run(["--config", str(config), "logs", "train", *options])
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err

    return read


def make_steps(form: str) -> list[str]:
    """Return twelve steps, ten minutes apart, the last one ten minutes ago."""
    return [f"{form % -(7200 - 600 * n)} - INFO - trainer - step {n}" for n in range(12)]


FORMS = [
    US,
    ISO,
    "{%s|%%d.%%m.%%Y %%H:%%M:%%S}",
    "{%s|%%Y/%%m/%%d %%H:%%M:%%S}",
    "{%s|%%Y-%%m-%%dT%%H:%%M:%%S}",
]


@pytest.mark.parametrize("form", FORMS)
def test_since_and_until_go_by_the_times_in_the_lines(reads: Reads, form: str) -> None:
    code, out, err = reads(make_steps(form), "--since", "31m")
    assert (code, err) == (0, "")
    assert [line.rpartition(" ")[2] for line in out] == ["9", "10", "11"]
    code, out, err = reads(make_steps(form), "--until", "61m")
    assert (code, err) == (0, "")
    assert [line.rpartition(" ")[2] for line in out] == [str(n) for n in range(6)]
    code, out, err = reads(make_steps(form), "--since", "91m", "--until", "61m")
    assert [line.rpartition(" ")[2] for line in out] == ["3", "4", "5"]


@pytest.mark.parametrize("option", ["--since", "--until"])
def test_a_bound_that_can_apply_to_no_line_is_said_and_exits_6(reads: Reads, option: str) -> None:
    lines = [f"at the {n}th hour: step {n}" for n in range(12)]
    code, out, err = reads(lines, option, "31m")
    assert (code, out) == (6, lines)
    assert option in err


def test_a_form_of_the_settings_is_a_time_too(reads: Reads) -> None:
    form = "T{%s|%%H.%%M.%%S %%d_%%m_%%Y}="
    lines = [f"{form % -(7200 - 600 * n)} step {n}" for n in range(12)]
    settings = '[logs]\ntimes = ["T%H.%M.%S %d_%m_%Y="]\n'
    assert reads(lines, "--since", "31m")[0] == 6
    code, out, err = reads(lines, "--since", "31m", settings=settings)
    assert (code, err) == (0, "")
    assert [line.rpartition(" ")[2] for line in out] == ["9", "10", "11"]


def test_the_files_of_all_workers_alternate_with_the_year_last(reads: Reads) -> None:
    files = {
        f"job.{rank}": [
            f"{US % -(3600 - 10 * n - 5 * rank)} - INFO - rank{rank} - step {n}" for n in range(6)
        ]
        for rank in (0, 1)
    }
    code, out, err = reads(files, "--all-files")
    assert (code, err) == (0, "")
    assert [line.partition("INFO - ")[2] for line in out] == [
        f"rank{rank} - step {n}" for n in range(6) for rank in (0, 1)
    ]


NUMBERS = {
    2: "1900000000 tokens in the data set",
    4: "1099715244, 668289923, 3239136922",
    5: " 1438214382",
    6: "Restoring /out/20200101-000000/last.ckpt",
}


def make_ranks() -> dict[str, list[str]]:
    """Return two files; the first one has lines with numbers and dates that are no times."""
    files: dict[str, list[str]] = {"job.0": [], "job.1": []}
    for n in range(10):
        for rank in (0, 1):
            files[f"job.{rank}"].append(f"{ISO % -(3600 - 10 * n - 5 * rank)} INFO rank{rank} step {n}")
        if n in NUMBERS:
            files["job.0"].append(NUMBERS[n])
    return files


def test_numbers_and_dates_in_a_message_are_no_times_in_the_merge(reads: Reads) -> None:
    code, out, err = reads(make_ranks(), "--all-files")
    assert (code, err) == (0, "")
    expected = []
    for n in range(10):
        expected.append(f"[job.0] rank0 step {n}")
        if n in NUMBERS:
            expected.append(f"[job.0] {NUMBERS[n]}")
        expected.append(f"[job.1] rank1 step {n}")
    assert [re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO ", "", line) for line in out] == expected


def test_numbers_and_dates_in_a_message_do_not_take_lines_away(reads: Reads) -> None:
    code, out, err = reads(make_ranks(), "--file", "job.0", "--since", "-2h")
    assert (code, err) == (0, "")
    assert len(out) == 14
