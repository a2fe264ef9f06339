"""What each command imports: nothing before it is needed, so that everything starts fast."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("httpx", "pydantic", "pydantic_core", "starlette", "textual", "uvicorn", "yaml", "rich", "click")
CLOUD = {"click", "httpx", "pydantic", "pydantic_core"}
DEMO = CLOUD | {"starlette"}
JOB = "wide-deep-night-0000"
_TELL = "import sys, json; print(json.dumps([m for m in {heavy!r} if m in sys.modules]), file=sys.stderr)"
_RUN = """
import atexit, json, sys
heavy = {heavy!r}
atexit.register(lambda: print(json.dumps([m for m in heavy if m in sys.modules]), file=sys.stderr))
from matui.cli.main import main
sys.argv = ["matui", *{arguments!r}]
main()
"""


def list_imported(code: str, tmp_path: Path) -> set[str]:
    """Run Python and return which heavy packages it had imported at its end."""
    env = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=60)
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--version"], set()),
        (["--help"], set()),
        (["get", "--help"], {"click"}),
        (["explain", "ModelArts.0104"], {"click"}),
        (["config", "path"], {"click"}),
        (["get", "jobs"], CLOUD | {"rich"}),
        (["--demo", "get", "jobs"], DEMO | {"rich"}),
        (["--demo", "get", "jobs", "-o", "json"], DEMO),
        (["--demo", "get", "jobs", "-o", "yaml"], DEMO | {"yaml"}),
        (["--demo", "describe", "jobs", JOB], DEMO | {"rich"}),
        (["--demo", "logs", JOB], DEMO | {"rich"}),  # the widths of an emoji in the log
        (["--demo", "wait", "jobs", JOB, "--for", "done"], DEMO),
        (["--demo", "stop", "jobs", JOB, "--yes"], DEMO),
        (["--demo", "create", "jobs", "--template"], DEMO),
        (["--demo", "catalog", "flavors"], DEMO | {"rich"}),
        (["--demo", "doctor"], DEMO),
        (["audit"], {"click"}),
        (["help", "errors"], {"click"}),
        (["sim", "--help"], {"click"}),
    ],
)
def test_a_command_imports_no_more_than_it_needs(
    arguments: list[str], allowed: set[str], tmp_path: Path
) -> None:
    assert list_imported(_RUN.format(heavy=HEAVY, arguments=arguments), tmp_path) <= allowed


@pytest.mark.parametrize("argument", ["--version", "--help", "-h"])
def test_the_version_and_the_help_import_next_to_nothing(argument: str, tmp_path: Path) -> None:
    names = ("click", "inspect", "typing")
    assert list_imported(_RUN.format(heavy=names, arguments=[argument]), tmp_path) == set()


def test_the_console_paints_its_frame_before_anything_of_the_cloud_is_imported(tmp_path: Path) -> None:
    code = "import matui.cli.group, matui.cli.console.command, matui.console.app, matui.console.start\n"
    names = (*HEAVY, "matui.clouds.protocols", "matui.resources.model")
    assert list_imported(code + _TELL.format(heavy=names), tmp_path) <= {"click", "textual", "rich"}


def test_httpx_does_without_its_command_line(tmp_path: Path) -> None:
    names = ("httpx._client", "httpx._main", "pygments")
    code = (
        "import sys, json\nfrom matui.cli.process import startup\nstartup.start_process()\nimport httpx\n"
        f"print(json.dumps([m for m in {names!r} if sys.modules.get(m)]), file=sys.stderr)"
    )
    assert list_imported(code, tmp_path) == {"httpx._client"}


def test_one_kind_is_listed_without_the_models_of_the_others(tmp_path: Path) -> None:
    names = tuple(
        f"matui.clouds.modelarts.v1.{kind}"
        for kind in (
            "jobs.models",
            "jobs.requests",
            "jobs.version_models",
            "notebooks.wire",
            "services.wire",
        )
    )
    code = _RUN.format(heavy=names, arguments=["--demo", "get", "jobs"])
    assert list_imported(code, tmp_path) == {"matui.clouds.modelarts.v1.jobs.models"}


def test_what_reads_an_answer_is_not_imported_before_the_request(tmp_path: Path) -> None:
    names = (
        "matui.clouds.http.api_errors",
        "matui.clouds.http.decode",
        "matui.clouds.wire_types",
        "matui.clouds.modelarts.v1.jobs.models",
        "matui.clouds.modelarts.v1.jobs.version_models",
    )
    code = "import matui.clouds.modelarts.factory, matui.clouds.modelarts.v1.jobs.client\n"
    assert list_imported(code + _TELL.format(heavy=names), tmp_path) == set()


def test_the_first_request_lets_the_readers_of_its_answer_be_imported(tmp_path: Path) -> None:
    names = (
        "matui.clouds.http.decode",
        "matui.clouds.modelarts.v1.jobs.models",
        "matui.cli.output.table",
        "rich.cells",
    )
    code = (
        "import matui.clouds.modelarts.v1.jobs.client as client, matui.cli.get.output as output\n"
        "client.JobsApi.list.load_reply()\noutput.load_writer('table')\n"
    )
    assert list_imported(code + _TELL.format(heavy=names), tmp_path) == set(names)


def test_rows_are_listed_without_the_parser_of_times_in_logs(tmp_path: Path) -> None:
    names = ("matui.base.log_lines.times",)
    code = "import matui.cli.get.fetching, matui.resources.filters\n"
    assert list_imported(code + _TELL.format(heavy=names), tmp_path) == set()


def test_the_first_rows_of_the_console_import_nothing_for_details_and_logs(tmp_path: Path) -> None:
    names = ("statistics", "matui.base.log_lines.control", "matui.resources.detail")
    code = (
        "import matui.console.commands.command_line, matui.console.profile_manager, matui.console.session\n"
        "import matui.console.table.widget, matui.console.triage.home\n"
        "import matui.live.actions.executor, matui.live.poll.poller_set\n"
    )
    assert list_imported(code + _TELL.format(heavy=names), tmp_path) == set()
