"""Several profiles at once from the command line: what worked is written, each failure is one sentence."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from matui.cli.get.many import ProfileResult, _write
from matui.cli.get.query import ListQuery, SortOrder
from matui.cli.main import run
from matui.resources.filters import parse_filter
from matui.resources.kinds.jobs import JOBS
from tests.unit.cli.conftest import Said
from tests.unit.cli.test_peer_clouds import served

__all__ = ["served"]


BAD = '[profiles.bad]\nregion = "cn-north-4"\nak = "A"\nsk = { env = "NO_SUCH_VARIABLE" }\n'


AWAY = '[profiles.away]\nregion = "cn-north-4"\nak = "A"\nsk = "S"\nproject_id = "p"\nendpoint = "http://127.0.0.1:9"\n'


Matui = Callable[..., Said]


HANGING = (
    '[profiles.hanging]\nregion = "cn-north-4"\nak = "A"\nsk = "S"\nproject_id = "p"\nread_timeout = 0.2\n'
)


@pytest.fixture
def hanging() -> Iterator[str]:
    """Yield the address of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def matui(served, hanging: str, tmp_path: Path, monkeypatch, capsys) -> Matui:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = tmp_path / "sim.toml"
    file.touch(0o600)
    text = served[1].replace('default_profile = "sim"', 'default_profile = "sim,qf"')
    file.write_text(f"{text}\n{BAD}{AWAY}connect_timeout = 60\n{HANGING}endpoint = '{hanging}'\n")
    monkeypatch.setattr("matui.cli.context.session.HEADLESS_RETRIES", 0)
    monkeypatch.setattr("matui.cli.get.fetching._FIRST_NOTICE_S", 600.0)

    def command(*arguments: str) -> Said:
        code = run(["--config", str(file), *arguments])
        return Said(code, *capsys.readouterr())

    return command


def test_the_json_of_several_is_one_document_that_names_them_all(matui: Matui) -> None:
    said = matui("-p", "sim,qf,os", "get", "jobs", "-o", "json")
    tree = json.loads(said.out)
    assert said.code == 0
    assert list(tree) == ["kind", "profile", "fetched_at", "stale", "total", "items", "errors"]
    assert (tree["profile"], tree["errors"], tree["stale"]) == ("sim,qf,os", [], False)
    assert {(item["profile"], item["cloud"]) for item in tree["items"]} == {
        ("sim", "modelarts"),
        ("qf", "qianfan"),
        ("os", "opensearch"),
    }
    by_profile = {item["profile"]: set() for item in tree["items"]}
    for item in tree["items"]:
        by_profile[item["profile"]].update(item["actions"])
    assert "start" in by_profile["os"]
    assert "start" not in by_profile["qf"]
    assert "errors" not in json.loads(matui("-p", "qf", "get", "jobs", "-o", "json").out)


def test_the_default_may_be_several_and_tables_name_the_profile_of_each_row(matui: Matui) -> None:
    said = matui("get", "jobs")
    head, *rows = said.out.splitlines()
    assert head.split()[:3] == ["NAME", "PROFILE", "CLOUD"]
    assert {row.split()[1] for row in rows} == {"sim", "qf"}
    only = matui("get", "jobs", "--filter", "cloud:qianfan", "--sort", "profile", "-o", "name")
    assert len(only.out.splitlines()) == 8
    assert "PROFILE" not in matui("-p", "qf", "get", "jobs").out
    assert "PROFILE" in matui("-p", "qf", "get", "jobs", "-o", "wide").out


def test_a_failure_holds_up_no_other_and_is_the_exit_status(matui: Matui) -> None:
    said = matui("-p", "qf,bad,away", "get", "jobs", "-o", "json")
    tree = json.loads(said.out)
    assert {item["profile"] for item in tree["items"]} == {"qf"}
    assert [error["profile"] for error in tree["errors"]] == ["bad", "away"]
    assert tree["total"] is None
    assert [line.split(":")[1].strip() for line in said.err.splitlines()] == ["bad", "away"]
    assert said.code == 4
    said = matui("-p", "bad,nosuch", "get", "jobs")
    assert (said.code, said.out) == (2, "")
    assert "There is no profile 'nosuch'" in said.err


def test_a_kind_that_only_some_clouds_have_is_listed_from_those(matui: Matui) -> None:
    said = matui("-p", "sim,qf", "get", "notebooks", "-o", "json")
    assert said.code == 0
    assert {item["profile"] for item in json.loads(said.out)["items"]} == {"sim"}
    said = matui("-p", "qf,os", "get", "notebooks")
    assert said.code == 1
    assert "None of the profiles has notebooks" in said.err


def test_an_id_is_looked_for_in_each_and_missed_only_where_none_has_it(matui: Matui) -> None:
    said = matui("-p", "sim,os", "get", "jobs", "ctr/ctr_home_feed", "nosuch", "-o", "name")
    assert said.out == "job/ctr/ctr_home_feed\n"
    assert said.code == 1
    assert "There is no job nosuch in any of the profiles sim, os." in said.err


@pytest.mark.parametrize(
    "command",
    [
        ("describe", "job", "x"),
        ("stop", "job", "x", "--yes"),
        ("logs", "x"),
        ("wait", "job", "x", "--for", "done"),
    ],
)
@pytest.mark.parametrize("profiles", [("-p", "sim,qf"), ("--all-profiles",), ()])
def test_what_is_for_one_resource_wants_one_profile(
    matui: Matui, command: tuple[str, ...], profiles: tuple[str, ...]
) -> None:
    said = matui(*profiles, *command)
    assert said.code == 2
    assert "This takes one profile, and several are asked for: " in said.err


def test_doctor_checks_each(matui: Matui) -> None:
    said = matui("-p", "qf,bad", "doctor")
    lines = [line for line in said.out.splitlines() if "profile" in line.split()[:2]]
    assert [line.split()[2].rstrip(":") for line in lines] == ["qf", "bad"]
    assert said.code == 2


def test_the_document_is_as_old_as_its_oldest_part(monkeypatch) -> None:
    seen: list[tuple[float, int | None]] = []
    sink = SimpleNamespace(write_all=lambda _rows, now_ms, total, came: seen.append((now_ms, total)))
    monkeypatch.setattr("matui.cli.get.many._build_sink", lambda *_: sink)
    query = ListQuery(JOBS, (), "json", parse_filter(""), SortOrder.of(JOBS, None))
    _write(
        [
            ProfileResult("a", None, total=2, fetched_at_ms=9.0),
            ProfileResult("b", None, total=3, fetched_at_ms=4.0),
        ],
        query,
    )
    assert seen == [(4.0, 5)]
